"""Who met whom among agents of unknown goals, as trees and tangles; equal ones are kept once.

An agent who met several others ties their goals together. Where no chain of encounters comes back
to where it started, all goals can be summed out exactly, from the leaves of a tree to its root.
Where some do, trees hang on what is left, a tangle.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.encounters.tangles import Form, form_of, parts_of
from bayes_misalign.reading.evidence import FloatArray

IntArray = NDArray[np.int64]


def no_numbers() -> FloatArray:
    """Return an empty array of numbers."""
    return np.zeros(0)


def no_places() -> IntArray:
    """Return an empty array of places."""
    return np.zeros(0, np.int64)


Met = Mapping[tuple[int, int], tuple[float, float]]  # two agents -> encounters with, without


@dataclass(frozen=True, eq=False)
class MeetingTrees:
    """Kinds of agents, by what was reported of them and whom they met; children come first.

    Parameters
    ----------
    pattern : (M,) ndarray of int
        Row of the evidence about goals that says what was reported of agents of this kind.
    met_yes, met_no : (M, K) ndarray of float
        Encounters of one such agent with agents of known goals, with and without conflict.
    times : (M,) ndarray of float
        Number of trees that have an agent of this kind at their root.
    child, parent : (E,) ndarray of int
        Kinds of the agents at the two ends of an edge.
    edge_yes, edge_no : (E,) ndarray of float
        Encounters of these two, with and without conflict.
    edges : (E,) ndarray of float
        Number of such children of one such parent.
    member, tangle : (N,) ndarray of int
        Kinds of the agents of different tangles, and to which of these each belongs.
    tangles : (C,) ndarray of float
        Number of tangles of each form.
    tie_one, tie_other : (T,) ndarray of int
        Members who met.
    tie_yes, tie_no : (T,) ndarray of float
        Encounters of these two, with and without conflict.
    """

    pattern: IntArray
    met_yes: FloatArray
    met_no: FloatArray
    times: FloatArray
    child: IntArray
    parent: IntArray
    edge_yes: FloatArray
    edge_no: FloatArray
    edges: FloatArray
    member: IntArray = field(default_factory=no_places)
    tangle: IntArray = field(default_factory=no_places)
    tangles: FloatArray = field(default_factory=no_numbers)
    tie_one: IntArray = field(default_factory=no_places)
    tie_other: IntArray = field(default_factory=no_places)
    tie_yes: FloatArray = field(default_factory=no_numbers)
    tie_no: FloatArray = field(default_factory=no_numbers)

    @classmethod
    def nobody(cls, categories: int) -> MeetingTrees:
        """Return no tree at all, for this many categories."""
        none, no_kind = np.zeros(0), np.zeros(0, np.int64)
        met = np.zeros((0, categories))
        return cls(no_kind, met, met, none, no_kind, no_kind, none, none, none)

    @cached_property
    def height(self) -> IntArray:
        """(M,) longest way from each kind down to a leaf, in edges."""
        found = np.zeros(len(self.pattern), np.int64)
        for edge in np.argsort(self.parent, kind="stable"):  # children have smaller numbers
            above, below = self.parent[edge], self.child[edge]
            found[above] = max(found[above], found[below] + 1)
        return found

    @cached_property
    def agents(self) -> FloatArray:
        """(M,) number of agents of each kind."""
        found = np.array(self.times, dtype=float)
        np.add.at(found, self.member, self.tangles[self.tangle])
        for edge in np.argsort(-self.parent, kind="stable"):
            found[self.child[edge]] += found[self.parent[edge]] * self.edges[edge]
        return found

    @property
    def encounters(self) -> float:
        """Number of encounters in all trees and tangles."""
        return self.conflicts + self._sum(self.met_no, self.edge_no, self.tie_no)

    @property
    def conflicts(self) -> float:
        """Number of encounters with conflict in all trees and tangles."""
        return self._sum(self.met_yes, self.edge_yes, self.tie_yes)

    def _sum(self, met: FloatArray, edge: FloatArray, tie: FloatArray) -> float:
        between = float((self.agents[self.parent] * self.edges * edge).sum())
        tied = float(self.tangles[self.tangle[self.tie_one]] @ tie)
        return float(self.agents @ met.sum(axis=1)) + between + tied

    def expanded(self) -> tuple[IntArray, list[tuple[int, int, float, float]]]:
        """Return every agent's kind, and who met whom, with and without conflict."""
        below: dict[int, list[int]] = {}
        for edge, above in enumerate(self.parent.tolist()):
            below.setdefault(above, []).append(edge)
        kind: list[int] = []
        roots = np.repeat(np.arange(len(self.times)), self.times.astype(int)).tolist()
        met = self._ties(roots)
        waiting = deque[tuple[int, tuple[int, float, float] | None]]()
        waiting.extend((root, None) for root in roots)
        while waiting:
            of_kind, parent = waiting.popleft()
            agent = len(kind)
            kind.append(of_kind)
            if parent is not None:
                met.append((parent[0], agent, *parent[1:]))
            for edge in below.get(of_kind, ()):
                own = (agent, float(self.edge_yes[edge]), float(self.edge_no[edge]))
                waiting.extend([(int(self.child[edge]), own)] * int(self.edges[edge]))
        return np.array(kind, np.int64), met

    def _ties(self, roots: list[int]) -> list[tuple[int, int, float, float]]:
        """Add the members of every tangle to a list of kinds, and return who of them met."""
        met = []
        for tangle, times in enumerate(self.tangles.astype(int).tolist()):
            members = np.flatnonzero(self.tangle == tangle)
            here = np.flatnonzero(self.tangle[self.tie_one] == tangle)
            for _ in range(times):
                place = {member: len(roots) + i for i, member in enumerate(members.tolist())}
                roots += self.member[members].tolist()
                met += [
                    (
                        place[int(self.tie_one[tie])],
                        place[int(self.tie_other[tie])],
                        float(self.tie_yes[tie]),
                        float(self.tie_no[tie]),
                    )
                    for tie in here
                ]
        return met


def to_trees(pattern: Sequence[int], met_yes: Any, met_no: Any, met: Met) -> MeetingTrees:
    """Return encounters of agents of unknown goals as distinct trees and tangles."""
    return with_members(pattern, met_yes, met_no, met)[0]


def with_members(
    pattern: Sequence[int], met_yes: Any, met_no: Any, met: Met
) -> tuple[MeetingTrees, list[int]]:
    """Return distinct trees and tangles, and an agent for each member of the latter."""
    yes, no = np.asarray(met_yes, dtype=float), np.asarray(met_no, dtype=float)
    number: dict[Hashable, int] = {}  # distinct kinds, in order of first appearance
    roots = Counter[int]()
    below: list[list[tuple[int, float, float]]] = [[] for _ in pattern]
    own = [(int(p), tuple(a), tuple(b)) for p, a, b in zip(pattern, yes, no, strict=True)]
    near: list[dict[int, tuple[float, float]]] = [{} for _ in own]
    for (one, other), figures in met.items():
        near[one][other] = near[other][one] = figures
    left = dict.fromkeys(range(len(own)))

    def kind_of(agent: int) -> int:
        key = (*own[agent], tuple(sorted(Counter(below[agent]).items())))
        return number.setdefault(key, len(number))

    for agent, parent, figures in _from_leaves(own, near):
        del left[agent]
        if parent is None:
            roots[kind_of(agent)] += 1
        else:
            below[parent].append((kind_of(agent), *figures))
    tied = {agent: near[agent] for agent in left}
    kinds = {agent: kind_of(agent) for agent in left}
    forms = Counter[Form]()
    members: list[int] = []
    for part in parts_of(left, tied):
        form, order = form_of(part, kinds, tied)
        if form not in forms:
            members += order
        forms[form] += 1
    return _arrays(list(number), roots, yes.shape[1], forms), members


def _from_leaves(
    own: Sequence[Any], near: list[dict[int, tuple[float, float]]]
) -> Iterator[tuple[int, int | None, tuple[float, float]]]:
    """Yield agents, leaves first, with the parent if there is one and their encounters with it.

    What they met is taken from `near`, until what is left of it is tangles.
    """
    agents = len(own)
    leaves = deque(agent for agent in range(agents) if len(near[agent]) < 2)
    seen, height = [False] * agents, [0] * agents
    while leaves:
        agent = leaves.popleft()
        if seen[agent]:
            continue
        if len(near[agent]) == 1:
            (other,) = near[agent]
            # of the last two the higher one becomes the root, and of two as high the same one
            # wherever such a tree is met
            last_two = len(near[other]) == 1
            if last_two and (height[other], own[other]) < (height[agent], own[agent]):
                agent, other = other, agent
                leaves.append(other)
            height[other] = max(height[other], height[agent] + 1)
        seen[agent] = True
        if not near[agent]:
            yield agent, None, (0.0, 0.0)
            continue
        ((parent, figures),) = near[agent].items()
        yield agent, parent, figures
        del near[parent][agent]
        if len(near[parent]) < 2:
            leaves.append(parent)


def _arrays(
    keys: list[Any], roots: Mapping[int, int], categories: int, forms: Mapping[Form, int]
) -> MeetingTrees:
    edges = [
        (child, parent, yes, no, number)
        for parent, (_, _, _, children) in enumerate(keys)
        for (child, yes, no), number in children
    ]
    columns = np.array(edges, dtype=float).reshape(-1, 5).T
    members = [(kind, i) for i, (kinds, _) in enumerate(forms) for kind in kinds]
    first = np.cumsum([0, *(len(kinds) for kinds, _ in forms)]).tolist()
    tied = [
        (first[i] + one, first[i] + other, yes, no)
        for i, (_, ties) in enumerate(forms)
        for one, other, yes, no in ties
    ]
    member, tangle = np.array(members, np.int64).reshape(-1, 2).T
    ties = np.array(tied, dtype=float).reshape(-1, 4).T
    return MeetingTrees(
        pattern=np.array([key[0] for key in keys], np.int64),
        met_yes=np.array([key[1] for key in keys], dtype=float).reshape(-1, categories),
        met_no=np.array([key[2] for key in keys], dtype=float).reshape(-1, categories),
        times=np.array([roots.get(kind, 0) for kind in range(len(keys))], dtype=float),
        child=columns[0].astype(np.int64),
        parent=columns[1].astype(np.int64),
        edge_yes=columns[2],
        edge_no=columns[3],
        edges=columns[4],
        member=member,
        tangle=tangle,
        tangles=np.array(list(forms.values()), dtype=float),
        tie_one=ties[0].astype(np.int64),
        tie_other=ties[1].astype(np.int64),
        tie_yes=ties[2],
        tie_no=ties[3],
    )
