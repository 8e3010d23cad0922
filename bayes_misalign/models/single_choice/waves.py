"""Tables with a column of answers for each wave, or of numbers of agents for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.column_names import POPULATION
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.wide_columns import Wide, tells_population
from bayes_misalign.tables.labels import twin_key
from bayes_misalign.tables.melted import ROW
from bayes_misalign.tables.remedies import is_figure

WAVE, ANSWER = "population of the column", "answer in the column"
_LOOKED_AT = 20  # rows
_BESIDE = (
    *("count", "weight_sum", "weight_sq_sum", "respondent"),
    *("cluster", "strata", "fpc", "cluster2", "fpc2"),
)


def tells_waves(
    declared: TableDeclared, stated: Any, labels: Sequence[str], base: str | Path | None
) -> bool:
    """Tell whether columns hold the answers of waves, and not numbers of agents by answer.

    A pattern says so. A mapping does where none of its values is an answer of the study, nor nearly
    one, and cells of the columns are no numbers that the study does not explain.
    """
    if isinstance(stated, str):
        return tells_population(stated)
    if not isinstance(stated, Mapping) or not stated:
        return False
    known = {twin_key(label) for label in labels}
    values = list(stated.values())
    if not all(isinstance(value, str) for value in values):
        return False
    if any(twin_key(value) in known or did_you_mean(value, labels) for value in values):
        return False
    table = declared.open(None, Problems(), base, "responses")
    places = [] if table is None else [table.columns.index(c) for c in stated if c in table.columns]
    rows = [] if table is None else [cells for _, cells in islice(table.read(), _LOOKED_AT)]
    cells = [row[place].strip() for row in rows for place in places]
    codes = getattr(declared, "codes", None) or any(map(is_figure, labels))
    return bool(codes) or not all(map(is_figure, filter(None, cells)))


def by_answer(labels: Sequence[str]) -> Wide:
    """Return what the names of columns tell that hold numbers of agents for each answer."""
    instead = "in place of `goal`, if cells are numbers of agents"
    return Wide(("goal",), "count", tuple(labels), "an answer", instead)


def note_beside(declared: TableDeclared, problems: Problems) -> bool:
    """Note columns of rows that are stated beside those of counts, and tell whether any are."""
    beside = [name for name in _BESIDE if getattr(declared, name) is not None]
    if beside:
        problems.add(
            f"columns and {' and '.join(beside)} are both stated",
            where=declared.model,
            valid="columns where the table has a column of counts for each answer, the others "
            "where it has a row for each answer",
        )
    return bool(beside)


def waves(labels: Sequence[str]) -> Wide:
    """Return what the names of such columns tell, and what is in their cells."""
    return Wide((POPULATION,), "goal", tuple(labels), "an answer")


def roles_of_waves(roles: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of rows that are made of such a table; a row of the table is an agent."""
    return {"respondent": ROW, **roles, "goal": ANSWER, "population": WAVE}
