"""The Beta distribution that says what a range held with a probability says, and no more."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError

Array = NDArray[np.float64]
DIGITS = 10  # of alpha and beta that are kept
SETTLED = 1e-3  # in log alpha and log beta, by which the start may be off
STEP = 1e-4  # in log alpha and log beta, for slopes of the mass
MASS_TOLERANCE = 1e-6  # how far the mass on a range may be from the stated probability


@cache
def beta_of_range(low: float, high: float, probability: float) -> tuple[float, float]:
    """Return the Beta distribution of maximum entropy with a given mass on a given range.

    Notes
    -----
    The entropy is maximised over log alpha and log beta under one equality, by sequential
    quadratic programming, whose linear algebra rounds differently with other numbers of threads:
    its seventh digit is noise. From there one equation at a time is solved by Brent's method in
    plain arithmetic, so that ten digits are the same everywhere. The criterion is that of E. T.
    Jaynes, "Prior probabilities", IEEE Transactions on Systems Science and Cybernetics 4 (1968).
    """
    from scipy.optimize import minimize
    from scipy.special import betainc, betaln, digamma

    def negative_entropy(log_ab: Array) -> float:
        a, b = np.exp(log_ab)
        s = a + b
        entropy = betaln(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (s - 2) * digamma(s)
        return float(-entropy)

    def missing_mass(log_ab: Array) -> float:
        a, b = np.exp(log_ab)
        return float(betainc(a, b, high) - betainc(a, b, low) - probability)

    mean = (low + high) / 2
    sd = (high - low) / (2 * NormalDist().inv_cdf((1 + probability) / 2))
    strength = max(mean * (1 - mean) / sd**2 - 1, 1.0)
    starts = [(mean, strength)]
    if probability < high - low:  # a range held unlikely: the mean may lie on either side of it
        starts += [(low / 2, 3.0), ((1 + high) / 2, 3.0)]
    tried = [
        minimize(
            negative_entropy,
            np.log([m * s, (1 - m) * s]),
            constraints=[{"type": "eq", "fun": missing_mass}],
            method="SLSQP",
            options={"ftol": 1e-12, "maxiter": 500},
        )
        for m, s in starts
        if m > 0
    ]
    kept = [one for one in tried if one.success and abs(missing_mass(one.x)) <= MASS_TOLERANCE]
    if not kept:
        raise StudyError(
            f"no Beta distribution with {probability:g} of its mass in [{low:g}, {high:g}] was "
            "found; state a mean and a strength instead"
        )
    found = _settled(min(kept, key=lambda one: one.fun).x, low, high, probability)
    alpha, beta = (float(f"{np.exp(x):.{DIGITS}g}") for x in found)
    return alpha, beta


def _settled(start: Array, low: float, high: float, probability: float) -> tuple[float, float]:
    """Return log alpha and log beta of the maximum near a start, to more digits than are kept."""
    from scipy.optimize import brentq
    from scipy.special import betainc, polygamma

    def missing(u: float, v: float) -> float:
        a, b = np.exp(u), np.exp(v)
        return float(betainc(a, b, high) - betainc(a, b, low) - probability)

    ratio, total = (float(round(x, 2)) for x in (start[0] - start[1], start[0] + start[1]))

    def on_curve(r: float, *, by_ratio: bool) -> tuple[float, float]:
        """Return log alpha and log beta of the stated mass, for a given ratio or product."""

        def logs(t: float) -> tuple[float, float]:
            return ((t + r) / 2, (t - r) / 2) if by_ratio else ((r + t) / 2, (r - t) / 2)

        def at(t: float) -> float:
            return missing(*logs(t))

        near = total if by_ratio else ratio
        return logs(brentq(at, *_around(at, near), xtol=1e-14, rtol=1e-14))

    def slope(r: float, *, by_ratio: bool) -> float:
        """Gradient of the entropy, along the curve of the stated mass."""
        u, v = on_curve(r, by_ratio=by_ratio)
        a, b = np.exp(u), np.exp(v)
        of_sum = (a + b - 2) * polygamma(1, a + b)
        by_u = a * (of_sum - (a - 1) * polygamma(1, a))
        by_v = b * (of_sum - (b - 1) * polygamma(1, b))
        mass_u = missing(u + STEP, v) - missing(u - STEP, v)
        mass_v = missing(u, v + STEP) - missing(u, v - STEP)
        return float(by_u * mass_v - by_v * mass_u)

    for by_ratio in (True, False):  # where the one turns back, the other does not
        along, near = partial(slope, by_ratio=by_ratio), ratio if by_ratio else total
        try:
            best = brentq(along, *_around(along, near), xtol=1e-14, rtol=1e-14)
        except ValueError:
            continue
        found = on_curve(best, by_ratio=by_ratio)
        if max(abs(found[0] - start[0]), abs(found[1] - start[1])) < SETTLED:
            return found
    return float(round(start[0], 5)), float(round(start[1], 5))


def _around(function: Callable[[float], float], place: float) -> tuple[float, float]:
    """Return two points on both sides of a place where a function has other signs."""
    width = 0.02
    while np.sign(function(place - width)) == np.sign(function(place + width)):
        width *= 1.5
        if width > 1:
            raise ValueError(f"no change of sign near {place:g}")
    return place - width, place + width
