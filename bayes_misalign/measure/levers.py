"""What P(ma) would be if fewer agents held a goal, or two goals conflicted less: exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike, PartlyKnown
from bayes_misalign.measure.shapes import (
    Conflict,
    Floats,
    facing,
    leading_shape,
    proper_conflict,
    proper_shares,
)
from bayes_misalign.measure.steps import Steps


def steps_of_move(
    shares: Floats, conflict: Conflict, opposed: Floats, source: int, target: int
) -> Steps:
    """Return the changes of P(ma) as agents leave one goal for another.

    Parameters
    ----------
    shares : ndarray, shape (..., K)
        Share of each goal group.
    conflict : ndarray or PartlyKnown, shape (..., K, K)
        Levels of conflict, symmetric with a zero diagonal.
    opposed : ndarray, shape (..., K)
        The opposition of each goal, (Cp)_i.
    source, target : int
        Positions of the two goals.

    Returns
    -------
    Steps

    Notes
    -----
    See `moving`.

    Examples
    --------
    >>> p, c = np.array([0.5, 0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> float(steps_of_move(p, c, c @ p, 0, 1).bend)
    -2.0
    """
    slope = 2.0 * (opposed[..., target] - opposed[..., source])
    own = _level(conflict, source, source) + _level(conflict, target, target)
    bend = own - 2.0 * _level(conflict, source, target)
    return Steps(slope, bend, shares[..., source])


def steps_of_level(shares: Floats, conflict: Conflict, one: int, other: int) -> Steps:
    """Return the changes of P(ma) as two goals conflict less.

    Parameters
    ----------
    shares : ndarray, shape (..., K)
        Share of each goal group.
    conflict : ndarray or PartlyKnown, shape (..., K, K)
        Levels of conflict, symmetric with a zero diagonal.
    one, other : int
        Positions of the two goals.

    Returns
    -------
    Steps

    Notes
    -----
    See `lowering`.

    Examples
    --------
    >>> c = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> float(steps_of_level(np.array([0.5, 0.5]), c, 0, 1).slope)
    -0.5
    """
    times = 1.0 if one == other else 2.0
    slope = -times * shares[..., one] * shares[..., other]
    return Steps(slope, np.zeros(()), _level(conflict, one, other))


def moving(
    shares: ArrayLike,
    conflict: ConflictLike,
    source: int,
    target: int,
    share: ArrayLike,
    *,
    directed: bool = False,
) -> Floats:
    """Return by how much P(ma) changes where a share of all agents moves from one goal to another.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; (K, K) or (draws, 1, K, K).
    source, target : int
        Positions of the goal that the agents leave, and of the one they take up.
    share : array_like
        Share e of all agents, in [0, 1]. Where fewer hold the first goal, all of them move.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...)
        P(ma) after the move, minus P(ma) before it.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, conflict is not symmetric with a
        zero diagonal, or e is outside [0, 1].

    Notes
    -----
    2 e ((Cp)_j - (Cp)_i) - 2 e^2 c_ij, from p'Cp at p + e (u_j - u_i), for a symmetric C with a
    zero diagonal; where agents of one category may conflict, + e^2 (c_ii + c_jj).

    Examples
    --------
    >>> moving([0.5, 0.5], [[0, 1], [1, 0]], 0, 1, 0.1)
    array(-0.02)
    """
    p, c = _proper(shares, conflict, directed)
    return steps_of_move(p, c, facing(p, c), source, target).change(_in_unit(share, "share"))


def lowering(
    shares: ArrayLike,
    conflict: ConflictLike,
    one: int,
    other: int,
    by: ArrayLike,
    *,
    directed: bool = False,
) -> Floats:
    """Return by how much P(ma) changes where two goals conflict less.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; (K, K) or (draws, 1, K, K).
    one, other : int
        Positions of two goals.
    by : array_like
        How much lower their level of conflict is, in [0, 1]. A level that is less becomes zero.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...)
        P(ma) afterwards, minus P(ma) before.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, conflict is not symmetric with a
        zero diagonal, or the number is outside [0, 1].

    Notes
    -----
    -2 p_i p_j d, the pair's part of P(ma) = sum_ij p_i p_j c_ij (Kierans, Hazan and Dori-Hacohen
    2022).

    Examples
    --------
    >>> lowering([0.5, 0.5], [[0, 1], [1, 0]], 0, 1, 0.1)
    array(-0.05)
    """
    p, c = _proper(shares, conflict, directed)
    return steps_of_level(p, c, one, other).change(_in_unit(by, "by"))


def _level(c: Conflict, one: int, other: int) -> Floats:
    if isinstance(c, PartlyKnown):
        first, second = np.array([min(one, other)]), np.array([max(one, other)])
        return np.asarray(c.at(first, second)[..., 0])
    return np.asarray(c[..., one, other])


def _proper(shares: ArrayLike, conflict: ConflictLike, directed: bool) -> tuple[Floats, Conflict]:
    p = proper_shares(shares)
    c = proper_conflict(conflict, p.shape[-1], directed=directed)
    leading_shape(p, c)
    return p, c


def _in_unit(value: ArrayLike, name: str) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if not np.all((array >= 0) & (array <= 1)):
        raise ValueError(f"{name} must be in [0, 1]")
    return array
