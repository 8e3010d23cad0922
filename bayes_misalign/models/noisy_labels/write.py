"""Labels to tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.reports.write import (
    agent_columns,
    agents_table,
    goal_words,
    named_agents,
)
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

LABELS, VALIDATION = "labels.csv", "validation.csv"


def write(goals: DistinctLabels, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write the reports of unweighted agents; return the table `[goals]`."""
    table = agents_table(goals) | _reports(goals, goal_words(goals, area), folder)
    return table | {"prior": prior_table(priors)}


def _reports(goals: DistinctLabels, names: Sequence[str], folder: Path) -> dict[str, Any]:
    # a word for holding no goal may be a label of its own beside "no goal"
    words = {goal: n for goal, n in zip(goals.categories, names, strict=True) if goal != n}
    words = {goal: name for goal, name in words.items() if name not in goals.labels}
    rows = ((*row, words.get(label, label)) for *row, label in _given(goals, names))
    write_table(folder / LABELS, (*agent_columns(goals), "rater", "label"), rows)
    table: dict[str, Any] = {"data": LABELS, "rater": "rater", "label": "label"}
    table["repeats"] = bool((goals.per_source > 1).any())
    own = len(goals.categories)
    if goals.labels[:own] == goals.categories:
        table["other_labels"] = list(goals.labels[own:])
    else:
        table["labels"] = list(goals.labels)
    known = {
        goals.raters[r]: {
            names[k]: {
                words.get(label, label): float(goals.emission[r, k, v])
                for v, label in enumerate(goals.labels)
            }
            for k in range(len(names))
        }
        for r in np.flatnonzero(goals.is_known)
    }
    if known:
        table["emission"] = known
    if goals.validation.any():
        cells = np.argwhere(goals.validation)
        counts = (
            (
                goals.raters[r],
                names[k],
                words.get(goals.labels[v], goals.labels[v]),
                int(goals.validation[r, k, v]),
            )
            for r, k, v in cells
        )
        write_table(folder / VALIDATION, ("rater", "goal", "label", "n"), counts)
        table["validation"] = VALIDATION
    return table


def _given(goals: DistinctLabels, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield agent, population, known goal, rater and label of each row of a table.

    The first agent has a row for every rater, if need be without a label: so raters keep their
    order, and one who gave no label is not lost. Agents without a label keep their known goal.
    """
    for number, (about, d) in enumerate(named_agents(goals, names)):
        for r, rater in enumerate(goals.raters):
            given = np.repeat(goals.labels, goals.by_rater[d, r]).tolist()
            for label in given or [""] * (number == 0):
                yield *about, rater, label
        if number and not goals.reports[d].any():
            yield *about, "", ""
