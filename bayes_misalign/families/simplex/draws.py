"""Draws of shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
AT_ONCE = 1 << 16  # numbers that the cache of a processor holds
SHORT = 16  # numbers of a row


def dirichlet(alpha: Array, rng: np.random.Generator, out: Array | None = None) -> Array:
    """Return one Dirichlet draw for each row of parameters, safe for parameters near zero.

    They are written to `out`, if it is given.
    """
    return _normalised(log_gamma(alpha, np.shape(alpha), rng), out)


def dirichlet_of(alpha: Array, among: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Return one Dirichlet draw for each row, of the marked places alone; the others are zero."""
    return _normalised(np.where(among, log_gamma(alpha, np.shape(alpha), rng), -np.inf))


def log_gamma(alpha: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return logarithms of Gamma variates of a shape that the parameters broadcast to.

    Notes
    -----
    A Gamma(a) variate is Gamma(a + 1) times U^(1/a); in logarithms no row underflows to all zeros,
    however small its parameters (Marsaglia and Tsang, ACM TOMS 26, 2000, section 6).
    """
    logs = np.asarray(rng.standard_gamma(alpha + 1.0, shape))
    np.log(logs, out=logs)
    less = np.asarray(rng.standard_exponential(shape))
    less /= alpha
    logs -= less
    return logs


def _normalised(log_gamma: Array, out: Array | None = None) -> Array:
    """Return shares in place of logarithms, or in `out`, worked on while the cache holds them."""
    found = log_gamma if out is None else out
    rows, into = (log_gamma, found) if log_gamma.ndim > 1 else (log_gamma[None], found[None])
    step = max(AT_ONCE // max(rows[:1].size, 1), 1)
    for start in range(0, len(rows), step):
        here = rows[start : start + step]
        here -= _largest(here)
        np.exp(here, out=here)
        np.divide(here, here.sum(axis=-1, keepdims=True), out=into[start : start + step])
    return found


def _largest(rows: Array) -> Array:
    """Return the largest number of each row; of short rows a maximum by columns is faster."""
    if rows.shape[-1] > SHORT:
        return np.asarray(rows.max(axis=-1, keepdims=True))
    found = rows[..., 0].copy()
    for column in range(1, rows.shape[-1]):
        np.maximum(found, rows[..., column], out=found)
    return found[..., None]


def order_of_shares(counts: ArrayLike, categories: tuple[str, ...]) -> NDArray[np.intp]:
    """Return the categories of each row from rare to frequent, "no goal" before all."""
    key = np.array(counts, dtype=float)
    if NO_GOAL in categories:
        key[..., categories.index(NO_GOAL)] = -1.0
    return np.argsort(key, axis=-1, kind="stable")


def reference_last(counts: ArrayLike) -> NDArray[np.intp]:
    """Return the categories of each row in their order, but the most frequent one last."""
    counts = np.asarray(counts)
    is_reference = np.arange(counts.shape[-1]) == counts.argmax(axis=-1)[..., None]
    return np.argsort(is_reference, axis=-1, kind="stable")


def sorted_logs(shares: Array, order: NDArray[np.intp]) -> Array:
    """Return logarithms of draws of shares (draw, S, K), each row in its order.

    Notes
    -----
    A share that underflowed to zero becomes the smallest number that has a logarithm, so that
    densities stay finite.
    """
    sorted_shares = np.take_along_axis(shares, np.broadcast_to(order, shares.shape), axis=-1)
    sorted_shares = sorted_shares / sorted_shares.sum(axis=-1, keepdims=True)
    return np.asarray(np.log(np.maximum(sorted_shares, np.finfo(float).smallest_subnormal)))
