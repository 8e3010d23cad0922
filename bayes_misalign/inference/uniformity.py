"""Whether ranks are uniform: one exact simultaneous p-value, and Holm's correction over several.

The empirical distribution of N ranks on {0, ..., R - 1} is looked at in all of its R - 1 inner
points at once; how often the most surprising point of uniform ranks is as surprising as the one
seen is worked out exactly, so the gate needs no simulation of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
RANKS = 100  # 99 posterior draws leave 100 places for the truth
ALPHA = 1e-3
HOPELESS = 1e-9  # below this the bound of Bonferroni is exact enough
ROUNDING = 1e-9  # relative; the point seen counts as at least as surprising as itself


def rank_among(truth: ArrayLike, draws: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how many draws lie below the truth, ties broken at random."""
    true, drawn = np.asarray(truth), np.asarray(draws)
    below = np.sum(drawn < true, axis=0)
    tied = np.sum(drawn == true, axis=0)
    return np.asarray(below + rng.integers(0, tied + 1), dtype=np.int64)


def uniform_p_value(ranks: ArrayLike, places: int = RANKS) -> float:
    """Return the probability that uniform ranks stray as far from uniformity as these.

    Notes
    -----
    The statistic is the smallest two-sided binomial p-value of the number of ranks below j, over
    j = 1, ..., R - 1 (Säilynoja, Bürkner and Vehtari, Statistics and Computing 32, 2022). Its
    distribution comes from the counts being a Poisson process conditioned on its total (Moscovich
    and Nadler, Statistics and Probability Letters 123, 2017).
    """
    from scipy.stats import binom

    counts = np.bincount(np.asarray(ranks, dtype=np.int64), minlength=places)
    total = int(counts.sum())
    below = np.cumsum(counts)[:-1]
    expected = np.arange(1, places) / places
    surprise = np.minimum(binom.cdf(below, total, expected), binom.sf(below - 1, total, expected))
    smallest = 2 * float(surprise.min())
    if (bound := (places - 1) * smallest) < HOPELESS:
        return bound
    return float(np.clip(1 - inside_probability(smallest, total, places), 0.0, 1.0))


def bounds(level: float, total: int, places: int = RANKS) -> tuple[Array, Array]:
    """Return the least and most ranks below j whose two-sided binomial p-value exceeds a level."""
    from scipy.stats import binom

    expected = np.arange(1, places) / places
    half = level / 2 * (1 + ROUNDING)
    low = binom.ppf(half, total, expected)
    low += binom.cdf(low, total, expected) <= half
    high = binom.isf(half, total, expected)
    high -= binom.sf(high - 1, total, expected) <= half
    return low, high


def inside_probability(level: float, total: int, places: int = RANKS) -> float:
    """Return how likely N uniform ranks stay inside the bounds of a level in every point."""
    from scipy.stats import poisson

    low, high = (np.asarray(edge, dtype=int) for edge in bounds(level, total, places))
    if np.any(low > high):
        return 0.0
    rate = total / places
    longest = int(rate + 12 * rate**0.5) + 50  # what lies beyond is below machine precision
    step = poisson.pmf(np.arange(longest + 1), rate)
    walk, start = np.ones(1), 0
    for least, most in zip(low, high, strict=True):
        reached = np.convolve(walk, step)
        walk = np.zeros(most - least + 1)
        first, last = max(least, start), min(most, start + len(reached) - 1)
        if first > last:
            return 0.0
        walk[first - least : last - least + 1] = reached[first - start : last - start + 1]
        start = least
    remaining = total - (start + np.arange(len(walk)))
    return float(walk @ poisson.pmf(remaining, rate) / poisson.pmf(total, total))


def simultaneous_level(total: int, mass: float = 0.95, places: int = RANKS) -> float:
    """Return the pointwise level whose bounds hold all N uniform ranks with a given probability."""
    low, high = np.log(1e-12), np.log(1.0)
    for _ in range(60):
        middle = (low + high) / 2
        if inside_probability(float(np.exp(middle)), total, places) >= mass:
            low = middle
        else:
            high = middle
    return float(np.exp(low))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values corrected for looking at several quantities (Holm, 1979).

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 65-70.
    """
    corrected: dict[str, float] = {}
    largest = 0.0
    for i, name in enumerate(sorted(p_values, key=lambda key: p_values[key])):
        largest = max(largest, min(1.0, (len(p_values) - i) * p_values[name]))
        corrected[name] = largest
    return {name: corrected[name] for name in p_values}
