"""Samples of clusters: labels in place of goals, and populations with clusters in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.measure import (
    cluster_covariance,
    domain_covariance,
    exclusive_conflict,
    misalignment,
)
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL
from bayes_misalign.reading.sample_design import SampleDesign

Array = NDArray[np.float64]

SAMPLES, DRAWS, NODES = 400, 800, 6_000
AGENTS = 12  # of each cluster, and of each population in it
MASS = 0.9
TAILS = [(1 - MASS) / 2, (1 + MASS) / 2]
SEED = 20_261_130
LOWEST, HIGHEST = 0.86, 0.94
ERROR = 0.15  # of each of two raters
LABELLED = (
    ((0.7, 0.3), 20, 0.2),
    ((0.7, 0.3), 40, 0.2),
    ((0.7, 0.3), 40, 0.05),
    ((0.5, 0.3, 0.2), 30, 0.2),
)
IN_COMMON = (
    ((0.8, 0.2), (0.65, 0.35), 30, 0.2),
    ((0.8, 0.2), (0.65, 0.35), 60, 0.1),
    ((0.6, 0.3, 0.1), (0.45, 0.3, 0.25), 30, 0.2),
    ((0.6, 0.3, 0.1), (0.45, 0.3, 0.25), 60, 0.1),
)


def goals_of(k: int) -> list[str]:
    """Return names of k goals."""
    return [f"goal {i + 1}" for i in range(k)]


def labelled(shares: Array, clusters: int, icc: float, rng: np.random.Generator) -> Any:
    """Return labels of two raters, whose error rate is known, of agents in clusters."""
    k, raters = len(shares), ("one", "other")
    own = rng.dirichlet(shares * (1 - icc) / icc, size=clusters)
    held = np.concatenate([rng.choice(k, AGENTS, p=p) for p in own])
    data: dict[str, list[str]] = {
        "class": np.repeat(np.arange(clusters), AGENTS).astype(str).tolist()
    }
    for rater in raters:
        wrong = (held + rng.integers(1, k, held.size)) % k
        seen = np.where(rng.random(held.size) < ERROR, wrong, held)
        data[rater] = [goals_of(k)[i] for i in seen]
    problems = Problems()
    declared = bm.NoisyLabels(data, raters=raters, cluster="class", error_rate=ERROR)
    found = declared.read(bm.ProblemArea("x", goals_of(k)), problems)
    assert found is not None, str(list(problems))
    return found.toward(exclusive_conflict(k))


def by_labels(rng: np.random.Generator) -> list[list[str]]:
    """Return coverage where goals are seen through labels; draws of the prior are weighted."""
    rows = []
    for given, clusters, icc in LABELLED:
        shares = np.array(given)
        k = len(shares)
        conflict, categories = exclusive_conflict(k), tuple(goals_of(k))
        prior = SharePrior().draw(np.zeros((1, k)), categories, NODES, rng)["proportion"][:, 0]
        level, truth = misalignment(prior, conflict), float(misalignment(shares, conflict))
        order = np.argsort(level)
        rates = np.full((k, k), ERROR / (k - 1))
        np.fill_diagonal(rates, 1 - ERROR)
        held = np.zeros(2)
        for _ in range(SAMPLES):
            found = labelled(shares, clusters, icc, rng)
            log_rates = np.log(np.tile(rates, 2))
            likely = prior @ np.exp(found.reports @ log_rates.T).T
            for i, evidence in enumerate((found, replace(found, design=None))):
                log = np.log(likely) @ evidence.effective_agents
                weight = np.exp(log - log.max())[order]
                below = np.cumsum(weight) / weight.sum()
                low, high = level[order][np.searchsorted(below, TAILS)]
                held[i] += low <= truth <= high
        known, blind = held / SAMPLES
        met = verdict(LOWEST <= known <= HIGHEST)
        rows.append([str(given), str(clusters), f"{icc:g}", f"{known:.3f}", f"{blind:.3f}", met])
    return rows


def of_clusters(both: Array, size: int, icc: float, rng: np.random.Generator) -> Array:
    """Return goal shares of clusters in two populations, whose clusters are alike, (2, size, K)."""
    mean = both.mean(axis=0)
    own = rng.dirichlet(mean * (1 - icc) / icc, size=size) * (both / mean)[:, None]
    return np.asarray(own / own.sum(axis=-1, keepdims=True))


def in_common(rng: np.random.Generator) -> list[list[str]]:
    """Return coverage of a contrast, and of a union of known shares."""
    rows = []
    for one, other, clusters, icc in IN_COMMON:
        k, conflict = len(one), exclusive_conflict(len(one))
        both = np.array([one, other])
        true = of_clusters(both, 400_000, icc, np.random.default_rng(SEED)).mean(axis=1)
        levels = misalignment(true, conflict)
        truth = (levels[0] - levels[1], float(misalignment(true.mean(axis=0), conflict)))
        held = np.zeros((2, 2))
        for _ in range(SAMPLES):
            totals = rng.multinomial(AGENTS, of_clusters(both, clusters, icc, rng)).astype(float)
            number = np.full(2, float(clusters))
            design = SampleDesign(
                "Taylor linearisation",
                np.asarray(cluster_covariance(totals)),
                number - 1,
                number,
                np.ones(2),
                shared=True,
                together=domain_covariance(totals).reshape(2 * k, 2 * k),
                toward=conflict,
            )
            counts = ChoiceCounts.from_counts(goals_of(k), ["one", "other"], totals.sum(axis=1))
            for i, known in enumerate((design, replace(design, together=None))):
                goals = replace(counts, design=known)
                shares = MODEL.draw(goals, SharePrior(), DRAWS, rng)["proportion"]
                level = misalignment(shares, conflict)
                union = misalignment(shares.mean(axis=1), conflict)
                for j, drawn in enumerate((level[:, 0] - level[:, 1], union)):
                    low, high = np.quantile(drawn, TAILS)
                    held[i, j] += low <= truth[j] <= high
        (contrast, union_), (apart, union_apart) = held / SAMPLES
        met = all(LOWEST <= x <= HIGHEST for x in (contrast, union_))
        numbers = (contrast, apart, union_, union_apart)
        rows.append(
            [
                f"{one}, {other}",
                str(clusters),
                f"{icc:g}",
                *(f"{x:.3f}" for x in numbers),
                verdict(met),
            ]
        )
    return rows


def main() -> None:
    """Write the tables."""
    publish(
        "design_more_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval holds the truth in samples of "
        f"clusters, goals exclusive: {SAMPLES:,} simulated samples a line, standard error "
        f"{np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}. Aim: {LOWEST:.2f} to "
        f"{HIGHEST:.2f}. First P(ma) where two raters, each wrong with the known probability "
        f"{ERROR:g}, label {AGENTS} agents of each cluster: with `cluster`, and without.",
        table(
            ["goal shares", "clusters", "ICC", "with", "without", "aim"],
            by_labels(np.random.default_rng([SEED, 1])),
        ),
        "Two populations in the same clusters, as men and women of the same districts: the "
        "difference of their P(ma), and P(ma) of a union of equal parts; where draws go together "
        "as the clusters tell, and where the populations are independent.",
        table(
            [
                *("goal shares", "clusters", "ICC"),
                *("difference", "independent", "union", "independent", "aim"),
            ],
            in_common(np.random.default_rng([SEED, 2])),
        ),
    )


if __name__ == "__main__":
    main()
