"""Agents who hold goals with strengths: conflict of any two of them, draw by draw."""

from __future__ import annotations

from itertools import permutations
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.known_and_drawn import AT_ONCE, ConflictLike, PartlyKnown
from bayes_misalign.measure.lifted import as_partly_known
from bayes_misalign.measure.shapes import Floats, proper_conflict
from bayes_misalign.measure.weights import PairWeightKind, check_kind, pair_weight


def strength_conflict(
    strengths: ArrayLike,
    conflict: ArrayLike,
    how: HolderRule = "noisy-or",
    average: PairWeightKind = "geometric",
    *,
    directed: bool = False,
) -> Floats:
    """Return the conflict of agents who hold goals with strengths, weighted by these.

    Parameters
    ----------
    strengths : array_like, shape (M, K)
        How strongly the agents of each of M kinds hold each of K goals, in [0, 1]; 0 where they do
        not hold it.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between two goals.
    how : {"noisy-or", "max", "mean"}
        Over the pairs of a goal of the one and a goal of the other agent: the probability that at
        least one pair conflicts, if pairs do so independently; the worst pair; the mean pair.
    average : {"geometric", "arithmetic", "harmonic", "min", "max"}
        How the strengths of the two goals of a pair are joined; the level of the pair is c_ij
        times that.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (..., M, M)
        Conflict of each two kinds; 0 where one of them holds no goal.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero diagonal, strengths
        are outside [0, 1], or a rule is unknown.

    Notes
    -----
    The five averages are those of Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231, where
    every agent holds one goal: then this is c_ij w(W_a, W_b). Strengths that are 0 or 1 give
    `pattern_conflict`, whatever the average. A pair takes part only if both of its goals are held,
    so that the arithmetic mean and the maximum do not count a goal that one of the two lacks.

    Examples
    --------
    >>> exclusive = [[0.0, 1.0], [1.0, 0.0]]
    >>> strength_conflict([[0.25, 0.0], [0.0, 1.0]], exclusive)
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    if how not in get_args(HolderRule):
        raise ValueError(f"how must be one of {get_args(HolderRule)}, not {how!r}")
    check_kind(average)
    c = proper_conflict(conflict, directed=directed)
    s = proper_strengths(strengths, c.shape[-1])
    kinds = np.arange(len(s))
    first, second = np.repeat(kinds, len(s)), np.tile(kinds, len(s))
    found = _of_pairs(s, first, second, c.reshape(-1, *c.shape[-2:]), how, average)
    return found.reshape(*c.shape[:-2], len(s), len(s))


def endorsed(
    strengths: ArrayLike,
    conflict: ConflictLike,
    how: HolderRule = "noisy-or",
    average: PairWeightKind = "geometric",
) -> PartlyKnown:
    """Return what `strength_conflict` does, levels that are known once and the others by draw.

    Parameters
    ----------
    strengths : array_like, shape (M, K)
        How strongly the agents of each of M kinds hold each of K goals, in [0, 1].
    conflict : array_like or PartlyKnown, shape (..., K, K)
        Probability of conflict between two goals, for every draw.
    how, average : str
        As in `strength_conflict`.

    Returns
    -------
    PartlyKnown, shape (..., M, M)
        A level is known once where those of all pairs of goals behind it are.

    Raises
    ------
    ValueError
        As `strength_conflict` does.

    Examples
    --------
    >>> endorsed([[0.25, 0.0], [0.0, 1.0]], [[0.0, 0.5], [0.5, 0.0]], average="min").known
    array([[0.   , 0.125],
           [0.125, 0.   ]])
    """
    of_goals = as_partly_known(conflict)
    s = proper_strengths(strengths, of_goals.shape[-1])
    held = (s > 0).astype(float)
    known = strength_conflict(s, of_goals.without_drawn, how, average)
    known[held @ np.isnan(of_goals.known).astype(float) @ held.T > 0] = np.nan
    first, second = np.nonzero(np.triu(np.isnan(known)))
    lead = of_goals.drawn.shape[:-1]
    drawn = np.empty((int(np.prod(lead, dtype=np.int64)), len(first)))
    flat = of_goals.drawn.reshape(len(drawn), -1)
    step = max(1, AT_ONCE // max(len(first), of_goals.known.size))
    for start in range(0, len(drawn) if len(first) else 0, step):
        block = PartlyKnown(of_goals.known, flat[start : start + step]).whole()
        drawn[start : start + step] = _of_pairs(s, first, second, block, how, average)
    return PartlyKnown(known, drawn.reshape(*lead, len(first)))


def _of_pairs(
    strengths: Floats,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    conflict: Floats,
    how: HolderRule,
    average: PairWeightKind,
) -> Floats:
    """Return conflict (draw, pair) of pairs of kinds, given that of goals (draw, K, K)."""
    joined, k = pair_weight(average), strengths.shape[1]
    found: Floats = np.zeros((len(conflict), len(first)))
    part = np.empty_like(found)
    for i, j in permutations(range(k), 2):
        one, other = strengths[first, i], strengths[second, j]
        weight = np.where((one > 0) & (other > 0), joined(one, other), 0.0)
        level = conflict[:, i, j, np.newaxis]
        if not weight.any() or not level.any():
            continue
        np.multiply(level, weight, out=part)
        if how == "max":
            np.maximum(found, part, out=found)
            continue
        if how == "noisy-or":
            # 1 - (1 - found)(1 - part), without a loss of digits where both are small
            part *= 1.0 - found
        found += part
    if how == "mean":
        size = (strengths > 0).sum(axis=1)
        found /= np.maximum(size[first] * size[second], 1)
    return found


def proper_strengths(strengths: ArrayLike, n_goals: int) -> NDArray[np.float64]:
    """Return strengths (M, K) after looking whether they are such."""
    s = np.asarray(strengths, dtype=np.float64)
    if s.ndim != 2 or s.shape[1] != n_goals:
        raise ValueError(f"strengths must have shape (kinds, {n_goals} goals), not {s.shape}")
    if not ((s >= 0) & (s <= 1)).all():
        raise ValueError("strengths must be between 0 and 1")
    return s
