"""The concentration given goal shares, for variables that set the scale of PyMC's coordinates.

Shares say of log A only how even they are: the sum of log(k r_i), never above zero. Given it, log A
has a distribution of one dimension, which is tabulated and sampled by inversion. Between two values
of the sum, on a fine scale of its logarithm, one is chosen at random.

NUTS moves slowly through log A where shares are about equal but for one; drawn anew given the
shares, it mixes as well as they do, and its joint distribution with them is the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.simplex.log_gamma import gammaln
from bayes_misalign.models.independent.concentration import LEAST_LOG_CONCENTRATION
from bayes_misalign.models.independent.matched import SYMMETRIC, log_prior

Array = NDArray[np.float64]
MOST_LOG_CONCENTRATION = 45.0  # shares that are more alike than e^-22 are alike
FINEST, NARROWEST = 0.05, 0.2  # steps of log A; the latter in units of 1 / sqrt(k)
STEP = 0.02  # of the logarithm of the sum
LEAST_SUM = 1e-36
STIRLING_FROM = 20.0  # four terms of the series are exact to 1e-13 from here on
# a concentration is a free variable with two goals; else it is integrated out, and this one sets
# the scale of coordinates
OF_TWO, HELPER, WITHIN = "log_concentration", "log_evenness", "log_evenness_within"
HELPERS = frozenset((OF_TWO, HELPER, WITHIN))
SEED = 57  # the same shares have the same draws


def name_of(goals: int) -> str:
    """Return what the free variable of this many goals is called."""
    return HELPER if goals > 2 else OF_TWO


def bounded(total: Any, goals: int) -> Any:
    """Return a sum of log(k r_i) as the helper knows it, never below minus this many goals.

    What the helper is for are shares that are nearly even. If it followed small shares too, they
    would hold it, and it them.
    """
    return total * goals / (goals - total)


def given_log_shares(log_shares: Array, none: NDArray[np.bool_]) -> Array:
    """Return draws of log A (draw, S) given log shares (draw, S, place).

    `none` (S, place) marks agents without a goal. With two goals log A is the concentration of
    `matched`. With more it is that of all goals but the last, as if the last stood apart.
    """
    from scipy.special import logsumexp

    rng = np.random.default_rng(SEED)
    found = np.empty(log_shares.shape[:2])
    for s in range(found.shape[1]):
        held = log_shares[:, s][:, ~none[s]]
        k = held.shape[1]
        if k == 1:
            found[:, s] = _inverted(np.zeros(len(held)), 1, rng)
            continue
        others = held if k == 2 else held[:, :-1]
        relative = others - logsumexp(others, axis=1, keepdims=True)
        excess = relative + np.log(others.shape[1])
        # shares sum to one, so that this is the sum of log(k r_i), with no digit lost near zero
        sums = (excess - np.expm1(excess)).sum(axis=1)
        found[:, s] = _inverted(sums if k == 2 else bounded(sums, k - 1), k, rng)
    return found


def _inverted(sums: Array, k: int, rng: np.random.Generator) -> Array:
    """Return draws of log A given sums (draw,) of log(k r_i), for k goals."""
    place = np.log(np.maximum(-sums, LEAST_SUM)) / STEP
    place = np.floor(place + rng.random(len(sums))).astype(int)
    step = min(FINEST, NARROWEST / np.sqrt(k))
    log_a = np.arange(LEAST_LOG_CONCENTRATION, MOST_LOG_CONCENTRATION, step)
    uniform, found = rng.random(len(sums)), np.empty(len(sums))
    for value in np.unique(place):
        here = place == value
        log_density = log_given_sum(log_a, -float(np.exp(value * STEP)), k)
        density = np.exp(log_density - log_density.max())
        cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        found[here] = np.interp(uniform[here] * cumulative[-1], cumulative, log_a)
    return found


def log_given_sum(log_a: Array, total: float, k: int) -> Array:
    """Return the log density of log A given the sum of log(k r_i), up to a constant."""
    if k == 1:
        return log_prior(log_a)
    if k > 2:
        return np.asarray(log_prior(log_a) + _log_dirichlet(log_a, total, k - 1))
    symmetric = np.log(SYMMETRIC) + _log_dirichlet(log_a, total, 2)
    # log(4 r (1 - r)) is the sum; a goal that stands apart has the density r (1 - r) on log ratios
    stands = np.log1p(-SYMMETRIC) + total - np.log(4)
    return np.asarray(log_prior(log_a) + np.logaddexp(symmetric, stands))


def _log_dirichlet(log_a: Array, total: float, k: int) -> Array:
    """Return the log density of Dirichlet(A/k, ..., A/k) shares on log ratios, k >= 2."""
    each = log_a - np.log(k)
    constant = 0.5 * (1 - k) * np.log(2 * np.pi)
    norm = 0.5 * (k * each - log_a) + constant + _rest(log_a) - k * _rest(each)
    return np.asarray(norm + np.exp(each) * total)


def _rest(log_a: Array) -> Array:
    """Return log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2, exact where a is large."""
    a = np.exp(np.minimum(log_a, np.log(STIRLING_FROM)))
    direct = gammaln(a) - (a - 0.5) * np.log(a) + a - 0.5 * np.log(2 * np.pi)
    z = np.exp(-np.maximum(log_a, np.log(STIRLING_FROM)))
    w = z**2
    series = z * (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w / 1680)))
    return np.asarray(np.where(log_a < np.log(STIRLING_FROM), direct, series))
