"""Holdings: the different sets of goals that agents may hold, as categories of shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.settings import NO_GOAL

MOST_WHOLE = 5  # goals of which all 31 holdings are categories
JOINED = " + "  # between the goals of a holding

Holding = tuple[int, ...]  # places of the goals, in their order


class Holdings(NamedTuple):
    """The categories of a study: their labels, and which goals each of them is made of.

    Parameters
    ----------
    categories : tuple of str, length M
        Goals joined by " + ", "no goal" last if it is an answer.
    held : (M, K) ndarray of int
        Which of the goals, "no goal" among them, a holding is made of.
    """

    categories: tuple[str, ...]
    held: NDArray[np.int64]


def holdings_of(goals: Sequence[str], seen: Iterable[Holding]) -> Holdings:
    """Return the holdings that there is room for.

    Parameters
    ----------
    goals : sequence of str
        The goals of the problem area, "no goal" last if it is an answer.
    seen : iterable of tuple of int
        Holdings that a table names.

    Notes
    -----
    Of up to five goals all sets are there, whether or not anybody was seen to hold them. Of more
    there would be too many: then there are those that the table names, and each goal alone.
    """
    k = len(goals) - (NO_GOAL in goals)
    alone: list[Holding] = [(i,) for i in range(k)]
    every = {holding for holding in seen if holding and holding[0] < k} | {*alone}
    if k <= MOST_WHOLE:
        every |= {x for size in range(2, k + 1) for x in combinations(range(k), size)}
    ordered = sorted(every, key=lambda holding: (len(holding), holding))
    ordered += [(k,)] if NO_GOAL in goals else []
    held = np.zeros((len(ordered), len(goals)), np.int64)
    for row, holding in enumerate(ordered):
        held[row, list(holding)] = 1
    return Holdings(tuple(label_of(goals, holding) for holding in ordered), held)


def label_of(goals: Sequence[str], holding: Holding) -> str:
    """Return what a holding is called."""
    return JOINED.join(goals[i] for i in holding)
