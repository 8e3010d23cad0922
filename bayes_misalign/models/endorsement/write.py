"""Strengths to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import DECIMALS
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

STRENGTHS = "strengths.csv"


def write(evidence: StrengthCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of kinds of agents, with sums of weights; return the table `[goals]`."""
    figures = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}
    columns = [f"goal {i + 1}" for i in range(len(area.goals))]
    rows: list[tuple[Any, ...]] = [
        (
            population,
            *(round(x, DECIMALS) for x in strength[: len(columns)].tolist()),
            *(values[s, m].item() for values in figures.values()),
        )
        for s, population in enumerate(evidence.populations)
        for m, strength in enumerate(evidence.strength)
    ]
    nothing, blank = [0.0] * (len(figures) - 1), [""] * (len(columns) - 1)
    left = {**evidence.not_answers, "": evidence.not_asked}
    rows += [
        (population, label, *blank, int(number[s]), *nothing)
        for s, population in enumerate(evidence.populations)
        for label, number in left.items()
        if number[s]
    ]
    write_table(folder / STRENGTHS, ("population", *columns, *figures), rows)
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
