"""The likelihood of rounded percentages in PyTensor: the convolution of `rounding`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytensor.tensor as pt

from bayes_misalign.models.published.rounding import NEVER


def log_likelihood(tables: Mapping[str, Any], log_share: Any, goals: int) -> Any:
    """Return the log-likelihood (population,) at log shares (population, goal) of so many goals.

    The tables are those of `rounding.tables`.
    """
    terms, counts, before = (tables[x] for x in ("rounding", "rounded_counts", "units_before"))
    # sums by units beyond the fewest: what is at r comes from r - j, for each place j of a range
    there = pt.where(before >= 0, 0.0, NEVER)
    first = pt.eq(pt.arange(before.shape[0]), 0)
    sums: Any = pt.where(first, 0.0, NEVER) * pt.ones((terms.shape[0], 1))
    for i in range(goals + 1):
        term: Any = terms[:, i]
        if i < goals:
            term = term + log_share[:, i, None] * counts[:, i]
        joined = sums[:, pt.maximum(before, 0)] + there + term[:, None, :]
        sums = pt.logsumexp(joined, axis=-1)
    return sums[pt.arange(terms.shape[0]), tables["units_left"]]
