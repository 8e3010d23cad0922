"""Clusters of other numbers and sizes than were observed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.measured import CLUSTERS
from bayes_misalign.models.clustered.evidence import ClusterCounts

Sizes = NDArray[np.int64]


def of_sizes(evidence: ClusterCounts, sizes: Sequence[Sizes]) -> ClusterCounts:
    """Return a design with clusters of these sizes in each population."""
    made = []
    for each in sizes:
        counts = np.zeros((len(each), len(evidence.categories)))
        counts[:, 0] = each  # how many, not what they answer
        made.append(counts)
    return ClusterCounts.of(evidence.categories, evidence.populations, made)


def sizes_in(evidence: ClusterCounts) -> list[Sizes]:
    """Return the size of each cluster, by population."""
    sizes, number = evidence.sizes.astype(np.int64), evidence.number.astype(np.int64)
    places = range(len(evidence.populations))
    return [
        np.repeat(sizes[own], number[own]) for own in (evidence.population == s for s in places)
    ]


def sized(
    evidence: ClusterCounts, agents: int | NDArray[np.int64], rng: np.random.Generator
) -> ClusterCounts:
    """Return a design with so many answers in each population, in clusters like those there are."""
    whole = np.broadcast_to(agents, len(evidence.populations)).tolist()
    sizes = sizes_in(evidence)
    every = np.concatenate([*sizes, np.zeros(0, np.int64)])
    every = every if len(every) else np.ones(1, np.int64)
    return of_sizes(
        evidence,
        [
            _up_to(int(n), own if len(own) else every, rng)
            for n, own in zip(whole, sizes, strict=True)
        ],
    )


def _up_to(agents: int, sizes: Sizes, rng: np.random.Generator) -> Sizes:
    """Return sizes drawn from others, the last one cut so that they sum to this number."""
    if not agents:
        return np.zeros(0, np.int64)
    drawn = rng.choice(sizes, size=-(-agents // int(sizes.min())))
    total = np.cumsum(drawn)
    number = int(np.searchsorted(total, agents)) + 1
    found = drawn[:number].copy()
    found[-1] -= total[number - 1] - agents
    return np.asarray(found)


def resized(
    evidence: ClusterCounts, name: str, number: int, rng: np.random.Generator
) -> ClusterCounts:
    """Return a design with so many clusters in all, or so many answers in as many clusters."""
    sizes = sizes_in(evidence)
    if name == CLUSTERS:
        times = number / max(float(evidence.clusters.sum()), 1.0)
        drawn = [rng.choice(x, size=max(1, round(len(x) * times))) if len(x) else x for x in sizes]
        return of_sizes(evidence, drawn)
    times = number / max(float(evidence.n.sum()), 1.0)
    # rounded where they are added up, so that the sum is right; a cluster has an answer at least,
    # which the largest ones make up for
    ends = np.rint(np.cumsum(np.concatenate([[0], *sizes])) * times).astype(np.int64)
    made = np.maximum(np.diff(ends), 1)
    for _ in range(min(int(made.sum() - ends[-1]), int((made - 1).sum()))):
        made[np.argmax(made)] -= 1
    return of_sizes(evidence, np.split(made, np.cumsum([len(x) for x in sizes])[:-1]))
