"""The posterior of the nonvoters example as one would write it with PyMC alone.

It is what `whole_fit.py` times the package against; run by itself it prints the summary.
"""

from __future__ import annotations

import csv
from pathlib import Path

import arviz as az
import numpy as np
import pymc as pm

DATA = Path(__file__).resolve().parents[1] / "examples" / "nonvoters" / "answers.csv"
POPULATIONS = ["rarely/never", "sporadic", "always"]
CANDIDATES = ["Biden", "Trump", "Unsure"]


def main() -> None:
    counts, weights, squares = np.zeros((3, len(POPULATIONS), len(CANDIDATES)))
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["candidate"] in CANDIDATES:
                s = POPULATIONS.index(row["voter_category"])
                i = CANDIDATES.index(row["candidate"])
                counts[s, i] = float(row["n"])
                weights[s, i] = float(row["sum_weight"])
                squares[s, i] = float(row["sum_weight_sq"])
    effective = weights.sum(axis=1) ** 2 / squares.sum(axis=1)
    tempered = effective[:, None] * weights / weights.sum(axis=1, keepdims=True)

    conflict = np.zeros((len(CANDIDATES), len(CANDIDATES)))
    conflict[0, 1] = conflict[1, 0] = 1  # who is unsure conflicts with nobody
    k = len(CANDIDATES)
    with pm.Model(coords={"population": POPULATIONS, "goal": CANDIDATES}):
        u = pm.Uniform("u", 0, 1, dims="population")
        concentration = u / (1 - u)
        p = pm.Dirichlet(
            "p", a=concentration[:, None] / k * np.ones((1, k)), dims=("population", "goal")
        )
        pm.Potential("answers", (tempered * pm.math.log(p)).sum())
        pm.Deterministic("misalignment", ((p @ conflict) * p).sum(axis=-1), dims="population")
        tree = pm.sample(1000, tune=1000, chains=4, random_seed=1, progressbar=False)
    print(az.summary(tree, var_names=["misalignment"], round_to="none").to_string())


if __name__ == "__main__":
    main()
