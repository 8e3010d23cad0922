"""Columns that stand side by side, read as rows: a row for each cell of theirs.

Whatever a table is read from, its rows are asked for row by row, in blocks, or of a lazy frame
where it lives; each becomes as many rows as there are such columns, in their order. Messages name
the row of the file and the column in which the cell stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Coded, Kind, Odd, in_order
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.lazy import TIMES
from bayes_misalign.tables.table import Row, Table, check_columns

MANY = 262_144  # cells of a block
ROW = "row of the table"  # the name of a column that holds the number of the row
TOGETHER = ", "  # between the names of columns that are put together


@dataclass(frozen=True, eq=False)
class Layout:
    """What the columns of a melted table are made of.

    `wide` are columns of the table, of which `told` says what their names tell. A column of the
    melted table is one of the others, by its place, or what is told under a number ("0", "1", ...),
    or the cell itself (""), or the number of the row (`ROW`).
    """

    wide: tuple[int, ...]
    told: tuple[tuple[str, ...], ...]
    made_of: tuple[int | str, ...]


class MeltedRow(int):
    """The number of a row and of one of its cells, which prints as that of the row."""

    shown: str

    def __str__(self) -> str:
        return self.shown

    def __format__(self, spec: str) -> str:
        return self.shown


@dataclass(eq=False)
class Melted(Table):
    """Rows of a table, several to each of its own.

    The number of a row is that of the table, times the number of columns side by side, plus the
    place of the column.
    """

    whole: Any = None  # the table
    layout: Layout = Layout((), (), ())
    laid: tuple[str, ...] = ()  # the columns of the layout, where others are made of them later

    @property
    def names_rows(self) -> bool:
        """Whether numbers of rows are no plain ones."""
        return True

    def _of_table(self, column: str) -> list[str]:
        """Return the columns of the table that a column is, or is put together of."""
        made_of = dict(zip(self.laid, self.layout.made_of, strict=True))
        parts = [column] if column in made_of else column.split(TOGETHER)
        found = [of for part in parts if isinstance(of := made_of.get(part), int)]
        return [self.whole.columns[of] for of in found]

    def where(self, row: int, column: str = "") -> str:
        """Return the place of a cell in the table."""
        inside = [self.whole.columns[place] for place in self.layout.wide]
        at, place = divmod(int(row), len(inside))
        if own := self._of_table(column):
            return str(self.whole.where(at, TOGETHER.join(own)))
        if row:
            return str(self.whole.where(at, inside[place]))
        if not column:
            return str(self.whole.where(0))
        several = f"columns {shown(inside)}" if len(inside) > 1 else f"column {show(inside[0])}"
        return f"{self.source}, {several}"

    def cell(self, row: int, column: str) -> int:
        """Return the same number for rows that hold the same cell of the table in a column."""
        return int(row) // len(self.layout.wide) if self._of_table(column) else int(row)

    def remarks(self) -> list[str]:
        """Return what was noted of the table, each once."""
        return list(dict.fromkeys(super().remarks()))

    def row(self, number: int) -> int:
        """Return the number of a row, which prints as that of the table."""
        row = MeltedRow(number)
        row.shown = str(self.whole.row(int(number) // len(self.layout.wide)))
        return row


def melted(table: Table, columns: Sequence[str], layout: Layout) -> Melted:
    """Return a table with its columns that stand side by side as rows."""
    plain = {field.name: getattr(table, field.name) for field in fields(Table)}
    made = Melted(**plain, whole=table, layout=layout)
    made.columns = made.laid = tuple(columns)
    made.read = lambda: _rows(table.read(), layout)
    if table.blocks is not None:
        made.blocks = lambda kinds: _blocks(table, layout, kinds)
    if table.lazy is not None:
        made.lazy = _MeltedLazy(made)
    return made


@dataclass(frozen=True)
class SideBySide:
    """Columns of a table that stand side by side, as the data of a declaration that reads rows.

    Parameters
    ----------
    open : callable
        Takes names of columns and a list of problems; returns the table with these columns, its
        rows and cells chosen as the study says.
    source : str
        Name of the table.
    header : tuple of str
        All columns of the table.
    wide : mapping of str to str
        What the name of each column tells that stands side by side with others.
    made : tuple of str
        Names for the number of the row, what is told, and the cell.
    """

    open: Callable[[Sequence[str], Problems], Table | None]
    source: str
    header: tuple[str, ...]
    wide: Mapping[str, str]
    made: tuple[str, str, str]

    def table(self, columns: Sequence[str] | None, problems: Problems) -> Table | None:
        """Open them as rows, with some of the other columns, or all; None if it cannot be."""
        others = [name for name in self.header if name not in self.wide]
        wanted = (*others, *self.made) if columns is None else tuple(columns)
        plain = [name for name in wanted if name not in self.made]
        if not check_columns(self.header, plain, self.source, problems):
            return None
        table = self.open([*plain, *self.wide], problems)
        if table is None:
            return None
        # rows of a lazy frame have no numbers that could be told
        own = replace(table, lazy=None) if table.lazy is not None else table
        of: dict[str, int | str] = dict(zip(self.made, (ROW, "0", ""), strict=True))
        of |= {name: place for place, name in enumerate(plain)}
        layout = Layout(
            tuple(range(len(plain), len(plain) + len(self.wide))),
            tuple((told,) for told in self.wide.values()),
            tuple(of[name] for name in wanted),
        )
        return melted(own, wanted, layout)


def _rows(rows: Iterator[Row], layout: Layout) -> Iterator[Row]:
    width = len(layout.wide)
    for row, cells in rows:
        for number, (place, told) in enumerate(zip(layout.wide, layout.told, strict=True)):
            yield (
                row * width + number,
                tuple(
                    cells[of]
                    if isinstance(of, int)
                    else str(int(row))
                    if of == ROW
                    else told[int(of)]
                    if of
                    else cells[place]
                    for of in layout.made_of
                ),
            )


def _blocks(table: Table, layout: Layout, kinds: Sequence[Kind | None]) -> Iterator[Block]:
    if table.blocks is None:
        raise Odd
    width = len(layout.wide)
    own: list[Kind | None] = [None] * len(table.columns)
    for of, kind in zip(layout.made_of, kinds, strict=True):
        for place in layout.wide if of == "" else [of] if isinstance(of, int) else []:
            own[place] = kind
    for block in table.blocks(own):
        for start in range(0, len(block.rows), max(MANY // width, 1)):
            chosen = slice(start, start + max(MANY // width, 1))
            rows = block.rows[chosen]
            number = (rows[:, None] * width + np.arange(width)).ravel()
            found = [
                None if kind is None else _column(block, layout, of, chosen, len(rows))
                for of, kind in zip(layout.made_of, kinds, strict=True)
            ]
            yield Block(number, tuple(found))


def _column(block: Block, layout: Layout, of: int | str, chosen: slice, n: int) -> Any:
    """Return a column of a melted block."""
    import pyarrow as pa

    width = len(layout.wide)
    if of == "":
        return _side_by_side([block.columns[place] for place in layout.wide], chosen)
    if of == ROW:
        return _repeated(pa.array(block.rows[chosen]).cast(pa.string()), width)
    if isinstance(of, str):
        texts = [told[int(of)] for told in layout.told]
        return Coded((_ordered(np.tile(np.arange(width), n), texts),))
    column = block.columns[of]
    if isinstance(column, np.ndarray):
        return np.repeat(column[chosen], width)
    if isinstance(column, Coded):
        codes, texts = _one_list(column)
        return Coded((_ordered(np.repeat(codes[chosen], width), texts),))
    return _repeated(column.slice(chosen.start, n), width)  # ids


def _repeated(texts: Any, width: int) -> Any:
    """Return an Arrow array with each of its texts so many times."""
    import pyarrow as pa

    return texts.take(pa.array(np.repeat(np.arange(len(texts)), width)))


def _side_by_side(columns: Sequence[Any], chosen: slice) -> Any:
    if all(isinstance(column, np.ndarray) for column in columns):
        return np.stack([column[chosen] for column in columns], axis=1).ravel()
    if not all(isinstance(column, Coded) for column in columns):
        raise Odd
    codes, texts = list[NDArray[Any]](), list[str]()
    for column in columns:
        own, names = _one_list(column)
        codes.append(own[chosen] + len(texts))
        texts += names
    return Coded((_ordered(np.stack(codes, axis=1).ravel(), texts),))


def _one_list(column: Coded) -> tuple[NDArray[Any], list[str]]:
    """Return coded cells with one list of texts, which may name a text twice."""
    codes, texts = list[NDArray[Any]](), list[str]()
    for own, names in column.parts:
        codes.append(own.astype(np.int64) + len(texts))
        texts += names
    return np.concatenate([np.zeros(0, np.int64), *codes]), texts


def _ordered(codes: NDArray[Any], texts: Sequence[str]) -> tuple[NDArray[Any], list[str]]:
    """Return cells whose texts stand once each, in the order in which they are first there."""
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    same = np.array([place[text] for text in texts], np.int64)
    return in_order(same[codes], list(place))


class _MeltedLazy:
    """What a lazy frame answers about its melted rows."""

    def __init__(self, made: Melted) -> None:
        self._made, self._lazy = made, made.whole.lazy

    def distinct(self, columns: Sequence[str], what: str) -> Melted:
        """Return the distinct rows of some columns, with how often each is there."""
        layout, whole, made = self._made.layout, self._made.whole, self._made
        made_of = [layout.made_of[made.columns.index(name)] for name in columns]
        plain = [of for of in made_of if isinstance(of, int)]
        fixed = [whole.columns[of] for of in plain]
        tables = [
            self._lazy.distinct([*fixed, whole.columns[place]], what) for place in layout.wide
        ]
        width, places = len(tables), iter(range(len(fixed)))
        order = [next(places) if isinstance(of, int) else of for of in made_of]

        def rows() -> Iterator[Row]:
            for number, table in enumerate(tables):
                one = Layout((len(fixed),), (layout.told[number],), (*order, len(fixed) + 1))
                for row, cells in _rows(table.read(), one):
                    yield row * width + number, cells

        return replace(
            made,
            columns=(*columns, TIMES),
            laid=(*columns, TIMES),
            read=rows,
            blocks=None,
            lazy=None,
            layout=replace(layout, made_of=(*made_of, "")),
            left_out=replace(made.left_out, parts=tuple(table.left_out for table in tables)),
        )
