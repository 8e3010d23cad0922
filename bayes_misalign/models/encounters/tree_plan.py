"""Trees of encounters, laid out so that a likelihood works out each different thing once.

What is said to an agent from below depends on the kind of the agent there and on their encounters,
so different messages are few where agents are many. Where the last encounter of a tree was a single
one, its two halves are multiplied as probabilities: exponentials are taken of the halves, and only
a logarithm of each tree. Nothing underflows there, since a probability of one encounter is a number
that has a logarithm.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.encounters.meeting_trees import MeetingTrees
from bayes_misalign.reading.evidence import FloatArray

IntArray = NDArray[np.int64]
Edge = tuple[int, float, float, float]  # row of the child, encounters with and without, how many


@dataclass(frozen=True, eq=False)
class TreePlan:
    """What is worked out for trees of encounters, in which order.

    Parameters
    ----------
    pattern : (B,) ndarray of int
        What was reported of agents, and in `met_yes` and `met_no`, (B, K), whom of known goal they
        met; each combination once.
    base : (N,) ndarray of int
        Which of these stands in each row; a row is an agent and what hangs below.
    steps : tuple of dict
        By height of the row above: `child`, `yes` and `no` of each different message; and
        `message`, `parent` and `number` of each edge.
    last : dict
        `child`, `yes` and `no` of messages along the last encounter of a tree.
    pairs : dict
        `row`, `message` and `times` of trees with such an encounter.
    roots : dict
        `row` and `times` of the other trees.
    row_of : (M,) ndarray of int
        Row of each kind of agent; -1 where none is needed.
    """

    pattern: IntArray
    met_yes: FloatArray
    met_no: FloatArray
    base: IntArray
    steps: tuple[dict[str, NDArray[Any]], ...]
    last: dict[str, NDArray[Any]]
    pairs: dict[str, NDArray[Any]]
    roots: dict[str, NDArray[Any]]
    row_of: IntArray


class _Numbers:
    """Things by number, in order of first appearance."""

    def __init__(self) -> None:
        self.found: dict[Hashable, int] = {}

    def __call__(self, thing: Hashable) -> int:
        return self.found.setdefault(thing, len(self.found))


def plan(trees: MeetingTrees) -> TreePlan:
    """Return different rows and messages of trees."""
    bases, rows, messages = _Numbers(), _Numbers(), _Numbers()
    own = [
        bases((int(p), tuple(yes), tuple(no)))
        for p, yes, no in zip(
            trees.pattern, trees.met_yes.tolist(), trees.met_no.tolist(), strict=True
        )
    ]
    below: list[list[tuple[int, float, float, float]]] = [[] for _ in own]
    columns = (trees.child, trees.parent, trees.edge_yes, trees.edge_no, trees.edges)
    for child, parent, yes, no, number in zip(*(x.tolist() for x in columns), strict=True):
        below[parent].append((child, yes, no, number))
    needed = {*trees.child.tolist(), *trees.member.tolist()}
    row_of = np.full(len(own), -1, np.int64)
    pairs, roots = list[tuple[int, int, float]](), list[tuple[int, float]]()
    for kind, base in enumerate(own):  # children come first
        edges = [(int(row_of[child]), yes, no, number) for child, yes, no, number in below[kind]]
        if kind in needed:
            row_of[kind] = rows((base, tuple(sorted(edges))))
        if not trees.times[kind]:
            continue
        single = [edge for edge in edges if edge[1] + edge[2] == 1]
        if single:
            cut = max(single)
            rest = [edge for edge in edges if edge is not cut]
            if cut[3] > 1:
                rest.append((*cut[:3], cut[3] - 1))
            row = rows((base, tuple(sorted(rest))))
            pairs.append((row, messages(cut[:3]), float(trees.times[kind])))
        else:
            row_of[kind] = rows((base, tuple(sorted(edges))))
            roots.append((int(row_of[kind]), float(trees.times[kind])))
    keys: list[Any] = list(rows.found)
    every: list[Any] = list(bases.found)
    width = trees.met_yes.shape[1]
    return TreePlan(
        pattern=np.array([one[0] for one in every], np.int64),
        met_yes=np.array([one[1] for one in every], float).reshape(-1, width),
        met_no=np.array([one[2] for one in every], float).reshape(-1, width),
        base=np.array([base for base, _ in keys], np.int64),
        steps=_steps([edges for _, edges in keys]),
        last=_columns(messages.found, child=int, yes=float, no=float),
        pairs=_columns(pairs, row=int, message=int, times=float),
        roots=_columns(roots, row=int, times=float),
        row_of=row_of,
    )


def _columns(rows: Iterable[Any], **kinds: type) -> dict[str, NDArray[Any]]:
    every = list(rows)
    return {
        name: np.array([row[i] for row in every], np.int64 if kind is int else float)
        for i, (name, kind) in enumerate(kinds.items())
    }


def _steps(rows: list[tuple[Edge, ...]]) -> tuple[dict[str, NDArray[Any]], ...]:
    height = [0] * len(rows)
    for row, edges in enumerate(rows):
        height[row] = max((height[edge[0]] + 1 for edge in edges), default=0)
    found = []
    for step in range(1, max(height, default=0) + 1):
        messages, edges_here = _Numbers(), list[tuple[int, int, float]]()
        for row, edges in enumerate(rows):
            if height[row] == step:
                edges_here += [(messages(edge[:3]), row, edge[3]) for edge in edges]
        found.append(
            _columns(messages.found, child=int, yes=float, no=float)
            | _columns(edges_here, message=int, parent=int, number=float)
        )
    return tuple(found)
