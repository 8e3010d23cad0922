"""Cells to two tables, and the lines of a study file that read them back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

ANSWERS, PEOPLE = "answers.csv", "population.csv"


def write(
    evidence: CellCounts, priors: CellPriors, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write answers and population, a cell a row; return the table `[goals]`."""
    goal, size = _unused("goal", evidence), _unused("size", evidence)
    count = _unused("count", evidence)
    names = [area.no_goal[0] if label == NO_GOAL else label for label in evidence.categories]
    cells = [
        [own[i] for own, i in zip(evidence.levels, row, strict=True)]
        for row in evidence.cells.tolist()
    ]
    write_table(
        folder / ANSWERS,
        (*evidence.covariates, goal, count),
        (
            (*cell, name, f"{number:.0f}")
            for cell, counts in zip(cells, evidence.cell_counts.tolist(), strict=True)
            for name, number in zip(names, counts, strict=True)
            if number
        ),
    )
    write_table(
        folder / PEOPLE,
        (*evidence.covariates, size),
        (
            (*(own[i] for own, i in zip(evidence.levels, row, strict=True)), f"{people:.12g}")
            for row, people in zip(evidence.table.tolist(), evidence.sizes.tolist(), strict=True)
        ),
    )
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": goal,
        "count": count,
        "covariates": list(evidence.covariates),
        "table": PEOPLE,
        "size": size,
        "by": list(evidence.by),
        "ordered": list(evidence.ordered),
        "levels": {
            name: list(own) for name, own in zip(evidence.covariates, evidence.levels, strict=True)
        },
        "interactions": [list(pair) for pair in evidence.interactions],
        "prior": asdict(priors),
    }


def _unused(name: str, evidence: CellCounts) -> str:
    while name in evidence.covariates:
        name += "_"
    return name
