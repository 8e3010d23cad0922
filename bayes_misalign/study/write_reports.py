"""Reports of unnamed agents to tables, so that a study on them can be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table as write_table


def write_reports(goals: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write reports into a folder; return the table `[goals]` with default priors."""
    model = evidence_model(goals.model)
    return model.write(goals, model.priors(), area, folder) or {}
