"""Counts of many populations, as few numbers as their likelihood needs.

The log probability of counts n_s, one agent after another, under shares that are Dirichlet(a) is
sum_sk log G(a_k + n_sk) / G(a_k) - sum_s log G(A + n_s) / G(A): a sum over the distinct counts of
each goal, each as often as it occurs (Minka, Estimating a Dirichlet distribution, 2000).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


FEW = 16  # populations whose counts are taken one by one


class DistinctCounts(NamedTuple):
    """Distinct positive counts of each goal and of all, and in how many populations each is.

    `goal` (M,) says of which goal a number is, K of all of them together.
    """

    goal: NDArray[np.int64]
    number: Array
    times: Array

    @classmethod
    def of(cls, counts: Array) -> DistinctCounts:
        """Return those of counts (S, K); of few populations every count, so that shapes are one."""
        columns = np.column_stack([counts, counts.sum(axis=1)])
        if len(counts) <= FEW:
            goal = np.repeat(np.arange(columns.shape[1]), len(counts))
            return cls(goal, columns.T.ravel(), np.ones(columns.size))
        goals, values, times = [], [], []
        for place, column in enumerate(columns.T):
            value, repeated = np.unique(column[column > 0], return_counts=True)
            goals.append(np.full(len(value), place))
            values.append(value)
            times.append(repeated)
        goal, number, often = (np.concatenate(x) for x in (goals, values, times))
        return cls(goal.astype(np.int64), number.astype(float), often.astype(float))


def as_data(counts: Array) -> dict[str, NDArray[Any]]:
    """Return distinct counts by the name of each data container."""
    found = DistinctCounts.of(np.asarray(counts, dtype=float))
    return {f"distinct_{name}": values for name, values in found._asdict().items()}
