"""Agents and contacts of a graph as networkx has them, which is not imported here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.evidence import UNKNOWN
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown


def is_graph(data: Any) -> bool:
    """Tell whether data are a graph as networkx has them."""
    return all(hasattr(data, name) for name in ("nodes", "edges", "adj", "is_directed"))


def edges_of(graph: Any, weight: str | None) -> dict[str, list[Any]]:
    """Return the edges of a graph as columns."""
    edges = list(graph.edges(data=weight or False))
    columns = {
        "agent": [str(edge[0]) for edge in edges],
        "agent_other": [str(edge[1]) for edge in edges],
    }
    return columns if weight is None else columns | {"weight": [edge[2] for edge in edges]}


def roster_of_graph(graph: Any, goal: str, area: ProblemArea, problems: Problems) -> Roster | None:
    """Return the nodes of a graph as agents, with the goals that an attribute holds."""
    before, place = len(problems), {name: i for i, name in enumerate(area.categories)}
    nodes: Mapping[Any, Any] = dict(graph.nodes(data=goal))
    goals = []
    for node, label in nodes.items():
        known = None if label is None else area.category_of(str(label))
        unanswered = label is None or str(label) in area.not_answers
        if known is None and not unanswered:
            problems.add(
                f"there is no goal {show(str(label))}",
                where=f"node {show(str(node))} of the graph, {show(goal)}",
                several="{n} nodes hold goals that the problem area does not have",
                value=show(str(label)),
                valid=shown(area.categories),
            )
        goals.append(UNKNOWN if known is None else place[known])
    if len(problems) == before and all(one == UNKNOWN for one in goals):
        problems.add(
            f"no node of the graph has the attribute {show(goal)}",
            where="[contact]",
            valid="the attribute of nodes that holds the goal of each agent",
        )
    if len(problems) > before:
        return None
    number = {str(node): i for i, node in enumerate(nodes)}
    return Roster(number, np.array(goals, np.int64), np.full(len(goals), -1))
