"""Sampling where agents of uncertain goals met: with fifty times as many agents and encounters.

uv run python benchmarks/encounters_speed.py
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
from common import publish, spread, table, verdict
from sampling import CHAINS, DRAWS, SEED, TUNE, Array, one_core, sampled

from bayes_misalign.models.encounters import reports_and_encounters as joint_encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.models.encounters.reports_and_encounters import ReportsAndEncounters
from bayes_misalign.models.noisy_labels import calibration as noisy_labels_designs
from bayes_misalign.settings import TARGET_ACCEPT

FEW, MANY = 2_000, 100_000
RUNS = 3
MOST = 2.0  # times the time for an effective draw


def evidence(agents: int) -> ReportsAndEncounters:
    """Return simulated labels of agents by three raters, and encounters of every two of them."""
    goals = noisy_labels_designs.labels(3, 3, agents, gold=8)
    pairs = (agents - 8) // 2
    none = np.zeros((2 * pairs, 3))
    met = {(2 * i, 2 * i + 1): (0.0, 1.0) for i in range(pairs)}
    design = ReportsAndEncounters(
        goals,
        EncounterConflict.of(
            goals.categories,
            (("a", "b"), ("a", "c"), ("b", "c")),
            np.zeros((3, 3)),
            np.triu(np.full((3, 3), 20.0)),
            background=True,
            trees=to_trees([0] * len(none), none, none, met),
        ),
    )
    rng = np.random.default_rng(SEED)
    drawn = joint_encounters.draw_prior(design, joint_encounters.priors(design), 1, rng)
    truth = {name: values[0] for name, values in drawn.items()}
    truth |= {
        "proportion": np.array([[0.5, 0.3, 0.2]]),
        "emission": np.tile(0.7 * np.eye(3) + 0.1, (3, 1, 1)),
        "conflict_level": np.array([0.7, 0.4, 0.2]),
        "background": np.array([0.05, 0.1, 0.15]),
    }
    return joint_encounters.simulate(truth, design, rng)


def of_posterior(posterior: Any) -> Array:
    """Return P(ma) of the one population, (chain, draw)."""
    return np.asarray(posterior["misalignment"].values[..., 0])


def main() -> None:
    one_core()
    rows, rate = [], {}
    for agents in (FEW, MANY):
        start = time.perf_counter()
        data = evidence(agents)
        made = time.perf_counter() - start
        model = joint_encounters.build(data, joint_encounters.priors(data))
        runs = sampled(model, of_posterior, RUNS, TARGET_ACCEPT)
        rate[agents] = statistics.median(one["sampling"] / one["ess"] for one in runs)
        rows.append(
            [
                f"{agents:,}",
                f"{data.met.number:,.0f}",
                f"{len(data.met.pattern):,}",
                f"{made:.1f} s",
                spread([one["sampling"] for one in runs], " s"),
                spread([one["ess"] for one in runs]),
                f"{statistics.median(one['mean'] for one in runs):.3f}",
            ]
        )
    ratio = rate[MANY] / rate[FEW]
    rows[-1].append(f"{ratio:.2f} <= {MOST:g}: {verdict(ratio <= MOST)}")
    rows[0].append("")
    head = ["agents", "encounters", "kinds of agents", "simulating and counting", "sampling"]
    publish(
        "encounters_speed",
        "Agents labelled by three raters, three goals, nearly all of whom met one other "
        "(simulated), goals summed out; shares, error rates, backgrounds and conflict levels are "
        f"sampled together. {CHAINS} chains of {TUNE} + {DRAWS} on one core, compilation not "
        f"counted, with the target acceptance of a study, {TARGET_ACCEPT}; median and range of "
        f"{RUNS} runs. The ratio is that of the time for an effective "
        f"draw of P(ma), {MANY:,} agents to {FEW:,}.",
        table([*head, "ESS of P(ma)", "mean P(ma)", "ratio, target"], rows),
    )


if __name__ == "__main__":
    main()
