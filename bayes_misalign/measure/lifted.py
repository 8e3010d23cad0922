"""Conflict of goals, lifted to the sets of goals that agents hold: draw by draw."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.holders import HolderRule, pattern_conflict
from bayes_misalign.measure.known_and_drawn import AT_ONCE, ConflictLike, PartlyKnown, of_matrices
from bayes_misalign.measure.shapes import proper_conflict

SameRule = Literal["conflict", "agree"]


def lifted(
    patterns: ArrayLike,
    conflict: ConflictLike,
    how: HolderRule = "noisy-or",
    same: SameRule = "conflict",
) -> PartlyKnown:
    """Return the conflict of agents who hold sets of goals, from that of the goals.

    Parameters
    ----------
    patterns : array_like of bool or 0/1, shape (M, K)
        Which of K goals the agents of each of M categories hold.
    conflict : array_like or PartlyKnown, shape (..., K, K)
        Probability of conflict between two goals, for every draw.
    how : {"noisy-or", "max", "mean"}
        Over the pairs of a goal of the one and a goal of the other agent; see `pattern_conflict`.
    same : {"conflict", "agree"}
        Two agents who hold the same goals conflict where two of these goals do, as any others; or
        not at all.

    Returns
    -------
    PartlyKnown, shape (..., M, M)
        A level is known once where those of all pairs of goals behind it are. The diagonal is above
        zero where agents hold goals that conflict with each other, unless these agree.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero diagonal, patterns
        are not 0 or 1, or a rule is unknown.

    Notes
    -----
    Two agents are misaligned where one holds a goal, the other holds a goal, and these conflict
    (Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231). That does not ask what else either
    of them holds, nor whether both hold both goals.

    Examples
    --------
    >>> c = lifted([[1, 0], [0, 1], [1, 1]], [[0.0, 0.5], [0.5, 0.0]])
    >>> c.known
    array([[0.  , 0.5 , 0.5 ],
           [0.5 , 0.  , 0.5 ],
           [0.5 , 0.5 , 0.75]])
    """
    if same not in get_args(SameRule):
        raise ValueError(f"same must be one of {get_args(SameRule)}, not {same!r}")
    held = np.asarray(patterns, dtype=np.float64)
    of_goals = _as_partly_known(conflict)
    known = pattern_conflict(held, of_goals.without_drawn, how)
    # how many pairs of goals without a known level stand behind a level
    open_levels = held @ np.isnan(of_goals.known).astype(float) @ held.T > 0
    known[open_levels] = np.nan
    if same == "agree":
        np.fill_diagonal(known, 0.0)
    first, second = np.nonzero(np.triu(np.isnan(known)))
    lead = of_goals.drawn.shape[:-1]
    drawn = np.empty((int(np.prod(lead, dtype=np.int64)), len(first)))
    flat = of_goals.drawn.reshape(len(drawn), -1)
    step = max(1, AT_ONCE // max(known.size, of_goals.known.size))
    for start in range(0, len(drawn) if len(first) else 0, step):
        block = PartlyKnown(of_goals.known, flat[start : start + step]).whole()
        drawn[start : start + step] = pattern_conflict(held, block, how)[:, first, second]
    return PartlyKnown(known, drawn.reshape(*lead, len(first)))


def _as_partly_known(conflict: ConflictLike) -> PartlyKnown:
    """Return conflict with its known levels once: those of the one matrix, if there is one."""
    if isinstance(conflict, PartlyKnown):
        if conflict.own:
            raise ValueError("conflict of a goal with itself must be 0")
        return conflict
    return of_matrices(proper_conflict(conflict))
