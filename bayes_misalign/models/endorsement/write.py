"""Strengths to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.answers.counted_rows import figures_to_write, rows_to_write
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import DECIMALS
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

STRENGTHS = "strengths.csv"


def write(evidence: StrengthCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of kinds of agents, with sums of weights; return the table `[goals]`."""
    columns = [f"goal {i + 1}" for i in range(len(area.goals))]
    cells = [
        [round(x, DECIMALS) for x in strength[: len(columns)].tolist()]
        for strength in evidence.strength
    ]
    figures = figures_to_write(evidence)
    write_table(
        folder / STRENGTHS, ("population", *columns, *figures), rows_to_write(evidence, cells)
    )
    return {
        "model": evidence.model,
        "data": STRENGTHS,
        "columns": dict(zip(columns, area.goals, strict=True)),
        "population": "population",
        **{name: name for name in figures},
        "room": False,
        "lift": evidence.lift,
        "average": evidence.average,
        **stated_of_populations(evidence),
        "prior": prior_table(priors),
    }
