"""What effective counts have to be worth for P(ma) to have the variance of a survey's design."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import Floats, as_conflict, as_shares, facing


def effective_covariance(counts: ArrayLike, scale: ArrayLike) -> Floats:
    """Return the variance matrix of goal shares behind effective counts, tilted to a population.

    Parameters
    ----------
    counts, scale : array_like, shape (..., K)
        Effective counts n*_i and scales s_i, see `effective_counts`.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        sum_i (1_i - p)(1_i - p)' p_i^2 / n*_i, with p_i in proportion to n*_i s_i.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Notes
    -----
    The delta method where n*_i are independent Gamma variables: without weights, that of a
    multinomial sample, (diag(p) - pp') / n.

    Examples
    --------
    >>> effective_covariance([3.0, 1.0], [1.0, 1.0]).round(4)
    array([[ 0.0469, -0.0469],
           [-0.0469,  0.0469]])
    """
    n, s = as_shares(counts, "counts"), as_shares(scale, "scale")
    if s.shape != n.shape:
        raise ValueError(f"counts {n.shape} and scale {s.shape} do not fit together")
    w = n * s
    total = w.sum(axis=-1, keepdims=True)
    p = np.divide(w, total, out=np.zeros_like(w), where=total > 0)
    part = np.divide(p * p, n, out=np.zeros_like(n), where=n > 0)
    away = np.eye(n.shape[-1]) - p[..., None, :]
    return np.asarray(np.swapaxes(away, -1, -2) @ (part[..., :, None] * away))


def variance_ratio(
    covariance: ArrayLike, other: ArrayLike, shares: ArrayLike, conflict: ArrayLike
) -> Floats:
    """Return by how much another variance matrix of shares has to grow to have P(ma)'s variance.

    Parameters
    ----------
    covariance, other : array_like, shape (..., K, K)
        Variance matrix V of the goal shares, and the matrix V_0 to compare it with.
    shares : array_like, shape (..., K)
        Goal shares p.
    conflict : array_like, shape (..., K, K)
        Conflict levels.

    Returns
    -------
    numpy.ndarray, shape (...,)
        The factor a by which a V_0 has the variance of p'Cp that V has; not a number where V_0 has
        none.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Notes
    -----
    For normal shares var p'Cp = 4 g'Vg + 2 tr(CVCV) with the gradient g = Cp (Searle, Linear
    Models, 1971, section 2.5). The second term is what is left where all goals are opposed alike,
    as at an even split, and the gradient tells nothing. So a solves
    4 a g'V_0 g + 2 a^2 tr(CV_0CV_0) = 4 g'Vg + 2 tr(CVCV), which is a = g'Vg / g'V_0g far from it.

    Examples
    --------
    >>> v = np.array([[0.01, -0.01], [-0.01, 0.01]])
    >>> round(float(variance_ratio(3 * v, v, [0.7, 0.3], [[0.0, 1.0], [1.0, 0.0]])), 6)
    3.0
    """
    v, v0 = np.asarray(covariance, dtype=float), np.asarray(other, dtype=float)
    p = as_shares(shares)
    c = as_conflict(conflict, p.shape[-1])
    if v.shape[-2:] != (p.shape[-1],) * 2 or v0.shape[-2:] != v.shape[-2:]:
        raise ValueError(f"covariance {v.shape}, other {v0.shape} and shares {p.shape} do not fit")
    g = facing(p, c)
    parts = []
    for matrix in (v, v0):
        turned = c @ matrix
        first = 4 * np.einsum("...i,...ij,...j->...", g, matrix, g)
        parts += [np.maximum(first, 0.0), 2 * np.einsum("...ij,...ji->...", turned, turned)]
    first, second, first0, second0 = parts
    wanted = first + second
    # the positive root of second0 a^2 + first0 a = wanted, in the form that loses no digits
    below = first0 + np.sqrt(first0**2 + 4 * second0 * wanted)
    nothing = np.full(wanted.shape, np.nan)
    found: Floats = np.divide(2 * wanted, below, out=nothing, where=below > 0)
    return found


def student_widening(df: ArrayLike, mass: float = 0.95) -> Floats:
    """Return by how much a variance with few degrees of freedom has to grow in a normal interval.

    Parameters
    ----------
    df : array_like, shape (...,)
        Degrees of freedom of the estimated variance, above 0.
    mass : float, default 0.95
        Mass of the central interval.

    Returns
    -------
    numpy.ndarray, shape (...,)
        (t / z)^2, with the quantiles of Student's t and of the normal distribution.

    Raises
    ------
    ValueError
        If a number of degrees of freedom is not above 0.

    Examples
    --------
    >>> student_widening([5, 19, 59]).round(3)
    array([1.72 , 1.14 , 1.042])
    """
    from scipy.special import ndtri, stdtrit

    n = np.asarray(df, dtype=float)
    if np.any(n <= 0):
        raise ValueError("degrees of freedom are above 0")
    upper = (1 + mass) / 2
    return np.asarray((stdtrit(np.minimum(n, 1e10), upper) / ndtri(upper)) ** 2)
