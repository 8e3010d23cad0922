"""Choices to tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.reports.write import (
    agent_columns,
    agents_table,
    goal_words,
    named_agents,
)
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

CHOICES = "choices.csv"


def actions_table(
    goals: ActedReports, priors: Any, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write the choices of unweighted agents; return the table `[goals]` without stated numbers."""
    names = goal_words(goals, area)
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
    table: dict[str, Any] = agents_table(goals)
    table |= {"data": CHOICES, "situation": "situation", "action": "action", "count": "count"}
    table["actions"] = {
        situation: list(actions)
        for situation, actions in zip(goals.situations, goals.actions, strict=True)
    }
    return table | {"prior": prior_table(priors)}


def nested(goals: ActedReports, numbers: FloatArray, area: ProblemArea) -> dict[str, Any]:
    """Return numbers (K, C) by situation, goal and action; goals without any are left out."""
    found: dict[str, Any] = {}
    for k, name in enumerate(goal_words(goals, area)):
        for span, situation, actions in zip(
            goals.spans, goals.situations, goals.actions, strict=True
        ):
            own = numbers[k, span]
            if not np.isnan(own).any():
                found.setdefault(situation, {})[name] = dict(
                    zip(actions, map(float, own), strict=True)
                )
    return found
