"""Utilities of actions: payoffs on a scale on which one is the range, and their softmax.

P(action | goal) is proportional to exp(beta u), with u the utility of the action for the goal
(Luce, Individual Choice Behavior, 1959). Adding a constant to all payoffs of a situation changes
nothing; so the best action has u = 0. Multiplying them by a factor is the same as another
rationality beta; so payoffs are divided by their range, and beta is the log odds of the best
action against the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import FloatArray, IntArray

Scale = Literal["goal", "situation", "all"]
Rationality = Literal["shared", "situation", "goal"]
SHARED = "all choices"  # label of a rationality that all of them have in common
CLOSE = 1e-9


def ranges(payoffs: FloatArray, spans: Sequence[slice]) -> FloatArray:
    """Return the range of the payoffs of each goal in each situation, (K, Q)."""
    return np.stack([np.ptp(payoffs[:, span], axis=1) for span in spans], axis=1)


def utilities(payoffs: FloatArray, spans: Sequence[slice], scale: str) -> FloatArray:
    """Return payoffs (K, C) below the best action's, in units of their range.

    The range is the largest of a goal over all situations ("goal"), that of a goal in the situation
    itself ("situation"), or the largest of all ("all"). Where all payoffs are alike it is 1.
    """
    wide = ranges(payoffs, spans)
    if scale == "goal":
        wide = np.broadcast_to(wide.max(axis=1, keepdims=True), wide.shape)
    elif scale == "all":
        wide = np.full_like(wide, wide.max(initial=0.0))
    largest = np.abs(payoffs).max(initial=0.0)
    wide = np.where(wide > CLOSE * largest, wide, 1.0)
    found = np.empty_like(payoffs)
    for q, span in enumerate(spans):
        own = payoffs[:, span]
        found[:, span] = (own - own.max(axis=1, keepdims=True)) / wide[:, q, None]
    return np.where(np.abs(found) < CLOSE, 0.0, found)


def ruled_by(
    found: FloatArray, spans: Sequence[slice], rationality: str
) -> tuple[tuple[str, ...] | None, IntArray]:
    """Return which of several rationalities rules each goal in each situation, (K, Q).

    First the numbers, of situations or goals, that have one of their own; None where it is shared.
    A goal, or a situation, without any preference has none: it is given the first.
    """
    cares = np.stack([(found[:, span] < 0).any(axis=1) for span in spans], axis=1)
    if rationality == "shared":
        return None, np.zeros(cares.shape, np.int64)
    axis = 0 if rationality == "situation" else 1
    has = cares.any(axis=axis)
    number = np.where(has, np.cumsum(has) - 1, 0)
    shape = number[None, :] if rationality == "situation" else number[:, None]
    return tuple(map(str, np.flatnonzero(has))), np.broadcast_to(shape, cares.shape).copy()


def log_softmax(
    rationality: NDArray[np.float64], found: FloatArray, spans: Sequence[slice], rules: IntArray
) -> NDArray[np.float64]:
    """Return log P(action | goal), (..., K, C), of rationalities (..., number of them)."""
    parts = []
    for q, span in enumerate(spans):
        score = rationality[..., rules[:, q], None] * found[:, span]
        parts.append(score - np.log(np.exp(score).sum(axis=-1, keepdims=True)))
    return np.concatenate(parts, axis=-1)
