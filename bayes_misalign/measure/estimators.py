"""Misalignment from counts and weights: exact moments, unbiased estimates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import (
    Floats,
    as_agents,
    as_shares,
    bilinear,
    facing,
    leading_shape,
    proper_conflict,
)


class Moments(NamedTuple):
    """Mean and variance of P(ma) under a distribution of the shares, each of shape (...,)."""

    mean: Floats
    variance: Floats


class Estimate(NamedTuple):
    """An unbiased estimate of P(ma) and an unbiased estimate of its variance, shape (...,)."""

    value: Floats
    variance: Floats


def dirichlet_moments(
    concentration: ArrayLike, conflict: ArrayLike, *, directed: bool = False
) -> Moments:
    """Return the exact mean and variance of p'Cp for p ~ Dirichlet(a).

    Parameters
    ----------
    concentration : array_like, shape (..., K)
        Concentration a of each goal, non-negative, with a positive sum.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Moments
        Mean and variance of P(ma), each of shape (...,).

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero
        diagonal, or a concentration is negative or sums to zero.

    Notes
    -----
    With A = sum a, q = a'Ca, s = sum_i a_i (Ca)_i^2, r = a'(C*C)a and no conflict of a goal with
    itself, E[p'Cp] = q/(A(A+1)) and E[(p'Cp)^2] = (q^2 + 4s + 2r)/(A(A+1)(A+2)(A+3)), from the
    moments of the Dirichlet (Johnson, Kotz and Balakrishnan, Continuous Multivariate
    Distributions, ch. 49). The variance is computed from the same terms centred, so it does not
    cancel for large A.

    Examples
    --------
    >>> mean, variance = dirichlet_moments([1.0, 1.0], [[0.0, 1.0], [1.0, 0.0]])
    >>> round(float(mean), 6), round(float(variance), 6)
    (0.333333, 0.022222)
    """
    a, c = _symmetric(concentration, conflict, "concentration", directed)
    total = a.sum(axis=-1)
    if np.any(a < 0) or not np.all(total > 0):
        raise ValueError("concentration must be non-negative with a positive sum over the goals")
    face = facing(a, c)
    q = np.einsum("...i,...i->...", a, face)
    spread = np.einsum("...i,...i->...", a, (face - (q / total)[..., np.newaxis]) ** 2)
    squares = bilinear(a, c * c, a)
    two = total * (total + 1.0)
    four = two * (total + 2.0) * (total + 3.0)
    return Moments(q / two, (4.0 * spread + 2.0 * squares - 2.0 * q * q / two) / four)


def unbiased(counts: ArrayLike, conflict: ArrayLike, *, directed: bool = False) -> Estimate:
    """Return the unbiased estimate of p'Cp from a random sample, and of its variance.

    Parameters
    ----------
    counts : array_like, shape (..., K)
        Agents of the sample in each goal group.
    conflict : array_like, shape (..., K, K)
        Known probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Estimate
        n'Cn / (N (N - 1)), not a number for fewer than 2 agents; and its variance over samples,
        not a number for fewer than 4 agents, which like any unbiased variance of this kind can be
        negative in small samples.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero
        diagonal, or a count is negative.

    Notes
    -----
    A U-statistic over different agents (Hoeffding 1948; for exclusive goals Simpson 1949). With
    T = n'Cn, the variance is the squared estimate less its unbiased estimate from four different
    agents, (T^2 - 4 sum_i n_i (Cn)_i^2 + 2 n'(C*C)n) / (N (N-1) (N-2) (N-3)); computed centred,

    Examples
    --------
    >>> float(unbiased([2, 1, 1], [[0, 1, 1], [1, 0, 1], [1, 1, 0]]).value)
    0.8333333333333334
    """
    n, c = _symmetric(counts, conflict, "counts", directed)
    if np.any(n < 0):
        raise ValueError("counts must not be negative")
    size = np.asarray(n.sum(axis=-1))
    face = facing(n, c)
    t = np.einsum("...i,...i->...", n, face)
    mean_face = np.where(size > 0, t / np.where(size > 0, size, 1.0), 0.0)
    spread = np.einsum("...i,...i->...", n, (face - mean_face[..., np.newaxis]) ** 2)
    squares = bilinear(n, c * c, n)
    two = np.where(size >= 2, size * (size - 1.0), np.nan)
    four = np.where(size >= 4, two * (size - 2.0) * (size - 3.0), np.nan)
    variance = (4.0 * spread - 2.0 * squares + 2.0 * t * t / two) / four
    return Estimate(t / two, variance)


def weighted_unbiased(
    weights: ArrayLike, goals: ArrayLike, conflict: ArrayLike, *, directed: bool = False
) -> Floats:
    """Return the weighted estimate of P(ma) over all pairs of different agents of a sample.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Survey weight of each agent, non-negative; any scale.
    goals : array_like of int, shape (n,)
        Position of each agent's goal in `conflict`.
    conflict : array_like, shape (..., K, K)
        Known probability of conflict between holders of each two goals.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Sum over different agents of w_a w_b c_ab / (W^2 - sum w^2); `unbiased` for equal weights.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero
        diagonal, a weight is negative, or fewer than two weights are positive.

    Notes
    -----
    A ratio of two sums over pairs: unbiased for fixed weights that say nothing about goals given
    the design, consistent otherwise.

    Examples
    --------
    >>> float(weighted_unbiased([1.0, 1.0, 2.0], [0, 0, 1], [[0.0, 1.0], [1.0, 0.0]]))
    0.8
    """
    c = proper_conflict(conflict, directed=directed)
    g, w = as_agents(goals, weights, c.shape[-1])
    sums = np.bincount(g, w, minlength=c.shape[-1])
    squares = np.bincount(g, w * w, minlength=c.shape[-1])
    if np.count_nonzero(w) < 2:
        raise ValueError("at least two agents need a positive weight to form a pair")
    return weighted_unbiased_from_sums(sums, squares, c)


def weighted_unbiased_from_sums(
    weight_sums: ArrayLike, square_sums: ArrayLike, conflict: ArrayLike, *, directed: bool = False
) -> Floats:
    """Return `weighted_unbiased` from the sums of weights and squared weights by goal.

    Parameters
    ----------
    weight_sums : array_like, shape (..., K)
        Sum of the weights of the agents that hold each goal.
    square_sums : array_like, shape (..., K)
        Sum of their squared weights.
    conflict : array_like, shape (..., K, K)
        Known probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Weighted estimate of P(ma); not a number where no two agents have a positive weight.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or conflict is not symmetric with a zero diagonal.

    Notes
    -----
    g'Cg / (W^2 - sum h) with g the sums and h the sums of squares.

    Examples
    --------
    >>> float(weighted_unbiased_from_sums([2.0, 2.0], [2.0, 4.0], [[0.0, 1.0], [1.0, 0.0]]))
    0.8
    """
    g = as_shares(weight_sums, "weight_sums")
    h = as_shares(square_sums, "square_sums")
    c = proper_conflict(conflict, g.shape[-1], directed=directed)
    if h.shape != g.shape:
        raise ValueError(
            f"weight_sums and square_sums must have one shape, not {g.shape} and {h.shape}"
        )
    pairs = np.asarray(bilinear(g, c, g))
    weight = np.asarray(g.sum(axis=-1) ** 2 - h.sum(axis=-1))
    unknown = np.full(np.broadcast_shapes(pairs.shape, weight.shape), np.nan)
    np.divide(pairs, weight, out=unknown, where=weight > 0)
    return unknown


def _symmetric(
    counts: ArrayLike, conflict: ArrayLike, name: str, directed: bool
) -> tuple[Floats, Floats]:
    n = as_shares(counts, name)
    c = proper_conflict(conflict, n.shape[-1], directed=directed)
    leading_shape(n, c)
    return n, c
