"""Agents who hold several goals at once."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.shapes import (
    Floats,
    as_conflict,
    bilinear,
    proper_conflict,
    proper_shares,
)

HolderRule = Literal["noisy-or", "max", "mean"]

# The logarithm of a chance that is zero: finite, so that goals not held count 0 times it, and so
# low that its exponential is exactly zero.
LOG_OF_ZERO = -1e4


def pattern_conflict(
    patterns: ArrayLike,
    conflict: ArrayLike,
    how: HolderRule = "noisy-or",
    *,
    directed: bool = False,
) -> Floats:
    """Return the probability of conflict between agents who hold several goals.

    Parameters
    ----------
    patterns : array_like of bool or 0/1, shape (M, K)
        Which of K goals the agents of each pattern hold. A row without any holds no goal.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between two goals.
    how : {"noisy-or", "max", "mean"}
        Over the pairs of a goal of the one and a goal of the other agent: the probability that at
        least one pair conflicts, if pairs do so independently; the worst pair; the mean pair.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., M, M)
        Conflict of each two patterns; 0 where one of them holds no goal. The diagonal is not zero
        where a pattern holds goals that conflict with each other.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero
        diagonal, patterns are not 0 or 1, or `how` is unknown.

    Notes
    -----
    Noisy-or: 1 - prod over pairs of (1 - c_ij); Pearl, Probabilistic Reasoning in Intelligent
    Systems (1988), section 4.3.2.

    Examples
    --------
    >>> pattern_conflict([[1, 1, 0], [0, 0, 1]], [[0, 0, 0.5], [0, 0, 0.5], [0.5, 0.5, 0]])
    array([[0.  , 0.75],
           [0.75, 0.  ]])
    """
    if how not in get_args(HolderRule):
        raise ValueError(f"how must be one of {get_args(HolderRule)}, not {how!r}")
    c = proper_conflict(conflict, directed=directed)
    held = _patterns(patterns, c.shape[-1])
    if how == "mean":
        sizes = held.sum(axis=1)
        found: Floats = (held @ c @ held.T) / np.maximum(np.outer(sizes, sizes), 1.0)
        return found
    if how == "max":
        return _worst_pair(held, c)
    certain = c >= 1.0
    log_peace = np.where(certain, LOG_OF_ZERO, np.log1p(-np.where(certain, 0.0, c)))
    return np.abs(np.expm1(held @ log_peace @ held.T))


def holders_misalignment(
    shares: ArrayLike,
    patterns: ArrayLike,
    conflict: ArrayLike,
    how: HolderRule = "noisy-or",
    *,
    directed: bool = False,
) -> Floats:
    """Return P(ma) of a population whose agents hold several goals.

    Parameters
    ----------
    shares : array_like, shape (..., M)
        Share of each pattern of goals in the population, summing to 1.
    patterns : array_like of bool or 0/1, shape (M, K)
        Which of K goals the agents of each pattern hold.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between two goals; leading axes broadcast against `shares`.
    how : {"noisy-or", "max", "mean"}
        How the conflicts of the pairs of goals of two agents join; see `pattern_conflict`.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Probability of misalignment of two agents drawn with replacement. The factor of
        `distinct_agents` holds only where no pattern conflicts with itself.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal, patterns are not 0 or 1, or `how` is unknown.

    Notes
    -----
    p'Cp with patterns in the place of goals; reduces to `misalignment` for patterns of one goal.

    Examples
    --------
    >>> exclusive = [[0.0, 1.0], [1.0, 0.0]]
    >>> float(holders_misalignment([0.5, 0.5], [[1, 0], [1, 1]], exclusive))
    0.75
    """
    p = proper_shares(shares)
    # the conflict of patterns may have a diagonal, so it is not checked as that of goals
    c = as_conflict(pattern_conflict(patterns, conflict, how, directed=directed), p.shape[-1])
    return bilinear(p, c, p)


def _worst_pair(held: Floats, conflict: Floats) -> Floats:
    k = held.shape[1]
    # One goal at a time: all pairs of goals of all pairs of patterns at once would not fit.
    facing = np.zeros((*conflict.shape[:-2], len(held), k))
    for i in range(k):
        np.maximum(facing, held[:, i, np.newaxis] * conflict[..., i, np.newaxis, :], out=facing)
    worst = np.zeros((*conflict.shape[:-2], len(held), len(held)))
    for j in range(k):
        np.maximum(worst, facing[..., j, np.newaxis] * held[:, j], out=worst)
    return worst


def _patterns(patterns: ArrayLike, n_goals: int) -> Floats:
    held: NDArray[np.float64] = np.asarray(patterns, dtype=np.float64)
    if held.ndim != 2 or held.shape[1] != n_goals:
        raise ValueError(f"patterns must have shape (patterns, {n_goals} goals), not {held.shape}")
    if not np.isin(held, (0.0, 1.0)).all():
        raise ValueError("patterns must be 0 or 1: a goal is held or it is not")
    return held
