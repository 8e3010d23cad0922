"""Choices and expected probabilities to tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.families.actions.write import actions_table, nested
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.reading.problem_area import ProblemArea


def write(goals: DistinctActions, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write the reports of unweighted agents; return the table `[goals]`."""
    expected = nested(goals, goals.expected, area)
    table = actions_table(goals, priors, area, folder)
    prior = table.pop("prior")
    return table | ({"expected": expected} if expected else {}) | {"prior": prior}
