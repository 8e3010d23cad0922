"""Orders of alternatives, with ties and gaps or without, as categories of shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.settings import NO_GOAL

MOST_WHOLE = 4  # alternatives of which all 24 orders are categories
MOST_SEEN = 1_500  # different orders that agents may have stated
BEFORE, TIED = " > ", " = "  # between the alternatives of an order

Order = tuple[int, ...]  # place of each alternative, 1 for the first; 0 where nobody knows it


class Orders(NamedTuple):
    """The categories of a study: their labels, and the place of each alternative in them.

    Parameters
    ----------
    categories : tuple of str, length M
        Alternatives joined by " > ", tied ones by " = ", "no goal" last if it is an answer.
    position : (M, K) ndarray of int
        Place of each of K alternatives; 0 where it is not known, and throughout for "no goal".
    """

    categories: tuple[str, ...]
    position: NDArray[np.int64]


def orders_of(goals: Sequence[str], seen: Iterable[Order]) -> Orders:
    """Return the orders that there is room for.

    Parameters
    ----------
    goals : sequence of str
        The goals of the problem area, "no goal" last if it is an answer.
    seen : iterable of tuple of int
        Orders that a table names.

    Notes
    -----
    Of up to four alternatives all orders without ties are there. Of more there would be too many:
    then there are those that the table names, and as many as twice the number of alternatives
    besides. With every order there is its reverse, so that a prior which treats all of them alike
    is even on each pair of alternatives.
    """
    k = len(goals) - (NO_GOAL in goals)
    start = tuple(range(1, k + 1))
    every = set(permutations(start)) if k <= MOST_WHOLE else {_turned(start, i) for i in start}
    every |= {order for order in seen if any(order)}
    every |= {reverse(order) for order in every}
    ordered = sorted(every, key=lambda order: (order.count(0), -len(set(order)), _line(order)))
    position = np.array(ordered, np.int64).reshape(-1, k)
    labels = [label_of(goals, order) for order in ordered]
    if NO_GOAL in goals:
        position = np.vstack([position, np.zeros((1, k), np.int64)])
        labels.append(NO_GOAL)
    return Orders(tuple(labels), position)


def _turned(order: Order, steps: int) -> Order:
    return order[steps:] + order[:steps]


def _line(order: Order) -> tuple[int, ...]:
    """Return the alternatives of an order from the first to the last."""
    return tuple(sorted(range(len(order)), key=lambda i: (order[i] or len(order) + 1, i)))


def without_gaps(places: Sequence[int]) -> Order:
    """Return places without gaps between them, those that are 0 as they are."""
    steps = {place: i + 1 for i, place in enumerate(sorted(set(places) - {0}))}
    return tuple(steps.get(place, 0) for place in places)


def reverse(order: Order) -> Order:
    """Return the order from its other end."""
    last = max(order) + 1
    return tuple(last - place if place else 0 for place in order)


def label_of(goals: Sequence[str], order: Order) -> str:
    """Return what an order is called."""
    groups: dict[int, list[str]] = {}
    for goal, place in zip(goals, order, strict=False):
        if place:
            groups.setdefault(place, []).append(goal)
    return BEFORE.join(TIED.join(groups[place]) for place in sorted(groups))


def order_of(goals: Sequence[str], label: str) -> Order:
    """Return the order that a label of `label_of` is of."""
    place = {
        goal: i + 1 for i, group in enumerate(label.split(BEFORE)) for goal in group.split(TIED)
    }
    return tuple(place.get(goal, 0) for goal in goals if goal != NO_GOAL)
