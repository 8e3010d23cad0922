"""How likely an agent of one population is to conflict with an agent of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.shapes import (
    Conflict,
    Floats,
    bilinear,
    facing,
    leading_shape,
    proper_conflict,
    proper_shares,
    without_population_axis,
)


def between(
    shares_a: ArrayLike, shares_b: ArrayLike, conflict: ConflictLike, *, directed: bool = False
) -> Floats:
    """Return p'Cq, how likely one agent of each of two populations hold conflicting goals.

    Parameters
    ----------
    shares_a, shares_b : array_like, shape (..., K)
        Shares of the goal groups in the two populations, of the same goals in the same order.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Probability of misalignment between the populations.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    The cross term of the quadratic entropy; Rao, "Diversity and dissimilarity coefficients: a
    unified approach" (Theoretical Population Biology 21, 1982).

    Examples
    --------
    >>> float(between([1.0, 0.0], [0.25, 0.75], [[0.0, 1.0], [1.0, 0.0]]))
    0.75
    """
    p, q, c = _two_populations(shares_a, shares_b, conflict, directed)
    return bilinear(p, c, q)


def between_matrix(shares: ArrayLike, conflict: ArrayLike, *, directed: bool = False) -> Floats:
    """Return p_s'Cp_t for every two of several populations.

    Parameters
    ----------
    shares : array_like, shape (..., S, K)
        Shares of the goal groups in each of S populations.
    conflict : array_like, shape (K, K) or (..., 1, K, K)
        Probability of conflict between holders of each two goals, the same for all populations.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., S, S)
        Misalignment between populations; within each population on the diagonal.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal, or conflict differs between the populations.

    Notes
    -----
    Rao (1982). The result has draws x S x S numbers: 100 populations and 4,000 draws take 320 MB.

    Examples
    --------
    >>> between_matrix([[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [1.0, 0.0]])
    array([[0. , 0.5],
           [0.5, 0.5]])
    """
    p = proper_shares(shares)
    if p.ndim < 2:
        raise ValueError(f"shares must have shape (..., populations, goals), not {p.shape}")
    c = proper_conflict(conflict, p.shape[-1], directed=directed)
    without_population_axis(c)
    leading_shape(p, c)
    # Row t of the second factor is Cp_t, so entry (s, t) is p_s'Cp_t.
    return p @ facing(p, c).swapaxes(-1, -2)


def excess(
    shares_a: ArrayLike, shares_b: ArrayLike, conflict: ConflictLike, *, directed: bool = False
) -> Floats:
    """Return P_ab - (P_a + P_b) / 2, what two populations disagree on beyond their own quarrels.

    Parameters
    ----------
    shares_a, shares_b : array_like, shape (..., K)
        Shares of the goal groups in the two populations.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Excess misalignment: zero for equal shares, and never negative if `conflict` is
        conditionally negative definite (`conditionally_negative_definite`); otherwise it can be.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    With d the difference of the shares it is -d'Cd / 2 for symmetric C, Rao's (1982)
    dissimilarity coefficient.

    Examples
    --------
    >>> float(excess([1.0, 0.0], [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]]))
    0.25
    """
    a, b, c = _two_populations(shares_a, shares_b, conflict, directed)
    # As a form of the difference, equal populations give exactly zero and nothing cancels.
    return 0.5 * bilinear(a - b, c, b - a)


def conditionally_negative_definite(conflict: ArrayLike, tolerance: float = 1e-9) -> bool:
    """Tell whether x'Cx <= 0 for every x that sums to zero, in all the matrices given.

    Parameters
    ----------
    conflict : array_like, shape (..., K, K)
        Symmetric matrices of conflict.
    tolerance : float, default 1e-9
        Eigenvalues up to this multiple of the largest absolute entry count as zero.

    Returns
    -------
    bool
        True if `excess` cannot be negative, and merging populations cannot lower P(ma) below
        their weighted mean. False if it can be for some shares.

    Raises
    ------
    ValueError
        If the shape is not (..., goals, goals), or a matrix is not symmetric with a zero diagonal.

    Notes
    -----
    Schoenberg (1938): C is conditionally negative definite if and only if the square roots of
    its entries are Euclidean distances (given a zero diagonal); Rao (1982) on the concavity of
    p'Cp. Checked as the largest eigenvalue of C projected on the vectors that sum to zero.
    Goals that all exclude each other pass; with a g_0 that conflicts with nothing beside two or
    more of them the matrix does not, and mixing in agents who hold no goal can show it.

    Examples
    --------
    >>> conditionally_negative_definite([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    False
    >>> conditionally_negative_definite([[0, 1], [1, 0]])
    True
    """
    c = proper_conflict(conflict)
    centring = np.eye(c.shape[-1]) - 1.0 / c.shape[-1]
    symmetric = 0.5 * (c + c.swapaxes(-1, -2))
    largest = np.linalg.eigvalsh(centring @ symmetric @ centring)[..., -1]
    scale = np.abs(symmetric).max(axis=(-1, -2))
    return bool(np.all(largest <= tolerance * scale))


def _two_populations(
    shares_a: ArrayLike, shares_b: ArrayLike, conflict: ConflictLike, directed: bool
) -> tuple[Floats, Floats, Conflict]:
    a = proper_shares(shares_a, "shares_a")
    b = proper_shares(shares_b, "shares_b")
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"the populations must list the same goals: shares_a has {a.shape[-1]}, "
            f"shares_b has {b.shape[-1]}"
        )
    c = proper_conflict(conflict, a.shape[-1], directed=directed)
    leading_shape(a, c, b)
    return a, b, c
