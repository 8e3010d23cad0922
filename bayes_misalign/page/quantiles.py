"""Quantiles of draws in order, to the bit those of `numpy.quantile`, which takes longer to ask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile_of(ordered: Array, q: float) -> Array:
    """Return a quantile along the first axis of draws in order; NaN where one of them is."""
    place = q * (len(ordered) - 1)
    below = int(np.floor(place))
    t, low = place - below, ordered[below]
    high = ordered[min(below + 1, len(ordered) - 1)]
    found = low + (high - low) * t if t < 0.5 else high - (high - low) * (1 - t)
    return np.where(np.isnan(ordered[-1]), np.nan, found)


def median_of(ordered: Array) -> Array:
    """Return the median along the first axis of draws in order; NaN where one of them is."""
    n = len(ordered)
    found = ordered[(n - 1) // 2 : n // 2 + 1].mean(axis=0)
    return np.where(np.isnan(ordered[-1]), np.nan, found)


def central(ordered: Array, mass: float) -> tuple[Array, Array]:
    """Return both ends of the central interval along the first axis of draws in order."""
    return quantile_of(ordered, (1 - mass) / 2), quantile_of(ordered, (1 + mass) / 2)
