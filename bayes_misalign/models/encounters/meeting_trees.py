"""Who met whom among agents of unknown goals, as trees; equal trees are kept once.

An agent who met several others ties their goals together. Where no chain of encounters comes back
to where it started, all goals can be summed out exactly, from the leaves of a tree to its root.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import FloatArray

IntArray = NDArray[np.int64]
Met = Mapping[tuple[int, int], tuple[float, float]]  # two agents -> encounters with, without


@dataclass(frozen=True, eq=False)
class MeetingTrees:
    """Kinds of agents, by what was reported of them and whom they met; children come first."""

    pattern: IntArray
    met_yes: FloatArray
    met_no: FloatArray
    times: FloatArray
    child: IntArray
    parent: IntArray
    edge_yes: FloatArray
    edge_no: FloatArray
    edges: FloatArray

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
        for edge in np.argsort(-self.parent, kind="stable"):
            found[self.child[edge]] += found[self.parent[edge]] * self.edges[edge]
        return found

    @property
    def encounters(self) -> float:
        """Number of encounters in all trees."""
        return self.conflicts + self._sum(self.met_no, self.edge_no)

    @property
    def conflicts(self) -> float:
        """Number of encounters with conflict in all trees."""
        return self._sum(self.met_yes, self.edge_yes)

    def _sum(self, met: FloatArray, edge: FloatArray) -> float:
        between = (self.agents[self.parent] * self.edges * edge).sum()
        return float(self.agents @ met.sum(axis=1) + between)

    def expanded(self) -> tuple[IntArray, list[tuple[int, int, float, float]]]:
        """Return every agent's kind, and who met whom, with and without conflict."""
        below: dict[int, list[int]] = {}
        for edge, above in enumerate(self.parent.tolist()):
            below.setdefault(above, []).append(edge)
        kind: list[int] = []
        met: list[tuple[int, int, float, float]] = []
        roots = np.repeat(np.arange(len(self.times)), self.times.astype(int))
        waiting = deque[tuple[int, tuple[int, float, float] | None]]()
        waiting.extend((root, None) for root in roots.tolist())
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


class MetInACircle(Exception):
    """Chains of encounters that come back to where they started."""

    def __init__(self, agents: list[int]) -> None:
        super().__init__(f"{len(agents)} agents")
        self.agents = agents


def to_trees(pattern: Sequence[int], met_yes: Any, met_no: Any, met: Met) -> MeetingTrees:
    """Return encounters of agents of unknown goals as distinct trees."""
    yes, no = np.asarray(met_yes, dtype=float), np.asarray(met_no, dtype=float)
    number: dict[Hashable, int] = {}  # distinct kinds, in order of first appearance
    roots = Counter[int]()
    below: list[list[tuple[int, float, float]]] = [[] for _ in pattern]
    own = [(int(p), tuple(a), tuple(b)) for p, a, b in zip(pattern, yes, no, strict=True)]
    for agent, parent, figures in _from_leaves(own, met):
        children = tuple(sorted(Counter(below[agent]).items()))
        key = (*own[agent], children)
        kind = number.setdefault(key, len(number))
        if parent is None:
            roots[kind] += 1
        else:
            below[parent].append((kind, *figures))
    return _arrays(list(number), roots, yes.shape[1])


def _from_leaves(
    own: Sequence[Any], met: Met
) -> Iterator[tuple[int, int | None, tuple[float, float]]]:
    """Yield agents, leaves first, with the parent if there is one and their encounters with it."""
    agents = len(own)
    near: list[dict[int, tuple[float, float]]] = [{} for _ in range(agents)]
    for (one, other), figures in met.items():
        near[one][other] = near[other][one] = figures
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
    if not all(seen):
        raise MetInACircle([agent for agent in range(agents) if not seen[agent]])


def _arrays(keys: list[Any], roots: Mapping[int, int], categories: int) -> MeetingTrees:
    edges = [
        (child, parent, yes, no, number)
        for parent, (_, _, _, children) in enumerate(keys)
        for (child, yes, no), number in children
    ]
    columns = np.array(edges, dtype=float).reshape(-1, 5).T
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
    )
