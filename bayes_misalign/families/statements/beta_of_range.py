"""The Beta distribution that says what a range held with a probability says, and no more."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError

Array = NDArray[np.float64]
MASS_TOLERANCE = 1e-6  # how far the mass on a range may be from the stated probability


@cache
def beta_of_range(low: float, high: float, probability: float) -> tuple[float, float]:
    """Return the Beta distribution of maximum entropy with a given mass on a given range.

    Notes
    -----
    The entropy is maximised over log alpha and log beta under one equality, by sequential
    quadratic programming. The criterion is that of E. T. Jaynes, "Prior probabilities", IEEE
    Transactions on Systems Science and Cybernetics 4 (1968).
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
    alpha, beta = np.exp(min(kept, key=lambda one: one.fun).x)
    return float(alpha), float(beta)
