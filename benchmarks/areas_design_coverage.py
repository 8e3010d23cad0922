"""How often intervals of several areas hold the truth in samples of clusters.

People of a cluster are alike in all areas. 90 % intervals, each from samples of 30 clusters of 10:

    python -m benchmarks.areas_design_coverage --samples 150
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.page.estimate import Estimate

Array = NDArray[np.float64]
AREAS, CLUSTERS, EACH, DRAWS = 3, 30, 10, 250
PLACES = 2 ** np.arange(AREAS)
WORLD = 20_000  # clusters
SPREADS = {"alike": 1.0, "hardly alike": 0.3}  # sd of clusters beside that of people, 1.2
WHAT = ("P(ma) in an area", "the same of all", "mean over areas", "any area", "any area, of all")


def people(clusters: int, spread: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the population (n,) of people and their answers (n, area), cluster by cluster."""
    population = rng.random((clusters, EACH)) < 0.5
    pull = spread * rng.normal(size=(clusters, 1, 1)) + 0.7 * rng.normal(size=(clusters, EACH, 1))
    own = np.where(population, 0.6, -0.2)[..., None] + rng.normal(size=(clusters, EACH, AREAS))
    return population.ravel(), (own + pull > 0).reshape(-1, AREAS).astype(int)


def truths(spread: float) -> Array:
    """Return what is asked of, in the population that samples are drawn from."""
    population, answers = people(WORLD, spread, np.random.default_rng(99))
    pattern = answers @ PLACES
    conflict = measure.exclusive_conflict(2**AREAS)
    of_all = 2 * answers.mean(axis=0) * (1 - answers.mean(axis=0))
    own = answers[population].mean(axis=0)
    any_of = [
        float(measure.misalignment(np.bincount(x, minlength=2**AREAS) / len(x), conflict))
        for x in (pattern[population], pattern)
    ]
    return np.array([2 * own[0] * (1 - own[0]), of_all[0], of_all.mean(), *any_of])


def sampled(spread: float, rng: np.random.Generator) -> list[Estimate]:
    """Return estimates of the same from one sample."""
    population, answers = people(CLUSTERS, spread, rng)
    table = {
        "cluster": [str(number) for number in np.repeat(np.arange(CLUSTERS), EACH)],
        "population": np.where(population, "one", "other").tolist(),
    }
    for area in range(AREAS):
        table[f"q_{area}"] = np.where(answers[:, area] == 1, "yes", "no").tolist()
    found = bm.fit_areas(
        bm.ProblemArea("simulated", ["yes", "no"]),
        bm.SingleChoice(table, population="population", cluster="cluster"),
        bm.MutuallyExclusive(),
        areas="q_{area}",
        populations=bm.Populations(shares="answers"),
        reporting=bm.Reporting(mass=0.9),
        draws=DRAWS,
    )
    both, mean = found.misalignment(), found.aggregate()["arithmetic"]
    within, union = found.together("one"), found.together()
    return [found.misalignment("one")["0"], both["0"], mean, within.any, union.any]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=150)
    samples = parser.parse_args().samples
    print(f"| people of a cluster | {' | '.join(WHAT)} |")
    print(f"|{' --- |' * (len(WHAT) + 1)}")
    for name, spread in SPREADS.items():
        rng, truth, held = np.random.default_rng(2), truths(spread), np.zeros(len(WHAT))
        for _ in range(samples):
            ends = np.array([one.interval for one in sampled(spread, rng)])
            held += (ends[:, 0] <= truth) & (truth <= ends[:, 1])
        print(f"| {name} | {' | '.join(f'{x:.2f}' for x in held / samples)} |", flush=True)


if __name__ == "__main__":
    main()
