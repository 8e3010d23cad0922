"""The concentration A of symmetric Dirichlet shares, given counts: one dimension, on a grid.

With u = A / (1 + A) uniform, the posterior of log A is the Dirichlet-multinomial evidence of the
counts times the logistic density; it is tabulated and sampled by inversion.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.simplex.log_gamma import gammaln

Array = NDArray[np.float64]

# The grid of log A on which the posterior of the concentration is worked out. Its lower end leaves
# out 3e-7 of the prior mass; so does its upper end of what is left beyond A = n, where the evidence
# no longer changes. Halving the step moves no posterior mean by 1e-5.
LEAST_LOG_CONCENTRATION = -15.0
BEYOND = 15.0
MOST_LOG_CONCENTRATION = 35.0  # u = A / (1 + A) rounds to 1 soon after
STEP = 30.0 / 1024
STIRLING_FROM = 50.0  # four terms of the series are exact to 1e-16 from here on


def log_concentrations(answers: float) -> Array:
    """Return the grid of log A, equally spaced, for a population with this many answers."""
    end = min(BEYOND + np.log(max(answers, 1.0)), MOST_LOG_CONCENTRATION)
    steps = int(np.ceil((end - LEAST_LOG_CONCENTRATION) / STEP))
    return np.asarray(LEAST_LOG_CONCENTRATION + STEP * np.arange(steps + 1), dtype=float)


def log_rising(a: Array, n: Any) -> Array:
    """Return log Gamma(a + n) - log Gamma(a), exact where a dwarfs n.

    Notes
    -----
    The difference of two log Gamma functions loses every digit when a is large; the difference of
    their Stirling series does not.
    """

    def tail(z: Array) -> Array:
        w = 1 / z**2
        return np.asarray((1 / 12 - w * (1 / 360 - w * (1 / 1260 - w / 1680))) / z)

    def direct(a: Array, n: Array) -> Array:
        return gammaln(a + n) - gammaln(a)

    def series(a: Array, n: Array) -> Array:
        found = (a - 0.5) * np.log1p(n / a) + n * (np.log(a + n) - 1)
        return np.asarray(found + tail(a + n) - tail(a))

    a, n = np.broadcast_arrays(np.asarray(a, float), np.asarray(n, float))
    small, found = a < STIRLING_FROM, np.empty(a.shape)
    found[small] = direct(a[small], n[small])
    found[~small] = series(a[~small], n[~small])
    return found


def log_evidence(counts: Array, log_concentration: Array) -> Array:
    """Return the log Dirichlet-multinomial evidence of counts (K,), up to a constant in A."""
    total = np.exp(log_concentration)
    # equal counts share a column
    held, times = np.unique(counts[counts > 0], return_counts=True)
    terms = log_rising(total[:, None] / counts.size, held) @ times
    return np.asarray(terms - log_rising(total, counts.sum()))


def _log_density(counts: Array, grid: Array) -> Array:
    """Return the log density of log A given the counts, times their probability."""
    # u is uniform, so log A = logit(u) has the logistic density u (1 - u).
    return np.asarray(log_evidence(counts, grid) - np.logaddexp(0, grid) - np.logaddexp(0, -grid))


def log_evidence_of_index(counts: Array) -> float:
    """Return the log probability of the counts (K,) of one population, one after another."""
    log_density = _log_density(counts, log_concentrations(float(counts.sum())))
    density = np.exp(log_density - log_density.max())
    return float(log_density.max() + np.log(STEP * density.sum()))


def draw_index(counts: Array, uniform: Array) -> Array:
    """Return draws of u = A / (1 + A), inside (0, 1), given the counts of one population.

    They are the quantiles at uniform numbers, (draw,).
    """
    grid = log_concentrations(float(counts.sum()))
    log_density = _log_density(counts, grid)
    density = np.exp(log_density - log_density.max())
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    log_a = np.interp(uniform * cumulative[-1], cumulative, grid)
    # keep u inside (0, 1) in floating point
    return np.asarray(1 / (1 + np.exp(-log_a)))
