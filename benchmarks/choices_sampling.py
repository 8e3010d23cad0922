"""How short chains of `choices` fare where choices hardly go with goals.

    uv run python benchmarks/choices_sampling.py

Coordinates of shares that go by how much choices tell, beside those that go by all agents.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import Any

import arviz_stats as azs
import numpy as np
from common import ROOT, publish, table
from numpy.typing import NDArray

from bayes_misalign.families.actions import acted_pymc
from bayes_misalign.inference.nuts import Compiled, reproducible
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.model import MODEL
from bayes_misalign.study.options import Fitting

SETS, DRAWS, CHAINS, LARGEST, SEED = 100, 250, 2, 1.5, 77
FAILED, FEW = 1.05, 100
COORDINATES = ("by all agents", "by what choices tell")


def design() -> DistinctChoices:
    """Return the first population of the reference: 40 agents who choose six times, 4 known."""
    data = json.loads((ROOT / "models" / "choices" / "data.json").read_text(encoding="utf-8"))
    whole = DistinctChoices(**data["evidence"])
    here = np.asarray(whole.population) == 0
    names = ("reports", "population", "gold", "agents", "row_weight", "row_weight_sq")
    cut: dict[str, Any] = {name: np.asarray(getattr(whole, name))[here] for name in names}
    return replace(whole, populations=whole.populations[:1], not_asked=np.zeros(1), **cut)


def simulated(of: DistinctChoices, number: int) -> DistinctChoices:
    """Return a data set drawn from the prior, of a rationality below the largest one."""
    rng = np.random.default_rng([SEED, number])
    while True:
        truth = MODEL.draw_prior(of, MODEL.priors(), 1, rng)
        if truth["rationality"][0, 0] <= LARGEST:
            one = {key: values[0] for key, values in truth.items()}
            made: DistinctChoices = MODEL.simulate(one, of, rng)
            return made


def run(coordinates: str, sets: int) -> list[str]:
    """Return the line of the table for one set of coordinates."""
    of, prior, names = design(), MODEL.priors(), vars(acted_pymc)
    before = names["telling"]
    if coordinates == COORDINATES[0]:
        names["telling"] = lambda *_: 1.0
    compiled = Compiled(MODEL.build(of, prior))
    names["telling"] = before
    conflict = exclusive_conflict(len(of.categories))
    rhat, size, divergences, taken = [], [], 0, 0.0
    for number in range(sets):
        fitting = Fitting(draws=DRAWS, tune=DRAWS, chains=CHAINS, seed=number)
        seen = MODEL.data(simulated(of, number), prior)
        start = time.process_time()
        with reproducible():
            tree = compiled.sample(seen, fitting)
        taken += time.process_time() - start
        drawn: NDArray[np.float64] = misalignment(tree["posterior"]["proportion"].values, conflict)
        axes = {"chain_axis": 0, "draw_axis": 1}
        rhat.append(float(azs.rhat(drawn[..., 0], **axes)))
        size.append(float(azs.ess(drawn[..., 0], method="bulk", **axes)))
        divergences += int(tree["sample_stats"]["diverging"].values.sum())
    return [
        coordinates,
        f"{(np.array(rhat) > FAILED).sum()}",
        f"{max(rhat):.3f}",
        f"{(np.array(size) < FEW).sum()}",
        f"{min(size):.0f}",
        f"{np.median(size):.0f}",
        f"{divergences}",
        f"{taken / sets:.2f} s",
    ]


def main() -> None:
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else SETS
    head = ["coordinates of shares", f"R-hat above {FAILED}", "largest", f"effective below {FEW}"]
    head += ["least", "median", "divergences", "a fit"]
    publish(
        "choices_sampling",
        f"R-hat and bulk effective draws of P(ma) in {sets} data sets drawn from the prior with a "
        f"rationality of at most {LARGEST:g}: 40 agents, three goals, 4 known, three choices in "
        f"each of two situations; {CHAINS} chains of {DRAWS} + {DRAWS}, the same seeds.",
        table(head, [run(coordinates, sets) for coordinates in COORDINATES]),
    )


if __name__ == "__main__":
    main()
