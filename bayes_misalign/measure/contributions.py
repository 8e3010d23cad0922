"""Which goals, and which pairs of goals, misalignment comes from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.known_and_drawn import ConflictLike, PartlyKnown
from bayes_misalign.measure.shapes import (
    Floats,
    facing,
    leading_shape,
    proper_conflict,
    proper_shares,
)


def opposition(shares: ArrayLike, conflict: ConflictLike, *, directed: bool = False) -> Floats:
    """Return (Cp)_i, how likely a random agent conflicts with a holder of goal i.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; (K, K) or (draws, 1, K, K).
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        The size of the opposing group O_i of each goal, in [0, 1].

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    Kierans, Hazan and Dori-Hacohen (2022), the opposing group with graded conflict.

    Examples
    --------
    >>> opposition([0.75, 0.25], [[0.0, 0.5], [0.5, 0.0]])
    array([0.125, 0.375])
    """
    p = proper_shares(shares)
    c = proper_conflict(conflict, p.shape[-1], directed=directed)
    leading_shape(p, c)
    return facing(p, c)


def goal_contributions(
    shares: ArrayLike, conflict: ConflictLike, *, directed: bool = False
) -> Floats:
    """Return p_i (Cp)_i, the part of P(ma) in which the first agent holds goal i.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; (K, K) or (draws, 1, K, K).
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        Contributions that sum to P(ma).

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    The sum over j of p_i p_j c_ij. A pair of goals counts half to each of its two goals.

    Examples
    --------
    >>> goal_contributions([0.75, 0.25], [[0.0, 1.0], [1.0, 0.0]])
    array([0.1875, 0.1875])
    """
    return np.asarray(shares, dtype=np.float64) * opposition(shares, conflict, directed=directed)


def pairs(n_goals: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the two goals of each pair i < j, in the order of `pair_contributions`.

    Parameters
    ----------
    n_goals : int
        Number K of goals, g_0 included if there is one.

    Returns
    -------
    first, second : numpy.ndarray, shape (K (K - 1) / 2,)
        Positions of the two goals: (0, 1), (0, 2), ..., (K - 2, K - 1).

    Raises
    ------
    ValueError
        If there is no goal.

    Notes
    -----
    The upper triangle row by row, as `numpy.triu_indices` gives it.

    Examples
    --------
    >>> first, second = pairs(3)
    >>> list(zip(first.tolist(), second.tolist()))
    [(0, 1), (0, 2), (1, 2)]
    """
    if n_goals < 1:
        raise ValueError(f"n_goals must be at least 1, not {n_goals}")
    first, second = np.triu_indices(n_goals, 1)
    return first, second


def pair_contributions(
    shares: ArrayLike, conflict: ConflictLike, *, directed: bool = False
) -> Floats:
    """Return 2 p_i p_j c_ij, the part of P(ma) in which the two agents hold goals i and j.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; (K, K) or (draws, 1, K, K).
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., K (K - 1) / 2)
        Contributions in the order of `pairs`, which sum to P(ma).

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    The terms of the paper's sum over j < i (Kierans, Hazan and Dori-Hacohen 2022), times the
    level of conflict.

    Examples
    --------
    >>> pair_contributions([0.5, 0.25, 0.25], [[0, 1, 0.5], [1, 0, 0], [0.5, 0, 0]])
    array([0.25 , 0.125, 0.   ])
    """
    p = proper_shares(shares)
    c = proper_conflict(conflict, p.shape[-1], directed=directed)
    leading_shape(p, c)
    first, second = pairs(p.shape[-1])
    level = c.at(first, second) if isinstance(c, PartlyKnown) else c[..., first, second]
    return p[..., first] * p[..., second] * (2.0 * level)
