"""Counts of a validation study: how often raters gave each label to agents of known goal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.label_lists import GoalLists, LabelLists, note_no_such
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.parse_numbers import noted, parse_count
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.table import check_columns


def open_columns(
    declared: TableDeclared,
    data: Any,
    needed: Sequence[str],
    maybe: Sequence[str],
    problems: Problems,
    base: str | Path | None,
    what: str,
) -> Table | None:
    """Open a table whose column names are fixed, some of which need not be there."""
    table = declared.open(None, problems, base, what, data)
    if table is None or not check_columns(table.columns, needed, table.source, problems):
        return None
    columns = [*needed, *(name for name in maybe if name in table.columns)]
    roles = dict(zip(columns, columns, strict=True))
    found = declared.open(roles, problems, base, what, data)
    return None if found is None else with_points(found)


def read_validation(
    table: Table,
    raters: Sequence[str],
    goals: GoalLists,
    lists: LabelLists,
    problems: Problems,
) -> FloatArray:
    """Return how often each rater gave each label to agents of each goal."""
    counts = np.zeros((len(raters), len(goals.area.categories), len(lists.labels)))
    places = {name: place for place, name in enumerate(raters)}
    rows: dict[tuple[int, int, int], int] = {}
    for row, cells in table:
        named, given = (goals.codes.get(cell, cell) for cell in cells[:2])
        goal = goals.stated(named, table.where(row, "goal"), problems)
        label = lists.stated(given, table.where(row, "label"), problems)
        n = noted(parse_count, cells[2], "count", table.where(row, "n"), problems)
        rater = places.get(cells[3], -1) if len(cells) > 3 else 0
        if rater < 0:
            note_no_such("rater", cells[3], raters, table.where(row, "rater"), problems)
        if goal == UNKNOWN or label < 0 or rater < 0 or n is None:
            continue
        first = rows.setdefault((rater, goal, label), row)
        if first != row:
            problems.add(
                f"rows {first} and {row} count the same label of the same goal by the same rater",
                where=table.source,
                several="{n} rows count a label of a goal that a row before counts",
                value=f"rows {first} and {row}",
                valid="one row for each of them",
                fix="add their counts up",
            )
        counts[rater, goal, label] = n
    return counts
