"""Read a table into small numbers, a few bytes a cell, so that millions of rows fit into memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.reading.column_problems import ROWS_NAMED, note_empty, note_too_many
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.parse_numbers import noted, parse_count, parse_weight
from bayes_misalign.reading.row_ids import RowIds
from bayes_misalign.tables import Table

_REMEMBERED_NUMBERS = 100_000
_DIGESTED = ("agent", "occasion")  # their texts hardly repeat, and need not be known
_PARSERS: dict[str, Callable[[object, str], float]] = {"weight": parse_weight, "count": parse_count}


@dataclass(frozen=True)
class Texts:
    """What a column of texts may hold.

    Parameters
    ----------
    role : str
        What the column names.
    what : str
        The same in the plural.
    most : int
        How many different texts there may be that are not known beforehand.
    is_known : callable
        Tells whether a text is known beforehand.
    """

    role: str
    what: str
    most: int
    is_known: Callable[[str], bool] = lambda text: not text


class _TooMany(Exception):
    pass


class CodedColumn:
    """Cells as numbers of their different texts.

    Parameters
    ----------
    expected : Texts
        What the column may hold.

    Examples
    --------
    >>> column = CodedColumn(Texts("goal", "goals", 10))
    >>> for text in ["b", "a", "b"]:
    ...     column.add(text)
    >>> list(column.numbers), column.codes
    (['b', 'a'], array([0, 1, 0], dtype=int32))
    """

    def __init__(self, expected: Texts) -> None:
        self.expected = expected
        self.numbers: dict[str, int] = {}
        self._codes = array("i")
        self._unknown = 0

    def add(self, text: str) -> None:
        """Add a cell."""
        code = self.numbers.get(text)
        if code is None:
            code = self.numbers[text] = len(self.numbers)
            self._unknown += not self.expected.is_known(text)
            if self._unknown > self.expected.most:
                raise _TooMany
        self._codes.append(code)

    @property
    def codes(self) -> NDArray[np.int32]:
        """(N,) number of each cell's text, by first appearance."""
        return np.frombuffer(self._codes, np.int32) if self._codes else np.zeros(0, np.int32)

    def translated(self, meaning: Callable[[str], int]) -> NDArray[np.int32]:
        """Return what each cell means, as a number, (N,)."""
        return np.array([meaning(text) for text in self.numbers], np.int32)[self.codes]


class CodedTable:
    """The cells of a table as numbers, kept column by column.

    Parameters
    ----------
    table : Table
        Whose columns are those of `roles`.
    roles : mapping of str to str
        Column of each role. Of the roles "agent" and "occasion" only digests are kept, "weight"
        and "count" are numbers, and all others are texts that repeat.
    texts : mapping of str to Texts
        What the columns of texts may hold.
    problems : Problems
        Where to note what is wrong.

    Examples
    --------
    >>> from bayes_misalign.tables import open_table
    >>> table = open_table({"a": ["x", "y"], "w": [1, 2]}, ["a", "w"], problems := Problems())
    >>> kinds = {"action": Texts("action", "actions", 10)}
    >>> coded = CodedTable(table, {"action": "a", "weight": "w"}, kinds, problems)
    >>> coded.read()
    True
    >>> coded.values["weight"]
    array([1., 2.])
    """

    def __init__(
        self,
        table: Table,
        roles: Mapping[str, str],
        texts: Mapping[str, Texts],
        problems: Problems,
    ) -> None:
        self.table, self.roles, self.problems = table, roles, problems
        self.digests = {role: RowIds() for role in roles if role in _DIGESTED}
        self.columns = {role: CodedColumn(texts[role]) for role in roles if role in texts}
        self.values: dict[str, FloatArray] = {}
        self.rows: IntArray = np.zeros(0, np.int64)
        self._seen = 0
        self._nameless = [0]  # how many, and then the first rows

    def where(self, role: str) -> str:
        """Return the place of a column, as messages write it."""
        return self.table.where(0, self.roles[role])

    def read(self) -> bool:
        """Read the whole table, and tell whether its end was reached.

        Returns
        -------
        bool
            False if the table is damaged, or reading it further would make no sense.
        """
        places = {role: place for place, role in enumerate(self.roles)}
        columns = [(places[role], column) for role, column in self.columns.items()]
        kept: dict[str, array[float]] = {role: array("d") for role in _PARSERS if role in places}
        numbers = [(places[role], self._reader(role), values) for role, values in kept.items()]
        digested = [(places[role], ids) for role, ids in self.digests.items()]
        agent, rows = places.get("agent"), array("q")
        self._seen = len(self.problems)
        for row, cells in self.table:
            rows.append(row)
            for place, ids in digested:
                ids.add(row, cells[place])
            if agent is not None and not cells[agent].strip():
                self._add_nameless(row)
            for place, column in columns:
                try:
                    column.add(cells[place])
                except _TooMany:
                    return self._too_many(column)
            for place, number, values in numbers:
                values.append(number(row, cells[place]))
        if len(self.problems) > self._seen:  # noted by the table, which broke off
            return False
        self.rows = np.array(rows, np.int64)
        self.values = {role: np.array(values) for role, values in kept.items()}
        if self._nameless[0]:
            note_empty(
                "agent's id",
                self._nameless[0],
                self._nameless[1:],
                self.where("agent"),
                self.problems,
                "an id of the agent in every row",
            )
        return True

    def note_cells(self, role: str, wrong: NDArray[np.bool_], what: str, valid: str) -> None:
        """Note cells that are empty but must not be.

        Parameters
        ----------
        role : str
            Their column.
        wrong : (N,) ndarray of bool
            Which rows they stand in.
        what, valid : str
            What is empty, and what would be valid.
        """
        rows = self.rows[np.flatnonzero(wrong)[:ROWS_NAMED]].tolist()
        note_empty(what, int(wrong.sum()), rows, self.where(role), self.problems, valid)

    def texts(
        self, role: str, where: NDArray[np.bool_] | None = None
    ) -> dict[str, tuple[int, int]]:
        """Return for each text of a column its number of rows and the first of them.

        Parameters
        ----------
        role : str
            The column.
        where : (N,) ndarray of bool, optional
            Rows to look at; all of them if not given.

        Returns
        -------
        dict of str to (int, int)
            By first appearance.
        """
        column = self.columns[role]
        rows = np.arange(len(self.rows)) if where is None else np.flatnonzero(where)
        codes = column.codes[rows]
        number = np.bincount(codes, minlength=len(column.numbers))
        first = np.zeros(len(column.numbers), np.int64)
        first[codes[::-1]] = self.rows[rows[::-1]]  # of equal places the last value stays
        return {
            text: (int(number[code]), int(first[code]))
            for text, code in column.numbers.items()
            if number[code]
        }

    def first_texts(self, role: str, number: IntArray) -> list[str]:
        """Read the table again, and return the text that stands behind each number.

        Parameters
        ----------
        role : str
            A column of which digests are kept.
        number : (N,) ndarray of int
            What each row was numbered as, by first appearance.

        Returns
        -------
        list of str
        """
        first = np.zeros(len(self.rows), dtype=bool)
        first[np.unique(number, return_index=True)[1]] = True
        place = list(self.roles).index(role)
        return [row[place] for (_, row), one in zip(self.table, first, strict=True) if one]

    def _add_nameless(self, row: int) -> None:
        self._nameless[0] += 1
        if len(self._nameless) <= ROWS_NAMED:
            self._nameless.append(row)

    def _reader(self, role: str) -> Callable[[int, str], float]:
        known: dict[str, float] = {}
        parse, column = _PARSERS[role], self.roles[role]

        def number(row: int, cell: str) -> float:
            if (value := known.get(cell)) is not None:
                return value
            if role == "weight" and not cell.strip():
                return np.nan  # fine where the row says nothing else
            found = noted(parse, cell, role, self.table.where(row, column), self.problems)
            self._seen = len(self.problems)
            if found is None:
                return 0.0
            if len(known) < _REMEMBERED_NUMBERS:
                known[cell] = found
            return found

        return number

    def _too_many(self, column: CodedColumn) -> bool:
        role = next(role for role, other in self.columns.items() if other is column)
        expected = column.expected
        note_too_many(expected.role, expected.what, expected.most, self.where(role), self.problems)
        return False
