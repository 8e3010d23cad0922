"""Beta distributions that stand for statements, and mean and sd of their logits, both ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
_MOST_STEPS, _DIGITS = 100, 1e-13


def logit_moments(alpha: ArrayLike, beta: ArrayLike) -> tuple[Array, Array]:
    """Return mean and standard deviation of the logit of a Beta distributed level.

    Notes
    -----
    A Beta distributed c is G / (G + H) of independent Gamma variables with shapes a and b, so its
    logit is log G - log H, with mean digamma(a) - digamma(b) and variance trigamma(a) +
    trigamma(b).
    """
    from scipy.special import digamma, polygamma

    a, b = np.asarray(alpha, dtype=float), np.asarray(beta, dtype=float)
    return digamma(a) - digamma(b), np.sqrt(polygamma(1, a) + polygamma(1, b))


def beta_of_logit(mean: ArrayLike, sd: ArrayLike) -> tuple[Array, Array]:
    """Return the Beta distribution whose logit has a given mean and standard deviation.

    Notes
    -----
    A share u of the variance is trigamma(alpha), which gives both parameters. The mean falls as u
    rises, from plus to minus infinity. The logit of u is found by Newton's method, with halving
    where a step would leave the bracket.
    """
    from scipy.special import digamma, expit, polygamma

    wanted, variance = np.broadcast_arrays(np.asarray(mean, float), np.asarray(sd, float) ** 2)
    low, high = np.full(wanted.shape, -500.0), np.full(wanted.shape, 500.0)
    x = -wanted  # the solution if the variance is small
    for _ in range(_MOST_STEPS):
        u, rest = expit(x), expit(-x)
        alpha, beta = inverse_trigamma(variance * u), inverse_trigamma(variance * rest)
        gap = digamma(alpha) - digamma(beta) - wanted
        low, high = np.where(gap > 0, x, low), np.where(gap > 0, high, x)
        slope = u / polygamma(2, alpha) + rest / polygamma(2, beta)
        newton = x - gap / (variance**2 * u * rest * slope)
        last, x = x, np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        if np.all(np.abs(x - last) <= _DIGITS * (1 + np.abs(x))):
            break
    return alpha, beta


def inverse_trigamma(value: ArrayLike) -> Array:
    """Return the x > 0 whose trigamma(x) is a positive number.

    Notes
    -----
    Newton's method on 1 / trigamma(x), which is nearly linear (Smyth, "Linear models and empirical
    Bayes methods", Statistical Applications in Genetics and Molecular Biology 3, 2004, appendix).
    """
    from scipy.special import polygamma

    y = np.asarray(value, dtype=float)
    x = 0.5 + 1 / y
    for _ in range(_MOST_STEPS):
        found = polygamma(1, x)
        step = found * (1 - found / y) / polygamma(2, x)
        x = x + step
        if np.all(np.abs(step) <= _DIGITS * x):
            break
    # outside these the first term of a series has all the digits that the steps would lose
    return np.where(y > 1e7, 1 / np.sqrt(y), np.where(y < 1e-6, 1 / y, x))
