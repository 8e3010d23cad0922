"""Answers to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ANSWERS = "answers.csv"


def write(evidence: ChoiceCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of unweighted answers; return the table `[goals]`."""
    labels = [*area.goals, *area.no_goal[:1]]
    rows = [
        (population, label, int(count))
        for population, counts in zip(evidence.populations, evidence.counts, strict=True)
        for label, count in zip(labels, counts, strict=True)
    ]
    write_table(folder / ANSWERS, ("population", "goal", "count"), rows)
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": "goal",
        "population": "population",
        "count": "count",
        "prior": prior_table(priors),
    }
