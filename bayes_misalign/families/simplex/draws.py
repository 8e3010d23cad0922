"""Draws of shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def dirichlet(alpha: Array, rng: np.random.Generator) -> Array:
    """Return one Dirichlet draw for each row of parameters, safe for parameters near zero."""
    return _normalised(_log_gamma(alpha, rng))


def dirichlet_of(alpha: Array, among: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Return one Dirichlet draw for each row, of the marked places alone; the others are zero."""
    return _normalised(np.where(among, _log_gamma(alpha, rng), -np.inf))


def _log_gamma(alpha: Array, rng: np.random.Generator) -> Array:
    """Return logarithms of Gamma variates.

    Notes
    -----
    A Gamma(a) variate is Gamma(a + 1) times U^(1/a); in logarithms no row underflows to all zeros,
    however small its parameters (Marsaglia and Tsang, ACM TOMS 26, 2000, section 6).
    """
    log_gamma = np.log(rng.standard_gamma(alpha + 1.0))
    log_gamma -= rng.standard_exponential(alpha.shape) / alpha
    return np.asarray(log_gamma)


def _normalised(log_gamma: Array) -> Array:
    log_gamma -= log_gamma.max(axis=-1, keepdims=True)
    shares = np.exp(log_gamma, out=log_gamma)
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares
