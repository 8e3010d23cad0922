"""What a table holds, as far as one can see without knowing what it is about."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bayes_misalign.contract.first_look import Seen as Seen
from bayes_misalign.errors import DataError, Problems
from bayes_misalign.errors.problem import snippets
from bayes_misalign.tables import Table, open_table
from bayes_misalign.tables.form import TableForm
from bayes_misalign.tables.remedies import is_figure

LOOKED_AT = 200_000  # rows from which roles are proposed
MOST_VALUES = 1_000  # different values of a column whose numbers of rows are kept
_TRIES = 8
# how a table is written: what a remedy may state of it without a decision of the user's
_OF_FORM = ("separator", "encoding", "skip_rows", "decimal", "missing", "where")
# a data frame of samples, as samples_df of inspect_ai.analysis makes it
_OF_SAMPLES = frozenset({"sample_id", "eval_id", "id", "epoch"})
_OF_A_SCORE = ("_answer", "_explanation", "_reason", "_metadata")


@dataclass(frozen=True)
class Looked:
    """A table, how it is written, and what its columns hold.

    Parameters
    ----------
    data : str
        The table, as the study file is to name it for who stands where the program does.
    form : mapping of str to object
        Keys of a study file that say how the table is written.
    said : tuple of str
        Why they are stated, a sentence each.
    columns : tuple of Seen
    rows : int
        Rows that were looked at.
    whole : bool
        Whether these are all rows.
    told : mapping of str to str
        Columns by the role that whoever wrote the file meant them for.
    """

    data: str
    form: Mapping[str, Any]
    said: tuple[str, ...]
    columns: tuple[Seen, ...]
    rows: int
    whole: bool
    told: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Seen:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def opened(self, columns: Sequence[str], problems: Problems) -> Table | None:
        """Open the whole table once more, for some of its columns."""
        form: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in self.form.items()
        }
        return open_table(self.data, list(columns), problems, form=TableForm(**form))


def look(data: str) -> Looked:
    """Look at the columns of a table, whatever its separator and encoding.

    Raises
    ------
    DataError
        When there is no such table, or it cannot be read.
    """
    form: dict[str, Any] = {}
    said: list[str] = []
    for _ in range(_TRIES):
        problems = Problems()
        table = open_table(data, None, problems, form=TableForm(**form))
        if table is not None and table.told:  # what a study of these columns is told
            open_table(data, list(table.told.values()), problems, form=TableForm(**form))
        seen = None if table is None or problems else _scan(table)
        if not problems:
            assert table is not None
            assert seen is not None
            told = table.told or _of_samples(table.columns)
            return Looked(data, form, tuple(said), *seen, told)
        if not (stated := remedies_of_form(problems, form)):
            break
        form |= stated
        said += [f"{problem.what} ({problem.where})" for problem in problems if problem.fix]
    raise DataError(*problems)


def _of_samples(names: Sequence[str]) -> dict[str, str]:
    """Return the columns of a data frame of samples by role; nothing of any other table."""
    if not set(names) >= _OF_SAMPLES:
        return {}
    told = {"cluster": "id", "id": "sample_id"}
    if "model" in names:
        told["population"] = "model"
    scores = [name for name in names if name.startswith("score_")]
    answers = [name for name in scores if name.endswith("_answer")]
    values = [name for name in scores if not name.endswith(_OF_A_SCORE)]
    if len(goals := answers or values) == 1:
        told["goal"] = goals[0]
    return told


def remedies_of_form(problems: Any, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what remedies state of how the table is written, where they leave no choice."""
    found: dict[str, Any] = {}
    for problem in problems:
        for snippet in snippets(problem.fix):
            try:
                stated = tomllib.loads(snippet)
            except tomllib.TOMLDecodeError:
                continue
            unclear = "; or " in problem.fix or "if it stands" in problem.fix
            for key in () if unclear else _OF_FORM:
                if key in stated and form.get(key) != stated[key]:
                    found[key] = _joined(key, {**form, **found}.get(key), stated[key])
    if found.get("separator") != ";" and form.get("separator") != ";" and "decimal" in found:
        del found["decimal"]  # between commas a comma is no decimal mark
    return {key: value for key, value in found.items() if form.get(key) != value}


def _joined(key: str, before: Any, value: Any) -> Any:
    if key == "missing" and isinstance(before, list) and isinstance(value, list):
        return list(dict.fromkeys([*before, *value]))
    return value


def all_values(looked: Looked, column: str) -> Counter[str]:
    """Return the number of rows of each value in a column of the whole table."""
    if looked.whole and looked.column(column).distinct <= MOST_VALUES:
        return looked.column(column).values
    problems = Problems()
    table = looked.opened([column], problems)
    found = Counter(text for _, (text,) in table if text) if table is not None else Counter()
    problems.raise_if_any(DataError)
    return found


def _scan(table: Table) -> tuple[tuple[Seen, ...], int, bool]:
    columns = [Seen(name) for name in table.columns]
    different: list[set[str]] = [set() for _ in columns]
    rows, whole = 0, True
    for _, cells in table:
        if rows == LOOKED_AT:
            whole = False
            break
        rows += 1
        for column, known, text in zip(columns, different, cells, strict=True):
            if not text.strip():
                continue
            column.filled += 1
            known.add(text)
            if len(column.values) < MOST_VALUES or text in column.values:
                column.values[text] += 1
    for column, known in zip(columns, different, strict=True):
        column.distinct = len(known)
        column.numbers = bool(known) and all(map(is_figure, known))
    return tuple(columns), rows, whole
