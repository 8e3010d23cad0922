"""What the columns of a table hold, said once, and the one reader of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.reading.column_problems import ROWS_NAMED, note_empty, note_too_many
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.parse_numbers import (
    NotANumber,
    noted,
    parse_count,
    parse_weight,
)
from bayes_misalign.reading.row_ids import RowIds
from bayes_misalign.tables import Table

MOST_UNKNOWN_LABELS = 200
MOST_POPULATIONS = 10_000
_REMEMBERED_NUMBERS = 100_000
_CHUNK = 512  # rows that are in memory as texts

Where = tuple[str, Callable[[str], bool]]


@dataclass(frozen=True)
class Column:
    """What a column holds: texts that repeat, ids that hardly do, or numbers.

    A cell may be empty unless it is `needed`: in every row, or where the cell of another role says
    so. `most` is how many different texts there may be that are not known beforehand.
    """

    role: str
    kind: Literal["text", "id", "number"] = "text"
    what: str = ""
    plural: str = ""
    most: int | None = None
    is_known: Callable[[str], bool] = lambda text: not text
    needed: bool | Where = False
    valid: str = ""
    fix: str = ""
    parse: Callable[[object, str], float] = parse_weight


def text_column(
    role: str,
    plural: str = "",
    most: int | None = None,
    is_known: Callable[[str], bool] = lambda text: not text,
    *,
    what: str = "",
    needed: bool | Where = False,
    valid: str = "",
    fix: str = "",
) -> Column:
    """Return a column of texts that repeat."""
    return Column(role, "text", what or role, plural, most, is_known, needed, valid, fix)


def id_column(role: str, what: str = "", *, valid: str = "", needed: bool = True) -> Column:
    """Return a column of ids, which are told apart and not kept."""
    return Column(role, "id", what or role, needed=needed, valid=valid)


def number_column(
    role: str,
    parse: Callable[[object, str], float] = parse_weight,
    *,
    what: str = "",
    needed: bool | Where = True,
) -> Column:
    """Return a column of numbers."""
    return Column(role, "number", what or role.replace("_", " "), needed=needed, parse=parse)


def count_column(role: str = "count", what: str = "") -> Column:
    """Return a column of how many agents, ratings or encounters a row stands for."""
    return number_column(role, parse_count, what=what)


def population_column(needed: str = "the name of a population in every row") -> Column:
    """Return a column that names the population of each row."""
    return text_column("population", "populations", MOST_POPULATIONS, needed=True, valid=needed)


@dataclass(frozen=True)
class Check:
    """Numbers of a row that must fit each other: whether they do not, and what to say then."""

    roles: tuple[str, ...]
    wrong: Callable[..., NDArray[np.bool_]]
    say: Callable[..., tuple[str, str]]


class TooMany(Exception):
    """A column holds more different texts than a study can mean."""

    def __init__(self, column: Column) -> None:
        super().__init__(column.role)
        self.column = column


class Texts(dict[str, int]):
    """Numbers of the different texts of a column, by first appearance."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column, self.blank, self._unknown = column, set[str](), 0

    def __missing__(self, text: str) -> int:
        """Give a new text the next number."""
        code = self[text] = len(self)
        if not text.strip():
            self.blank.add(text)
        if self.column.most is not None:
            self._unknown += not self.column.is_known(text)
            if self._unknown > self.column.most:
                raise TooMany(self.column)
        return code


class Numbers(dict[str, float]):
    """Numbers in the cells of a column; NaN where a cell is blank or holds none."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column, self.blank, self.wrong = column, False, False

    def __missing__(self, text: str) -> float:
        """Read a number that is new, and see whether it is one."""
        found = np.nan
        if not text.strip():
            self.blank = True
        else:
            try:
                found = self.column.parse(text, self.column.what)
            except NotANumber:
                self.wrong = True
        if len(self) < _REMEMBERED_NUMBERS:
            self[text] = found
        return found


class Reader:
    """Read a table chunk by chunk and column by column; its kinds say what they keep of it.

    Notes
    -----
    A number is read once for each different text. Only where one is wrong is the table read again,
    row by row, to say in which rows.
    """

    def __init__(
        self,
        table: Table,
        roles: Mapping[str, str],
        columns: Sequence[Column],
        problems: Problems,
        checks: Sequence[Check] = (),
    ) -> None:
        self.table, self.roles, self.problems = table, roles, problems
        self.place = {role: place for place, role in enumerate(roles)}
        self._columns = {column.role: column for column in columns if column.role in roles}
        self._checks = [check for check in checks if set(check.roles) <= set(roles)]
        self.texts, self.digests = dict[str, Texts](), dict[str, RowIds]()
        self._numbers: dict[str, Numbers] = {}
        for role, column in self._columns.items():
            if column.kind == "text":
                self.texts[role] = Texts(column)
            elif column.kind == "id":
                self.digests[role] = RowIds()
            else:
                self._numbers[role] = Numbers(column)
        self._empty: dict[str, list[int]] = {}  # in how many rows, and the first of them
        self._odd = False

    def where(self, role: str, row: int = 0) -> str:
        """Return the place of a column, or of its cell in a row, as messages write it."""
        return self.table.where(row, self.roles[role])

    def read(self) -> bool:
        """Read the whole table, and tell whether its end was reached."""
        before = len(self.problems)
        try:
            for rows, cells in _chunks(self.table):
                self._read_chunk(rows, cells)
        except TooMany as full:
            column, where = full.column, self.where(full.column.role)
            most = column.most or 0
            note_too_many(column.what, column.plural, most, where, self.problems)
            return False
        if len(self.problems) > before:  # noted by the table, which broke off
            return False
        if self._odd or any(found.wrong for found in self._numbers.values()):
            self._note_numbers()
        for role, (n, *first) in self._empty.items():
            column, where = self._columns[role], self.where(role)
            note_empty(column.what, n, first, where, self.problems, column.valid, column.fix)
        return True

    def _read_chunk(self, rows: list[int], cells: list[tuple[str, ...]]) -> None:
        codes = {r: list(map(t.__getitem__, cells[self.place[r]])) for r, t in self.texts.items()}
        numbers = {
            role: np.array(list(map(found.__getitem__, cells[self.place[role]])), float)
            for role, found in self._numbers.items()
        }
        for role, ids in self.digests.items():
            ids.extend(rows, cells[self.place[role]])
        for column in self._columns.values():
            if column.needed and (blank := self._blank(column, cells, numbers)):
                self._note_blank(column, blank, rows, cells, numbers)
        for check in self._checks:
            self._odd |= bool(check.wrong(*(numbers[role] for role in check.roles)).any())
        self._keep(rows, codes, numbers)

    def _keep(
        self, rows: list[int], codes: dict[str, list[int]], numbers: dict[str, FloatArray]
    ) -> None:
        raise NotImplementedError

    def _blank(
        self, column: Column, cells: list[tuple[str, ...]], numbers: Mapping[str, FloatArray]
    ) -> list[int]:
        """Return which rows of a chunk have an empty cell."""
        own = cells[self.place[column.role]]
        if column.kind == "number":
            is_blank = self._numbers[column.role].blank
            return np.flatnonzero(np.isnan(numbers[column.role])).tolist() if is_blank else []
        if column.kind == "text" and not (texts := self.texts[column.role].blank):
            return []
        return (
            [i for i, text in enumerate(own) if text in texts]
            if column.kind == "text"
            else [i for i, text in enumerate(own) if not text or text.isspace()]
        )

    def _note_blank(
        self,
        column: Column,
        blank: list[int],
        rows: list[int],
        cells: list[tuple[str, ...]],
        numbers: Mapping[str, FloatArray],
    ) -> None:
        """Remember the rows of a chunk whose cell is empty and must not be."""
        times = numbers.get("count") if column.role != "count" else None
        blank = [
            i
            for i in blank
            if self._needs(column, lambda role: cells[self.place[role]][i])  # noqa: B023
            and (times is None or times[i])
        ]
        if column.kind == "number":
            self._odd |= bool(blank)
        elif blank:
            found = self._empty.setdefault(column.role, [0])
            found[0] += len(blank)
            found += [rows[i] for i in blank][: ROWS_NAMED + 1 - len(found)]

    def _needs(self, column: Column, cell: Callable[[str], str]) -> bool:
        """Return whether a column must not be empty in a row with such cells."""
        if isinstance(column.needed, bool):
            return column.needed
        role, applies = column.needed
        return role not in self.place or applies(cell(role))

    def _note_numbers(self) -> None:
        """Read the table again, and say which numbers are wrong in which row."""
        for row, cells in self.table:
            found: dict[str, Any] = {}
            for role in self._numbers:
                column, cell = self._columns[role], cells[self.place[role]]
                # a row that counts nobody need not say more of them
                if not cell.strip() and (
                    found.get("count") == 0
                    or not self._needs(column, lambda other: cells[self.place[other]])  # noqa: B023
                ):
                    continue
                where = self.where(role, row)
                value = noted(column.parse, cell, column.what, where, self.problems)
                if value is not None:
                    found[role] = np.float64(value)
            for check in self._checks:
                if set(check.roles) <= set(found):
                    values = [found[role] for role in check.roles]
                    if check.wrong(*values):
                        what, valid = check.say(*values)
                        self.problems.add(what, where=self.table.where(row), valid=valid)


def _chunks(table: Table) -> Iterator[tuple[list[int], list[tuple[str, ...]]]]:
    """Iterate over numbers of rows and columns of cells, some rows at a time."""
    rows = iter(table)
    while chunk := list(islice(rows, _CHUNK)):
        yield [row for row, _ in chunk], list(zip(*(cells for _, cells in chunk), strict=True))
