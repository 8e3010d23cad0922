"""Counts of many populations, as few numbers as their likelihood needs.

The log probability of counts n_s, one agent after another, under shares that are Dirichlet(a) is
sum_sk log G(a_k + n_sk) / G(a_k) - sum_s log G(A + n_s) / G(A): a sum over the distinct counts of
each goal, each as often as it occurs (Minka, Estimating a Dirichlet distribution, 2000).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.pooled.groups import order_of_all, order_of_groups
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


# data that choose coordinates
COUNTS, PLACE, GROUP_PLACE = "counts_of_populations", "order_of_mean", "order_of_groups"
FEW = 16  # populations whose counts are taken one by one


class DistinctCounts(NamedTuple):
    """Distinct positive counts of each goal and of all, and in how many populations each is.

    `goal` (M,) says of which goal a number is, K of all of them together; where populations are in
    G groups of their own means, of which goal of which group, (group, goal) in one, and G K of all.
    """

    goal: NDArray[np.int64]
    number: Array
    times: Array

    @classmethod
    def of(cls, counts: Array, group: NDArray[np.intp] | None = None) -> DistinctCounts:
        """Return those of counts (S, K), populations in groups (S,) or in one.

        Of few populations every count is one, so that shapes are the same for all counts.
        """
        group = np.zeros(len(counts), np.intp) if group is None else group
        columns, goals = np.column_stack([counts, counts.sum(axis=1)]), counts.shape[1]
        places = group[:, None] * goals + np.arange(goals)
        of_all = np.full((len(counts), 1), (group.max(initial=0) + 1) * goals)
        place, number = np.hstack([places, of_all]).T.ravel(), columns.T.ravel()
        if len(counts) <= FEW:
            return cls(place.astype(np.int64), number, np.ones(columns.size))
        held = np.column_stack([place, number])[number > 0]
        distinct, often = np.unique(held, axis=0, return_counts=True)
        return cls(distinct[:, 0].astype(np.int64), distinct[:, 1], often.astype(float))


def as_data(
    priors: PooledShares, counts: Array, categories: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Return distinct counts by the name of each data container, and what chooses coordinates."""
    counts = np.asarray(counts, dtype=float)
    group = priors.group_of if priors.groups else None
    named: dict[str, NDArray[Any]]
    named = {f"distinct_{x}": y for x, y in DistinctCounts.of(counts, group)._asdict().items()}
    if priors.groups:
        goals = len(categories) - (NO_GOAL in categories)
        named[COUNTS] = counts
        named[PLACE] = order_of_all(counts, goals)
        named[GROUP_PLACE] = order_of_groups(counts, priors.membership)
    return named
