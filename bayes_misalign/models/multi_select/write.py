"""Holdings to a table of counts."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.answers.counted_rows import figures_to_write, rows_to_write
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
    cells = [[split.join(labels[k] for k in np.flatnonzero(row))] for row in evidence.held]
    figures = figures_to_write(evidence)
    write_table(folder / ANSWERS, ("population", "goals", *figures), rows_to_write(evidence, cells))
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
