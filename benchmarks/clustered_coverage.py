"""How often intervals of P(ma) hold the truth where prompts are asked many times each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from common import publish, table
from numpy.typing import NDArray

from bayes_misalign.measure import cluster_covariance, exclusive_conflict, misalignment
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.model import MODEL
from bayes_misalign.models.clustered.weighted import weighted_draws
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL as SINGLE
from bayes_misalign.reading.sample_design import SampleDesign

Array = NDArray[np.float64]
Draw = Callable[[int, np.random.Generator], Array]  # shares (prompt, K) of so many prompts

SAMPLES, RUNS, DRAWS = 100, 30, 3_000
SHARES = np.array([0.6, 0.3, 0.1])
CONFLICT = exclusive_conflict(3)
CATEGORIES = ("a", "b", "c")
SEED = 20_261_130
METHODS = ("clustered", "single-choice, `cluster`", "single-choice")


def dirichlet(correlation: float) -> Draw:
    """Return prompts whose shares are Dirichlet, as the model says."""
    return lambda n, rng: rng.dirichlet(SHARES * (1 - correlation) / correlation, n)


def half_certain(n: int, rng: np.random.Generator) -> Array:
    """Return prompts of which three in ten are always answered alike, the others all by chance."""
    certain = np.eye(3)[rng.choice(3, n, p=SHARES)]
    return np.where(rng.random((n, 1)) < 0.3, certain, SHARES)


def two_kinds(n: int, rng: np.random.Generator) -> Array:
    """Return prompts of two kinds, one of them four times as frequent."""
    kinds = np.array([[0.7, 0.28, 0.02], [0.2, 0.38, 0.42]])
    return np.asarray(kinds[(rng.random(n) < 0.2).astype(int)])


def log_normal(n: int, rng: np.random.Generator) -> Array:
    """Return prompts whose log odds are normal, with sd 1; their mean is found by simulation."""
    eta = np.log(SHARES) + rng.standard_normal((n, 3))
    found = np.exp(eta)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


KINDS: dict[str, Draw] = {
    "Dirichlet, rho 0.05": dirichlet(0.05),
    "Dirichlet, rho 0.2": dirichlet(0.2),
    "3 in 10 always answered alike": half_certain,
    "two kinds of prompts": two_kinds,
    "log odds normal": log_normal,
}


def correlation_of(draw: Draw) -> tuple[float, float]:
    """Return the true P(ma), and the correlation of two runs of a prompt over all goals."""
    q = draw(1_000_000, np.random.default_rng(1))
    p = q.mean(axis=0)
    spread = (q**2).sum(axis=1).mean() - (p**2).sum()
    return float(misalignment(p, CONFLICT)), float(spread / (1 - (p**2).sum()))


def single(counts: Array, designed: bool, rng: np.random.Generator) -> Array:
    """Return draws of P(ma) by `single-choice`, with the design of clusters or without."""
    n, design = float(len(counts)), None
    if designed:
        covariance = cluster_covariance(counts)[None]
        each = (np.array([n - 1]), np.array([n]), np.ones(1))
        design = SampleDesign("Taylor linearisation", covariance, *each, toward=CONFLICT)
    found = ChoiceCounts.from_counts(CATEGORIES, ("all",), [counts.sum(axis=0)])
    if design is not None:
        found = replace(found, design=design, clusters=np.array([n]))
    drawn = SINGLE.draw(found, SINGLE.priors(), DRAWS, rng)
    assert drawn is not None
    return np.asarray(misalignment(drawn["proportion"][:, 0], CONFLICT))


def clustered(counts: Array, rng: np.random.Generator) -> tuple[Array, Array, float]:
    """Return draws of P(ma) by `clustered`, their weights, and how many draws they are worth."""
    evidence = ClusterCounts.of(CATEGORIES, ("all",), [counts])
    found, weight, worth = weighted_draws(evidence, MODEL.priors(), DRAWS, rng)
    pma = np.asarray(misalignment(found["proportion"][:, 0], CONFLICT))
    return pma, weight, worth


def ends(draws: Array, weight: Array | None = None) -> tuple[float, float]:
    """Return the ends of the 90 % interval of weighted draws."""
    weight = np.full(len(draws), 1 / len(draws)) if weight is None else weight
    order = np.argsort(draws)
    below = np.cumsum(weight[order]) - 0.5 * weight[order]
    low, high = np.interp([0.05, 0.95], below, draws[order])
    return float(low), float(high)


def cells(prompts: int, samples: int) -> list[list[Any]]:
    """Return a row for each way in which prompts differ."""
    rows = list[list[Any]]()
    for number, (name, draw) in enumerate(KINDS.items()):
        truth, rho = correlation_of(draw)
        held, width, fewest = np.zeros(3), np.zeros(3), np.inf
        for sample in range(samples):
            rng = np.random.default_rng([SEED, prompts, number, sample])
            counts = rng.multinomial(RUNS, draw(prompts, rng)).astype(float)
            pma, weight, worth = clustered(counts, rng)
            fewest = min(fewest, worth)
            every = (
                ends(pma, weight),
                ends(single(counts, True, rng)),
                ends(single(counts, False, rng)),
            )
            held += [low <= truth <= high for low, high in every]
            width += [high - low for low, high in every]
        shown = [f"{h / samples:.3f} ({w / samples:.3f})" for h, w in zip(held, width, strict=True)]
        rows.append([prompts, name, f"{rho:.2f}", f"{truth:.3f}", *shown, f"{fewest:.0f}"])
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=SAMPLES)
    samples = parser.parse_args().samples
    rows = [row for prompts in (20, 6) for row in cells(prompts, samples)]
    error = np.sqrt(0.09 / samples)
    text = (
        "How often the 90 % equal-tailed interval of P(ma) holds the truth, and its mean width in "
        f"brackets, where prompts are asked {RUNS} times each; three exclusive goals, {samples} "
        f"simulated samples a line, standard error {error:.3f} at 0.9. rho is the correlation of "
        "two runs of a prompt. The first two lines of each number of prompts are the model's own "
        "kind of prompts, the others are not. Draws of `clustered` are weighted ones, so that "
        f"nothing is compiled; the last column says how many of {DRAWS:,} they were worth at least."
    )
    publish(
        "clustered_coverage",
        text,
        table(["prompts", "how they differ", "rho", "P(ma)", *METHODS, "worth"], rows),
    )


if __name__ == "__main__":
    main()
