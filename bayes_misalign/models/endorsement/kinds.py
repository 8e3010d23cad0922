"""Kinds of agents: the different strengths with which agents may hold the goals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.settings import NO_GOAL

JOINED = " + "  # between the goals of a kind
MOST_WHOLE = 5  # goals of which there is room for all 31 sets
DECIMALS = 6  # to which strengths are kept
ROOM = (1 / 6, 0.5, 5 / 6)  # strengths of those whom nobody was seen to be: weak, middling, strong

Strengths = tuple[float, ...]  # of the goals in their order, 0 where they are not held


class Kinds(NamedTuple):
    """The categories of a study: their labels, and how strongly each of them holds the goals.

    Parameters
    ----------
    categories : tuple of str, length M
        Goals with their strengths, joined by " + ", "no goal" last if it is an answer.
    strength : (M, K) ndarray of float
        Strength of each goal, 1 of "no goal" where it is held.
    """

    categories: tuple[str, ...]
    strength: FloatArray


def kinds_of(goals: Sequence[str], seen: Iterable[Strengths], room: Sequence[float] = ()) -> Kinds:
    """Return the kinds that there is room for.

    Parameters
    ----------
    goals : sequence of str
        The goals of the problem area, "no goal" last if it is an answer.
    seen : iterable of tuple of float
        Strengths that a table names.
    room : sequence of float
        Strengths of further kinds, each with all its goals held alike; of up to five goals every
        set of them, of more each alone and all together.
    """
    k = len(goals) - (NO_GOAL in goals)
    every = {tuple(one[:k]) for one in seen if any(one[:k])}
    every |= {tuple(at * (i in held) for i in range(k)) for held in _sets(k) for at in room}
    ordered = sorted(every, key=_place)
    none = NO_GOAL in goals
    strength = np.zeros((len(ordered) + none, len(goals)))
    for row, one in enumerate(ordered):
        strength[row, :k] = one
    if none:
        strength[-1, k] = 1.0
    labels = tuple(label_of(goals, one) for one in ordered)
    return Kinds((*labels, NO_GOAL) if none else labels, strength)


def room_of(points: Sequence[float]) -> tuple[float, ...]:
    """Return the strengths that are left room for: of a scale its lowest, middle and last point."""
    held = sorted({round(x, DECIMALS) for x in points if x > 0})
    if not held:
        return tuple(round(x, DECIMALS) for x in ROOM)
    return tuple(sorted({held[0], held[(len(held) - 1) // 2], held[-1]}))


def label_of(goals: Sequence[str], strengths: Sequence[float]) -> str:
    """Return what a kind is called."""
    pairs = zip(goals, strengths, strict=False)
    return JOINED.join(f"{goal} {round(x, DECIMALS):.{DECIMALS}g}" for goal, x in pairs if x)


def _sets(k: int) -> Iterator[tuple[int, ...]]:
    sizes = range(1, k + 1) if k <= MOST_WHOLE else sorted({1, k})
    for size in sizes:
        yield from combinations(range(k), size)


def _place(strengths: Strengths) -> tuple[int, tuple[int, ...], Strengths]:
    held = tuple(i for i, x in enumerate(strengths) if x)
    return len(held), held, strengths
