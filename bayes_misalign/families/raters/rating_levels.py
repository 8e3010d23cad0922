"""Ordered levels of a rating: cut points on a latent scale, and the rating expected of somebody.

A rating is at most level l when eta + logistic noise is at most the cut point kappa_l: the
proportional odds model (McCullagh, Regression models for ordinal data, Journal of the Royal
Statistical Society B 42, 1980).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Errors of the mean are below 1e-6 for severities with a standard deviation of 1, 2e-4 for 2.
SEVERITY_NODES, WIDTH_NODES = 11, 3


@cache
def gap_signs(levels: int) -> Array:
    """Return the matrix that turns gaps into cut points, the middle of which is zero.

    Parameters
    ----------
    levels : int
        Number L of levels, two or more.

    Returns
    -------
    ndarray, shape (L - 1, L - 2)
        Cut points are this matrix times the gaps between neighbouring ones. The middle cut point is
        zero; of an even number of them, the two in the middle are as far from zero.

    Examples
    --------
    >>> gap_signs(4)
    array([[-1.,  0.],
           [ 0.,  0.],
           [ 0.,  1.]])
    """
    from_first = np.tri(levels - 1, levels - 2, -1)
    middle = [(levels - 2) // 2, (levels - 1) // 2]
    return np.asarray(from_first - from_first[middle].mean(axis=0))


@cache
def normal_nodes(number: int) -> tuple[Array, Array]:
    """Return nodes and weights by which a standard normal variate is averaged over.

    Parameters
    ----------
    number : int
        How many.

    Returns
    -------
    nodes, weights : ndarray, shape (number,)
        Gauss-Hermite quadrature, weights summing to one.

    Examples
    --------
    >>> nodes, weights = normal_nodes(5)
    >>> round(float(weights @ nodes**4), 6)
    3.0
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(number)
    return nodes, weights / weights.sum()


def expected_rating(
    eta: Any,
    cuts: Any,
    values: Array,
    shift: Any,
    width: Any,
    weight: Array,
    logistic: Callable[[Any], Any],
) -> Any:
    """Return the mean value of ratings on their scale, over raters.

    Parameters
    ----------
    eta : array or tensor, shape (..., M)
        Latent levels.
    cuts : array or tensor, shape (..., L - 1)
        Cut points of somebody who uses the scale like the average.
    values : ndarray, shape (L,)
        What the levels are worth.
    shift, width : array or tensor, shape (..., M or 1, Q)
        What is added to eta, and what cut points are multiplied by, at each place of a quadrature.
    weight : ndarray, shape (Q,)
        Weights of these places, summing to one.
    logistic : callable
        The logistic function for arrays or tensors.

    Returns
    -------
    array or tensor, shape (..., M)

    Examples
    --------
    >>> from scipy.special import expit
    >>> none, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> expected_rating(np.zeros(1), np.zeros(1), np.array([0, 1]), none, one, np.ones(1), expit)
    array([0.5])
    """
    beyond = eta[..., None, None] + shift[..., None] - cuts[..., None, None, :] * width[..., None]
    steps = np.diff(values)
    above = logistic(beyond) * (weight[:, None] * steps[None])
    return values[0] + above.sum(axis=(-2, -1))


def level_probabilities(eta: Array, cuts: Array) -> Array:
    """Return the probability of each level.

    Parameters
    ----------
    eta : ndarray, shape (N,)
        Latent levels.
    cuts : ndarray, shape (N, L - 1)
        Increasing cut points.

    Returns
    -------
    ndarray, shape (N, L)

    Examples
    --------
    >>> level_probabilities(np.array([0.0]), np.array([[-np.inf, np.inf]]))
    array([[0., 1., 0.]])
    """
    from scipy.special import expit

    at_most = expit(cuts - eta[:, None])
    ends = np.zeros((len(eta), 1)), np.ones((len(eta), 1))
    return np.diff(np.concatenate([ends[0], at_most, ends[1]], axis=1), axis=1)
