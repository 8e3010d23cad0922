"""Choices and payoffs to tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.families.actions.write import actions_table, nested
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.reading.problem_area import ProblemArea


def write(goals: DistinctChoices, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write the choices of unweighted agents; return the table `[goals]`."""
    table = actions_table(goals, priors, area, folder)
    prior = table.pop("prior")
    own = {"scale": goals.scale, "rationality": goals.rationality}
    return table | own | {"payoffs": nested(goals, goals.payoffs, area), "prior": prior}
