"""Holdings to a table of counts."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ANSWERS = "holdings.csv"
SPLITS = (";", "|", "/", "~", "^", "#")


def write(evidence: HoldingCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of holdings, with the sums of their weights; return the table `[goals]`."""
    labels = [*area.goals, *area.no_goal[:1]]
    every = (*labels, *area.not_answers)
    splits = (mark * times for times in count(1) for mark in SPLITS)
    split = next(x for x in splits if not any(x in label for label in every))
    figures = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}
    cells = [split.join(labels[k] for k in np.flatnonzero(row)) for row in evidence.held]
    rows: list[tuple[Any, ...]] = [
        (population, cell, *(values[s, m].item() for values in figures.values()))
        for s, population in enumerate(evidence.populations)
        for m, cell in enumerate(cells)
    ]
    nothing = [0.0] * (len(figures) - 1)
    left = {**evidence.not_answers, "": evidence.not_asked}
    rows += [
        (population, label, int(number[s]), *nothing)
        for s, population in enumerate(evidence.populations)
        for label, number in left.items()
        if number[s]
    ]
    write_table(folder / ANSWERS, ("population", "goals", *figures), rows)
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": "goals",
        "split": split,
        "population": "population",
        **{name: name for name in figures},
        "lift": evidence.lift,
        "same_goals": evidence.same_goals,
        **stated_of_populations(evidence),
        "prior": prior_table(priors),
    }
