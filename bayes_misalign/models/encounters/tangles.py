"""Agents of unknown goals who met in circles, and the order in which their goals are summed out.

What is left of encounters once trees are cut off is tangles, in which every chain of encounters
comes back. Goals are summed out one agent after another: what remains of an agent is a table over
the goals of those that it was tied to, who are tied to each other from then on. Such a table has a
number for each combination of their goals, so an order is wanted that keeps them few: the next
agent is one that adds the fewest ties, and of these one with the shortest way behind it, so that
many can be summed out at once (Koller and Friedman, Probabilistic Graphical Models, 2009, section
9.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import FloatArray

if TYPE_CHECKING:
    from bayes_misalign.models.encounters.meeting_trees import MeetingTrees

IntArray = NDArray[np.int64]
Near = Mapping[int, Mapping[int, tuple[float, float]]]
Form = tuple[tuple[int, ...], tuple[tuple[int, int, float, float], ...]]  # kinds, who met whom
MOST_NUMBERS = 100_000  # in all tables of different tangles: some minutes of sampling
MOST_TO_ORDER = 60  # agents of a tangle, up to which equal ones are always told to be equal


class TooTied(Exception):
    """A tangle whose tables have too many numbers; members are places of its agents."""

    def __init__(self, members: Sequence[int]) -> None:
        super().__init__(f"{len(members)} agents")
        self.members = members


def parts_of(agents: Iterable[int], near: Near) -> list[list[int]]:
    """Return the tangles among agents, each a list of those who are tied together."""
    left, found = dict.fromkeys(agents), []
    while left:
        part = [next(iter(left))]
        del left[part[0]]
        for agent in part:  # which grows
            for other in near[agent]:
                if other in left:
                    del left[other]
                    part.append(other)
        found.append(part)
    return found


def form_of(agents: Sequence[int], kind: Mapping[int, int], near: Near) -> tuple[Form, list[int]]:
    """Return what a tangle is like, whoever its agents are, and these in the order of the form.

    Notes
    -----
    Agents are told apart by their kind, then by the kinds of those they met, and so on; where some
    are still alike, one of them is taken for the first (McKay and Piperno, "Practical graph
    isomorphism II", Journal of Symbolic Computation 60, 2014, without its search). Tangles of one
    form are equal; equal ones have one form for certain only where those alike are exchangeable.
    """
    colour = _refined({agent: kind[agent] for agent in agents}, near)
    while len(agents) <= MOST_TO_ORDER:
        several = [c for c, times in Counter(colour.values()).items() if times > 1]
        if not several:
            break
        first = next(agent for agent in agents if colour[agent] == min(several))
        split = {agent: 2 * c + (agent != first) for agent, c in colour.items()}
        colour = _refined(split, near)
    order = sorted(agents, key=lambda agent: colour[agent])
    place = {agent: i for i, agent in enumerate(order)}
    ties = sorted(
        (place[one], place[other], *figures)
        for one in order
        for other, figures in near[one].items()
        if place[one] < place[other]
    )
    return (tuple(kind[agent] for agent in order), tuple(ties)), order


def _refined(colour: dict[int, int], near: Near) -> dict[int, int]:
    number = 0
    while True:
        seen = {
            agent: (own, tuple(sorted((colour[o], *figures) for o, figures in near[agent].items())))
            for agent, own in colour.items()
        }
        rank = {key: i for i, key in enumerate(sorted(set(seen.values())))}
        colour = {agent: rank[key] for agent, key in seen.items()}
        if len(rank) == number:
            return colour
        number = len(rank)


@dataclass(frozen=True)
class Cluster:
    """One agent whose goals are summed out, and those that its table is about."""

    agent: int
    others: tuple[int, ...]
    height: int


def clusters_of(
    members: Sequence[int], ties: Iterable[tuple[int, int]], categories: int, most: int
) -> list[Cluster]:
    """Return the order in which goals of the members of a tangle are summed out."""
    near: dict[int, set[int]] = {agent: set() for agent in members}
    for one, other in ties:
        near[one].add(other)
        near[other].add(one)
    height = dict.fromkeys(members, 0)

    def cost(agent: int) -> tuple[int, int, int, int]:
        fill = sum(b not in near[a] for a, b in combinations(near[agent], 2))
        return fill, height[agent], len(near[agent]), agent

    now = {agent: cost(agent) for agent in members}
    waiting = list(now.values())
    heapify(waiting)
    found, numbers = [], 0
    while waiting:
        best = heappop(waiting)
        agent = best[-1]
        if now.get(agent) != best:
            continue  # it has another cost by now
        del now[agent]
        others = tuple(sorted(near.pop(agent)))
        numbers += categories ** (len(others) + 1)
        if numbers > most:
            raise TooTied(members)
        found.append(Cluster(agent, others, height[agent]))
        touched = set(others)
        for other in others:
            near[other].discard(agent)
            near[other].update(set(others) - {other})
            height[other] = max(height[other], height[agent] + 1)
        for other in others:
            touched |= near[other]
        for one in touched:
            now[one] = cost(one)
            heappush(waiting, now[one])
    return found


@dataclass(frozen=True, eq=False)
class TangleSums:
    """Tables over goals, as places in a list of numbers of which they are sums.

    The list begins with a zero, goes on with what is known of the goals of each member, and with
    the log probabilities of each different tie; what was summed out is added to its end.

    Parameters
    ----------
    member : (N,) ndarray of int
        Kinds of the members.
    yes, no : (T,) ndarray of float
        Encounters of each different tie.
    steps : tuple of (n, m) ndarray of int
        For each number of the tables of a step, places of what it is the sum of. The goal of the
        agent that is summed out varies fastest.
    root, times : (C,) ndarray
        Place of the whole sum of each tangle, and how many there are of it.
    """

    member: IntArray
    yes: FloatArray
    no: FloatArray
    steps: tuple[IntArray, ...]
    root: IntArray
    times: FloatArray


def tangle_sums(trees: MeetingTrees, most: int = MOST_NUMBERS) -> TangleSums:
    """Return how the goals in all tangles are summed out."""
    k = trees.met_yes.shape[1]
    kinds: dict[tuple[float, float], int] = {}
    ties: dict[tuple[int, int], int] = {}
    columns = (trees.tie_one, trees.tie_other, trees.tie_yes, trees.tie_no)
    for one, other, yes, no in zip(*(x.tolist() for x in columns), strict=True):
        ties[one, other] = ties[other, one] = kinds.setdefault((yes, no), len(kinds))
    clusters, left = list[Cluster](), most
    for tangle in range(len(trees.tangles)):
        members = np.flatnonzero(trees.tangle == tangle).tolist()
        own = [pair for pair in ties if trees.tangle[pair[0]] == tangle and pair[0] < pair[1]]
        found = clusters_of(members, own, k, left)
        left -= sum(k ** (len(cluster.others) + 1) for cluster in found)
        clusters += found
    of_ties = 1 + k * len(trees.member)
    end = of_ties + k * k * len(kinds)
    waiting: dict[int, list[tuple[int, tuple[int, ...]]]] = {}  # tables by whom they are about
    taken: set[int] = set()
    steps, root = [], np.zeros(len(trees.tangles), np.int64)
    for height in range(max((c.height for c in clusters), default=-1) + 1):
        rows, made = [], list[tuple[int, tuple[int, ...]]]()
        for cluster in (c for c in clusters if c.height == height):
            scope = (*cluster.others, cluster.agent)
            goal = dict(
                zip(scope, np.indices((k,) * len(scope)).reshape(len(scope), -1), strict=True)
            )
            own_goal = goal[cluster.agent]
            places = [1 + k * cluster.agent + own_goal]
            for other in cluster.others:
                if (tie := ties.get((cluster.agent, other))) is not None:
                    places.append(of_ties + k * k * tie + k * own_goal + goal[other])
            for start, about in waiting.get(cluster.agent, ()):
                if start not in taken:
                    taken.add(start)
                    places.append(start + _place([goal[one] for one in about], k))
            rows.append(np.array(places))
            if not cluster.others:
                root[trees.tangle[cluster.agent]] = end
            made.append((end, cluster.others))
            end += k ** len(cluster.others)
        for start, about in made:
            for one in about:
                waiting.setdefault(one, []).append((start, about))
        widest = max(len(row) for row in rows)
        padded = [np.pad(row, ((0, widest - len(row)), (0, 0))) for row in rows]
        steps.append(np.concatenate(padded, axis=1).T.astype(np.int64))
    figures = np.array(list(kinds), float).reshape(-1, 2)
    return TangleSums(trees.member, figures[:, 0], figures[:, 1], tuple(steps), root, trees.tangles)


def _place(goals: list[Any], categories: int) -> Any:
    found: Any = 0
    for goal in goals:
        found = found * categories + goal
    return found
