"""Choices to tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.reports.write import (
    agent_columns,
    agents_table,
    goal_words,
    named_agents,
)
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

CHOICES = "choices.csv"


def write(goals: DistinctActions, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write the reports of unweighted agents; return the table `[goals]`."""
    table = agents_table(goals) | _reports(goals, goal_words(goals, area), folder)
    return table | {"prior": prior_table(priors)}


def _reports(goals: DistinctActions, names: Sequence[str], folder: Path) -> dict[str, Any]:
    cells = [
        (situation, action)
        for situation, actions in zip(goals.situations, goals.actions, strict=True)
        for action in actions
    ]
    nothing = ("", "", 0)  # of an agent of whom only the goal is known
    rows = (
        (*about, *row)
        for about, d in named_agents(goals, names)
        for row in [(*cells[c], int(goals.reports[d, c])) for c in np.flatnonzero(goals.reports[d])]
        or [nothing]
    )
    header = (*agent_columns(goals), "situation", "action", "count")
    write_table(folder / CHOICES, header, rows)
    table: dict[str, Any] = {"data": CHOICES, "situation": "situation", "action": "action"}
    table["count"] = "count"
    table["actions"] = {
        situation: list(actions)
        for situation, actions in zip(goals.situations, goals.actions, strict=True)
    }
    expected: dict[str, Any] = {}
    for k, name in enumerate(names):
        for span, situation, actions in zip(
            goals.spans, goals.situations, goals.actions, strict=True
        ):
            chance = goals.expected[k, span]
            if not np.isnan(chance).any():
                stated = dict(zip(actions, map(float, chance), strict=True))
                expected.setdefault(situation, {})[name] = stated
    return table | ({"expected": expected} if expected else {})
