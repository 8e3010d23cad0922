"""Effective draws of P(ma) a second where several experts state ranges: beside Stan.

uv run --group stan python benchmarks/experts_speed.py
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import ROOT, process, publish, spread, table, verdict
from sampling import (
    CHAINS,
    DRAWS,
    SEED,
    TARGET_ACCEPT,
    TUNE,
    Array,
    one_core,
    quality,
    sampled,
    sampled_by_stan,
)

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.measure import misalignment
from bayes_misalign.models.experts import generative as experts
from bayes_misalign.models.experts.declaration import ExpertConflict

RUNS = 3
LEAST = 1.0
AGREE = 4.0  # combined Monte Carlo standard errors that the two means may differ by
FOLDER = ROOT / "models" / "experts"


def given() -> dict[str, Any]:
    """Return the data of the model's reference."""
    return dict(json.loads((FOLDER / "data.json").read_text(encoding="utf-8")))


def evidence() -> tuple[ExpertConflict, Callable[[Array], Array]]:
    """Return the statements, and what makes P(ma) (chain, draw) of levels (chain, draw, pair)."""
    data = given()
    seen = ExpertConflict(**data["evidence"], origin="stated")
    shares = np.array(data["stan"]["shares"])
    members = tuple(dict.fromkeys(label for pair in seen.pairs for label in pair))

    def of_levels(level: Array) -> Array:
        flat = assemble(members, [(seen.pairs, level.reshape(-1, level.shape[-1]))])
        return np.asarray(misalignment(shares, flat)).reshape(level.shape[:2])

    return seen, of_levels


def run_ours() -> list[dict[str, float]]:
    """Draw as a fit does: independent draws by rejection."""
    seen, of_levels = evidence()
    experts.draw(seen, experts.priors(), 10, np.random.default_rng(SEED))  # imports
    found = []
    for number in range(RUNS):
        rng = np.random.default_rng(SEED + number)
        start = time.perf_counter()
        drawn = experts.draw(seen, experts.priors(), CHAINS * DRAWS, rng)
        taken = time.perf_counter() - start
        if drawn is None:
            raise SystemExit("nothing was drawn")
        level = drawn["conflict_level"].reshape(CHAINS, DRAWS, -1)
        found.append(quality(of_levels(level), taken, 0.0, 0))
    return found


def run_nuts() -> list[dict[str, float]]:
    """Sample the PyMC model, as a fit with `method = "nuts"` does."""
    seen, of_levels = evidence()
    built = experts.build(seen, experts.priors())
    return sampled(built, lambda drawn: of_levels(drawn["conflict_experts"].values), RUNS)


def run_stan() -> list[dict[str, float]]:
    """Sample `models/experts/model.stan`."""
    program = (FOLDER / "model.stan").read_text(encoding="utf-8")
    return sampled_by_stan(program, given()["stan"], RUNS)


INSIDE = {"ours": run_ours, "nuts": run_nuts, "stan": run_stan}
NAMES = {"ours": "this package", "nuts": "this package, by NUTS", "stan": "Stan"}


def main() -> None:
    found: dict[str, list[dict[str, float]]] = {}
    for name in INSIDE:
        found[name] = json.loads(process(sys.executable, __file__, name).splitlines()[-1])
    rate = {
        n: statistics.median(r["ess"] / r["sampling"] for r in runs) for n, runs in found.items()
    }
    other = found["stan"][0]
    for name in ("ours", "nuts"):
        one = found[name][0]
        apart = abs(one["mean"] - other["mean"]) / np.hypot(one["error"], other["error"])
        if apart > AGREE:
            raise SystemExit(f"{NAMES[name]} and Stan differ by {apart:.1f} standard errors")
    ratio = rate["ours"] / rate["stan"]
    rows = [
        [
            NAMES[name],
            spread([one["sampling"] for one in runs], " s"),
            spread([one["ess"] for one in runs]),
            spread([one["ess"] / one["sampling"] for one in runs]),
            "" if name == "ours" else spread([one["steps"] for one in runs]),
            sum(int(one["divergences"]) for one in runs),
            f"{statistics.median(one['mean'] for one in runs):.4f}",
            f"{ratio:.1f} >= {LEAST:g}: {verdict(ratio >= LEAST)}" if name == "ours" else "",
        ]
        for name, runs in found.items()
    ]
    head = ["", "sampling", "ESS of P(ma)", "ESS a second", "leapfrog steps", "divergences"]
    publish(
        "experts_speed",
        "The hierarchical model of several experts on the data of its reference "
        "(`models/experts/data.json`): effective draws of P(ma) for a second. A fit takes "
        f"{CHAINS * DRAWS:,} independent draws; beside it NUTS, {CHAINS} chains of {TUNE} + {DRAWS}"
        f" with target acceptance {TARGET_ACCEPT:g}, warm-up counted and building not. Each program"
        f" is held to one core; median and range of {RUNS} runs. Stan is "
        "`models/experts/model.stan`.",
        table([*head, "mean P(ma)", "ratio, target"], rows),
    )


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in INSIDE:
        one_core()
        print(json.dumps(INSIDE[sys.argv[1]]()))
    else:
        main()
