"""Reports of unnamed agents to tables, so that a study on them can be written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.families.reports.report_patterns import UNKNOWN, ReportPatterns
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL

LABELS, CHOICES, VALIDATION = "labels.csv", "choices.csv", "validation.csv"


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write rows as CSV.

    Parameters
    ----------
    path : Path
        File to write.
    header : iterable of str
        Names of the columns.
    rows : iterable
        Cells.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_reports(goals: ReportPatterns, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write reports into a folder, and return what a study file says of them.

    Parameters
    ----------
    goals : LabelPatterns or ActionPatterns
        Reports. Weights are not written: the agents must be unweighted.
    area : ProblemArea
        Whose first word for holding no goal is written.
    folder : Path
        Receives the tables.

    Returns
    -------
    dict
        The table `[goals]`, without its prior.
    """
    names = tuple(area.no_goal[0] if goal == NO_GOAL else goal for goal in goals.categories)
    table: dict[str, Any] = {"model": goals.model, "agent": "agent", "population": "population"}
    table["populations"] = list(goals.populations)
    if (goals.gold != UNKNOWN).any():
        table |= {"gold": "gold", "gold_chosen": goals.gold_chosen}
    if isinstance(goals, LabelPatterns):
        return table | _labels(goals, names, folder)
    if isinstance(goals, ActionPatterns):
        return table | _choices(goals, names, folder)
    raise TypeError(f"no way is known to write {type(goals).__name__}")


def _agents(
    goals: ReportPatterns, names: Sequence[str]
) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Yield a made-up name, population and known goal of every agent, and its pattern."""
    number = 0
    for d, agents in enumerate(goals.agents.astype(int)):
        gold = "" if goals.gold[d] == UNKNOWN else names[goals.gold[d]]
        for _ in range(agents):
            number += 1
            yield (f"agent {number}", goals.populations[goals.population[d]], gold), d


def _labels(goals: LabelPatterns, names: Sequence[str], folder: Path) -> dict[str, Any]:
    # a word for holding no goal may be a label of its own beside "no goal"
    words = {goal: n for goal, n in zip(goals.categories, names, strict=True) if goal != n}
    words = {goal: name for goal, name in words.items() if name not in goals.labels}
    rows = ((*row, words.get(label, label)) for *row, label in _given(goals, names))
    write_table(folder / LABELS, ("agent", "population", "gold", "rater", "label"), rows)
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


def _given(goals: LabelPatterns, names: Sequence[str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield agent, population, known goal, rater and label of each row of a table.

    The first agent has a row for every rater, if need be without a label: so raters keep their
    order, and one who gave no label is not lost. Agents without a label keep their known goal.
    """
    for number, (about, d) in enumerate(_agents(goals, names)):
        for r, rater in enumerate(goals.raters):
            given = np.repeat(goals.labels, goals.by_rater[d, r]).tolist()
            for label in given or [""] * (number == 0):
                yield *about, rater, label
        if number and not goals.reports[d].any():
            yield *about, "", ""


def _choices(goals: ActionPatterns, names: Sequence[str], folder: Path) -> dict[str, Any]:
    cells = [
        (situation, action)
        for situation, actions in zip(goals.situations, goals.actions, strict=True)
        for action in actions
    ]
    nothing = ("", "", 0)  # of an agent of whom only the goal is known
    rows = (
        (*about, *row)
        for about, d in _agents(goals, names)
        for row in [(*cells[c], int(goals.reports[d, c])) for c in np.flatnonzero(goals.reports[d])]
        or [nothing]
    )
    header = ("agent", "population", "gold", "situation", "action", "count")
    write_table(folder / CHOICES, header, rows)
    table: dict[str, Any] = {"data": CHOICES, "situation": "situation", "action": "action"}
    table["count"] = "count"
    table["actions"] = {
        situation: list(actions)
        for situation, actions in zip(goals.situations, goals.actions, strict=True)
    }
    expected: dict[str, Any] = {}
    for k, name in enumerate(names):
        for span, situation, actions in zip(
            goals.spans, goals.situations, goals.actions, strict=True
        ):
            chance = goals.expected[k, span]
            if not np.isnan(chance).any():
                stated = dict(zip(actions, map(float, chance), strict=True))
                expected.setdefault(situation, {})[name] = stated
    return table | ({"expected": expected} if expected else {})
