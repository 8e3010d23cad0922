"""What every readable table is: named columns of text, and rows that a person can find again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables.blocks import Blocks
from bayes_misalign.tables.form import LeftOut
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

LONGEST_NAME = 40  # characters of a column's name that a message shows
CELL_PROBLEMS = 100_000  # after so many in one table, their number is said to be "at least"

Row = tuple[int, tuple[str, ...]]


FILE = 1 << 40  # by so much the numbers of rows differ from one of several files to the next


class RowOfFile(int):
    """The number of a row in one of several files, which prints with the name of the file."""

    name: str

    def __str__(self) -> str:
        return f"{int(self) % FILE} of {self.name}"

    def __format__(self, spec: str) -> str:
        return str(self)


class Damaged(Exception):
    """The table cannot be read further; its rows after this point mean nothing."""

    def __init__(self, row: int, what: str, *, valid: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.row, self.what, self.valid, self.fix = row, what, valid, fix


def place_of(rows: int, first: int) -> str:
    """Return in how many rows a text stands, and which is the first."""
    return f"in row {first}" if rows == 1 else f"in {rows} rows, the first of them {first}"


@dataclass(eq=False)
class Table:
    """Named columns of text, read row by row, as often as it is iterated over.

    Iterating yields the number of each row as a person sees it (the header of a text file is row
    1; the first row of a data frame or a binary file is row 1) and its cells as text. A missing
    cell is an empty text. What is found to be wrong goes into the problems, and iteration stops.
    Where there are `blocks`, they hold the same rows, many at a time, or raise Odd.
    """

    source: str
    columns: tuple[str, ...]
    read: Callable[[], Iterator[Row]]
    problems: Problems
    what: str = "rows"
    notes: list[str] = field(default_factory=list)
    blocks: Blocks | None = None
    size: int = 0  # bytes, more or less
    lazy: Any = None  # what answers questions about the rows without fetching them
    files: tuple[str, ...] = ()  # where there are several: the names of all
    decimal: str = "."
    # of columns whose codes have labels: the codes of each label
    codes: Mapping[str, Mapping[str, Collection[str]]] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    header: int = 0  # the row of a file that holds the names of the columns, if one does
    filtered: bool = False  # whether a study may say which of its rows count
    # columns by the role that whoever wrote the file meant them for
    told: Mapping[str, str] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)  # what columns are about, in words
    runs: frozenset[str] = frozenset()  # what tells rows of a log from those of all others

    @property
    def names_rows(self) -> bool:
        """Whether numbers of rows are no plain ones."""
        return bool(self.files)

    def cell(self, row: int, column: str) -> int:
        """Return the same number for rows that hold the same cell of a file in a column."""
        return int(row)

    def remarks(self) -> list[str]:
        """Return what was noted when the table was opened, and what its reading left out."""
        return [*self.notes, *self.left_out.remarks(self.source)]

    def where(self, row: int, column: str = "") -> str:
        """Return the place of a cell, as messages write it."""
        file, number = divmod(int(row), FILE)
        source = self.files[file] if self.files and row else self.source
        place = f"{source}, row {number}" if number else source
        return f"{place}, column {show(column)}" if column else place

    def stands(self, rows: int, first: int) -> str:
        """Return where a text stands that is in so many rows, as messages write it."""
        return place_of(rows, first)

    def row(self, number: int) -> int:
        """Return the number of a row, with its file where there are several."""
        if not self.files:
            return int(number)
        row = RowOfFile(number)
        row.name = self.files[int(number) // FILE]
        return row

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows, until the end or until something is too wrong to go on."""
        before, row = len(self.problems), None
        try:
            for row in self.read():
                yield (self.row(row[0]), row[1]) if self.names_rows else row
                if len(self.problems) - before >= CELL_PROBLEMS:
                    self.problems.broke_off(before)
                    stopped = f"reading stopped after {CELL_PROBLEMS:,} problems"
                    self.problems.add(stopped, where=self.where(row[0]))
                    return
        except Damaged as trouble:
            self.problems.add(
                trouble.what, where=self.where(trouble.row), valid=trouble.valid, fix=trouble.fix
            )
        except OSError as trouble:
            self.problems.add(f"cannot be read: {trouble.strerror or trouble}", where=self.source)
        else:
            if row is None:
                self.problems.add(
                    f"no {self.what}: there is a header but no row below it", where=self.source
                )


def check_columns(
    available: Sequence[str],
    wanted: Sequence[str],
    source: str,
    problems: Problems,
    *,
    tell: bool = True,
    keys: Mapping[str, str] | None = None,
) -> bool:
    """Note columns that are missing, or whose name is there twice.

    Of columns that a study did not name, `keys` are what names them in it. The first line of a file
    may be anything: unless it can be told for names of columns, it is not repeated to whoever reads
    the message, nor to the log that keeps it.
    """
    before = len(problems)
    for column, times in Counter(available).items():
        if times > 1 and column:
            problems.add(
                f"{times} columns are called {show(column) if tell else 'the same'}",
                where=source,
                valid="column names that differ",
                fix="rename or remove one of them",
            )
    named = _named(available, wanted, keys or {})
    for column in wanted:
        if column not in available:
            fix = named.get(column, "") or _of_several(column, available)
            problems.add(
                f"there is no column {show(column)}",
                where=source,
                valid=_columns(available, tell),
                fix=fix or did_you_mean(column, available),
            )
    return len(problems) == before


def _named(
    available: Sequence[str], wanted: Sequence[str], keys: Mapping[str, str]
) -> dict[str, str]:
    """Return how a study names columns that it left to have the names of their keys."""
    left = [name for name in available if name.strip() and name not in wanted]
    found = {}
    for column in wanted:
        if column in available or column not in keys or not left:
            continue
        own = max(left, key=partial(_likeness, column))  # the first of those that are as like
        left.remove(own)
        found[column] = f"name the column, as in `{keys[column]} = {quoted(own)}`"
    return found


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _of_several(column: str, available: Sequence[str]) -> str:
    """Return what to say where a question has a column for each of its options."""
    options = [name for name in available if re.fullmatch(rf"{re.escape(column)}[_.-]?\d+", name)]
    if len(options) < 2:
        return ""
    waves = re.sub(r"\d+$", "{population}", options[0])
    return (
        f"{shown(options)} seem to be one question of which several options may be chosen: state "
        '`model = "multi-select"`, and the goal of each in `columns`, or name one of them; '
        f'if they are waves of a panel, state `columns = "{waves}"` in place of `goal`'
    )


def _columns(available: Sequence[str], tell: bool) -> str:
    if not available:
        return ""
    if not tell:
        number = "one column" if len(available) == 1 else f"{len(available)} columns"
        return (
            f"a name in the first line, which has {number} and does not look like a header; it is "
            "not repeated here"
        )
    return "one of " + shown(
        [n if len(n) <= LONGEST_NAME else f"{n[:LONGEST_NAME]}..." for n in available]
    )
