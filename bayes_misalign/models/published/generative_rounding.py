"""The likelihood of rounded percentages in PyTensor: the convolution of `rounding`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt

from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.rounding import NEVER, padded


def log_likelihood(evidence: PublishedShares, log_share: Any) -> Any:
    """Return the log-likelihood (population,) at log shares (population, goal)."""
    ranges = evidence.ranges
    terms, lower, rest = padded(ranges)
    scale = np.array([one.scale for one in ranges])
    number, categories, places = terms.shape
    size = int(rest.max()) + 1
    # sums by units beyond the fewest: what is at r comes from r - j, for each place j of a range
    before = np.arange(size)[:, None] - np.arange(places)
    there = np.where(before >= 0, 0.0, NEVER)
    start = np.full((number, size), NEVER)
    start[:, 0] = 0.0
    sums: Any = pt.as_tensor(start)
    for i in range(categories):
        term: Any = pt.as_tensor(terms[:, i])
        if i < categories - 1:
            counts = scale[:, None] * (lower[:, i, None] + np.arange(places))
            term = term + log_share[:, i, None] * counts
        joined = sums[:, np.maximum(before, 0)] + there + term[:, None, :]
        sums = pt.logsumexp(joined, axis=-1)
    return sums[np.arange(number), rest]
