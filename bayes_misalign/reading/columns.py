"""What the columns of a table hold, said once, and the one reader of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.reading.column_problems import ROWS_NAMED, gap_fix, note_empty, note_too_many
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.parse_numbers import (
    PLAIN,
    NotANumber,
    noted,
    parse_count,
    parse_weight,
    with_point,
)
from bayes_misalign.reading.row_ids import RowIds
from bayes_misalign.tables import Table, blocks, remedies
from bayes_misalign.tables.blocks import Block, Coded, Kind, Odd, empty
from bayes_misalign.tables.form import Wanted

MOST_UNKNOWN_LABELS = 200
MOST_POPULATIONS = 10_000
_REMEMBERED_NUMBERS = 100_000
_CHUNK = 512  # rows that are in memory as texts

NONE: Collection[str] = frozenset()
Where = tuple[str, Callable[[str], bool]]


@dataclass(frozen=True, eq=False)
class Column:
    """What a column holds: texts that repeat, ids that hardly do, or numbers.

    A cell may be empty unless it is `needed`: in every row, or where the cell of another role says
    so. `most` is how many different texts there may be that are not known beforehand.
    """

    role: str
    plural: str = ""
    most: int | None = None
    is_known: Callable[[str], bool] = lambda text: not text
    what: str = ""
    needed: bool | Where = False
    valid: str = ""
    fix: str = ""
    kind: Literal["text", "id", "number"] = "text"
    parse: Callable[[object, str], float] = parse_weight
    as_code: bool = False  # where codes of a file have labels: the code is meant
    coded: Collection[str] = NONE  # of which a study says what they mean, where it can
    keeps: Callable[[str], bool] | None = None  # what counts although a file declares it missing

    @property
    def noun(self) -> str:
        """What messages call it."""
        return self.what or self.role.replace("_", " ")

    def wanted(self, name: str, parts: tuple[str, ...] = (), empty: str | None = None) -> Wanted:
        """Return what is asked of the column of a table that has such a name."""
        if self.kind == "number" or self.as_code:  # what a file declares missing is no number
            return Wanted(name, parts, number=True, coded=self.coded, empty=empty)
        stated = self.coded is not NONE
        return Wanted(name, parts, False, self.keeps or self.is_known, self.coded, empty, stated)


id_column = partial(Column, kind="id", needed=True)
number_column = partial(Column, kind="number", needed=True)
count_column = partial(Column, kind="number", needed=True, parse=parse_count)
population_column = partial(
    Column,
    "population",
    "populations",
    MOST_POPULATIONS,
    needed=True,
    valid="the name of a population in every row",
    fix='state `empty_population = "leave out"`, or a name for the population of these rows',
)


@dataclass(frozen=True, eq=False)
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
        self.column, self.blank, self._unknown = column, False, 0

    def __missing__(self, text: str) -> int:
        """Give a new text the next number."""
        code = self[text] = len(self)
        self.blank |= not text.strip()
        if self.column.most is not None:
            self._unknown += not self.column.is_known(text)
            if self._unknown > self.column.most:
                raise TooMany(self.column)
        return code


class Numbers(dict[str, float]):
    """Numbers in the cells of a column; NaN where a cell is blank, and 0 where it holds none."""

    def __init__(self, column: Column, decimal: str = ".") -> None:
        super().__init__()
        self.column, self.decimal, self.blank, self.wrong = column, decimal, False, False

    def __missing__(self, text: str) -> float:
        """Read a number that is new, and see whether it is one."""
        found = np.nan
        if not text.strip():
            self.blank = True
        else:
            try:
                plain = with_point(text, self.decimal, self.column.noun)
                found = self.column.parse(plain, self.column.noun)
            except NotANumber:
                self.wrong, found = True, 0.0
        if len(self) < _REMEMBERED_NUMBERS:
            self[text] = found
        return found


class Reader:
    """Read a table chunk by chunk and column by column; its kinds say what they keep of it.

    A number is read once for each different text. Only where one is wrong is the table read again.
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
        self._described = {column.role: column for column in columns}
        self._columns = {role: c for role, c in self._described.items() if role in roles}
        self._checks = [check for check in checks if set(check.roles) <= set(roles)]
        self._begin()

    def _begin(self) -> None:
        """Forget whatever was read."""
        self.texts, self.digests = dict[str, Texts](), dict[str, RowIds]()
        self._numbers: dict[str, Numbers] = {}
        for role, column in self._columns.items():
            if column.kind == "text":
                self.texts[role] = Texts(column)
            elif column.kind == "id":
                self.digests[role] = RowIds()
            else:
                self._numbers[role] = Numbers(column, self.table.decimal)
        self._empty: dict[str, list[int]] = {}  # in how many rows, and the first of them
        self._empty_before: dict[str, int] = {}
        self._odd = False

    def where(self, role: str, row: int = 0) -> str:
        """Return the place of a column, or of its cell in a row, as messages write it."""
        return self.table.where(row, self.roles[role])

    def read(self) -> bool:
        """Read the whole table, and tell whether its end was reached."""
        if not self._read_all():
            return False
        self.table.notes = self.table.remarks()
        return True

    def _read_all(self) -> bool:
        if self._accept():
            return True
        before = len(self.problems)
        try:
            for rows, cells in _chunks(self.table):
                self._read_chunk(rows, cells)
        except TooMany as full:
            column, where = full.column, self.where(full.column.role)
            most = column.most or 0
            note_too_many(column.noun, column.plural, most, where, self.problems, column.fix)
            return False
        if len(self.problems) > before:  # noted by the table, which broke off
            return False
        if self._odd or any(found.wrong for found in self._numbers.values()):
            self._note_numbers()
        for role, (n, *first) in self._empty.items():
            column, where, named = self._columns[role], self.where(role), map(self.table.row, first)
            fix = gap_fix(self.table, role, self.place[role], column.fix)
            by = self.roles[role] if self.table.filtered else ""
            note_empty(column.noun, n, list(named), where, self.problems, column.valid, fix, by)
        return True

    def _accept(self) -> bool:
        """Read the table in blocks if it has them, and tell whether nothing odd was in them."""
        if self.table.blocks is None or self.table.size < blocks.WORTH:
            return False
        rows = 0
        try:
            for block in self.table.blocks([self._kind(role) for role in self.place]):
                rows += len(block.rows)
                self._take(block)
        except (Odd, TooMany, OSError):
            rows = 0
        if not rows:
            self._begin()
        return rows > 0

    def _kind(self, role: str) -> Kind | None:
        if (column := self._columns.get(role)) is None:
            return None
        return "text" if column.kind == "number" and column.parse not in PLAIN else column.kind

    def _take(self, block: Block) -> None:
        """Read a block, or raise Odd."""
        codes, numbers = dict[str, NDArray[Any]](), dict[str, FloatArray]()
        blank: dict[str, NDArray[np.bool_]] = {}
        for role, column in self._columns.items():
            cells = block.columns[self.place[role]]
            if column.kind == "text":
                texts = self.texts[role]
                codes[role] = meant(cells, texts.__getitem__, np.int32)
                if texts.blank:
                    blank[role] = np.array([not text.strip() for text in texts])[codes[role]]
            elif column.kind == "number":
                numbers[role] = self._plain_numbers(column, cells)
                blank[role] = np.isnan(numbers[role])
            else:
                self.digests[role].extend_block(block.rows, cells)
                blank[role] = empty(cells)
        for column in self._columns.values():
            found = blank.get(column.role)
            if not column.needed or found is None or not found.any():
                continue
            if (found & self._needed_in(column, codes, numbers)).any():
                raise Odd
        for check in self._checks:
            if check.wrong(*(numbers[role] for role in check.roles)).any():
                raise Odd
        self._keep_block(block.rows, codes, numbers)

    def _plain_numbers(self, column: Column, cells: Any) -> FloatArray:
        known = self._numbers[column.role]
        if isinstance(cells, Coded):
            found = meant(cells, known.__getitem__, np.float64)
            plain = not known.wrong
        else:
            found = cells
            plain = PLAIN[column.parse](found)
        if not plain:
            raise Odd
        return found

    def _needed_in(
        self, column: Column, codes: Mapping[str, NDArray[Any]], numbers: Mapping[str, FloatArray]
    ) -> NDArray[np.bool_]:
        """Return in which rows of a block a column must not be empty, or raise Odd."""
        needed: NDArray[np.bool_] = np.array(True)
        if not isinstance(column.needed, bool) and column.needed[0] in self.place:
            role, applies = column.needed
            if role not in codes:
                raise Odd
            needed = np.array([applies(text) for text in self.texts[role]])[codes[role]]
        more = column.role != "count" and (column.kind == "number" or column.needed is not True)
        if more and "count" in numbers:
            needed = needed & (numbers["count"] != 0)
        return needed

    def _read_chunk(self, rows: list[int], cells: list[tuple[str, ...]]) -> None:
        codes = {r: list(map(t.__getitem__, cells[self.place[r]])) for r, t in self.texts.items()}
        numbers = {
            role: np.array(list(map(found.__getitem__, cells[self.place[role]])), float)
            for role, found in self._numbers.items()
        }
        for role, ids in self.digests.items():
            ids.extend(rows, cells[self.place[role]])
        for column in self._columns.values():
            if column.needed:
                self._find_blank(column, rows, cells)
        for check in self._checks:
            self._odd |= bool(check.wrong(*(numbers[role] for role in check.roles)).any())
        self._keep(rows, codes, numbers)

    def _keep(
        self, rows: list[int], codes: dict[str, list[int]], numbers: dict[str, FloatArray]
    ) -> None:
        raise NotImplementedError

    def _keep_block(
        self,
        rows: IntArray,
        codes: Mapping[str, NDArray[np.int32]],
        numbers: Mapping[str, FloatArray],
    ) -> None:
        raise NotImplementedError

    def _find_blank(self, column: Column, rows: list[int], cells: list[tuple[str, ...]]) -> None:
        """Remember the rows of a chunk whose cell is empty and must not be."""
        role = column.role
        known = self.texts.get(role) if column.kind == "text" else self._numbers.get(role)
        if known is not None and not known.blank:
            return
        for i, text in enumerate(cells[self.place[role]]):
            if (text and not text.isspace()) or not self._needs(column, [c[i] for c in cells]):
                continue
            if column.kind == "number":
                self._odd = True
                return
            cell = self.table.cell(rows[i], self.roles[role])
            if self._empty_before.get(role) == cell and cell:
                continue  # the same empty cell as that of the row before
            self._empty_before[role] = cell
            found = self._empty.setdefault(role, [0])
            found[0] += self._alike([c[i] for c in cells])
            if rows[i] and len(found) <= ROWS_NAMED:
                found.append(rows[i])

    def _needs(self, column: Column, cells: Sequence[str]) -> bool:
        """Return whether a column must not be empty in a row with such cells."""
        more = column.role != "count" and (column.kind == "number" or column.needed is not True)
        if more and self._counts_nobody(cells):
            return False
        if isinstance(column.needed, bool):
            return column.needed
        role, applies = column.needed
        return role not in self.place or applies(cells[self.place[role]])

    def _counts_nobody(self, cells: Sequence[str]) -> bool:
        """Return whether a row stands for nobody, so that it need not say more of them."""
        numbers = self._numbers.get("count")
        return numbers is not None and numbers[cells[self.place["count"]]] == 0

    def _alike(self, cells: Sequence[str]) -> int:
        """Return how many rows of a lazy frame a row stands for."""
        return int(cells[self.place["rows"]]) if "rows" in self.place else 1

    def _note_numbers(self) -> None:
        """Read the table again, and say which numbers are wrong in which row."""
        for row, cells in self.table:
            found: dict[str, Any] = {}
            for role in self._numbers:
                column, cell = self._columns[role], cells[self.place[role]]
                if not cell.strip() and not self._needs(column, cells):
                    continue
                where = self.where(role, row)
                parse = partial(_parse, column, self.table.decimal)
                # without a count of a goal, the others would tell of other shares
                left_out = role == "weight" and self.table.filtered and not cell.strip()
                fix = remedies.where_told(self.roles[role]) if left_out else ""
                value = noted(parse, cell, column.noun, where, self.problems, fix)
                if value is not None:
                    found[role] = np.float64(value)
            for check in self._checks:
                if set(check.roles) <= set(found):
                    values = [found[role] for role in check.roles]
                    if check.wrong(*values):
                        what, valid = check.say(*values)
                        self.problems.add(what, where=self.table.where(row), valid=valid)


def _parse(column: Column, decimal: str, cell: str, name: str) -> float:
    """Return the number in a cell, as the column reads it."""
    return column.parse(with_point(cell, decimal, name), name)


def meant(cells: Coded, meaning: Callable[[str], float], kind: Any) -> NDArray[Any]:
    """Return what each coded cell means, as a number."""
    parts = [
        np.array([meaning(text) for text in texts], kind)[codes] for codes, texts in cells.parts
    ]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def _chunks(table: Table) -> Iterator[tuple[list[int], list[tuple[str, ...]]]]:
    """Iterate over numbers of rows and columns of cells, some rows at a time."""
    rows = iter(table)
    while chunk := list(islice(rows, _CHUNK)):
        yield [row for row, _ in chunk], list(zip(*(cells for _, cells in chunk), strict=True))
