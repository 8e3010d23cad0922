"""The rows of a table that count, and their cells as they are meant.

Whatever a table is read from, what a study says of it is done here, once: rows are filtered,
missing cells emptied, columns put together, and what is left out is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.tables import remedies
from bayes_misalign.tables.blocks import Block, Coded, Kind, Odd, emptied_ids, joined
from bayes_misalign.tables.conditions import VALUES_SHOWN, Filter, NoNumber, same_code
from bayes_misalign.tables.form import LEAVE_OUT, LeftOut, TableForm, Wanted, told_missing
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.lazy import TIMES, Lazy
from bayes_misalign.tables.table import Damaged, Row, Table

_REMEMBERED = 100_000  # texts of a column of which it is known whether their rows count
JOINT = ", "  # between the texts of columns that are put together
_COMMA, _POINT = (rf"\s*[+-]?\d*{mark}\d+(e[+-]?\d+)?\s*" for mark in (",", r"\."))


def raw_columns(wanted: Sequence[Wanted], form: TableForm) -> tuple[Wanted, ...]:
    """Return the columns that have to be read: those of `wanted`, their parts, and filters."""
    found: dict[str, Wanted] = {}
    for column in wanted:
        for name in column.parts or (column.name,):
            found.setdefault(name, replace(column, name=name, parts=()))
    for name, stated in form.where.items():
        # what a file declares missing is told where a study names it
        condition = Filter(name, stated)
        if (known := found.get(name)) is None:
            found[name] = Wanted(name, keeps=condition.names)
        elif condition.excludes:  # of rows that are left out nothing else is read
            found[name] = replace(known, keeps=_either(known.keeps, condition.names))
    return tuple(found.values())


def _either(one: Callable[[str], bool], other: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: one(text) or other(text)


def choose(table: Table, wanted: Sequence[Wanted], form: TableForm) -> Table:
    """Return the wanted columns of a table, with only the rows and the cells that count."""
    choice = _Choice(table, wanted, form)
    if choice.changes_nothing:
        return table
    made = replace(
        table,
        columns=tuple(column.name for column in wanted),
        read=choice.rows,
        blocks=None if table.blocks is None else choice.blocks,
        left_out=replace(choice.left_out, parts=(table.left_out,)),
    )
    choice.left_out = made.left_out
    if table.lazy is not None:
        made.lazy = _ChosenLazy(table.lazy, wanted, form)
    return made


def _filters(form: TableForm, decimal: str = ".") -> list[Filter]:
    stated = form.where.items()
    return [Filter(name, value, form.missing_in(name), decimal) for name, value in stated]


_Odd = tuple[int, Counter[str]]  # the first row of cells, and how often each text is there


class _Choice:
    def __init__(self, table: Table, wanted: Sequence[Wanted], form: TableForm) -> None:
        self.table, self.wanted = table, wanted
        columns = list(table.columns)
        self.places = [[columns.index(n) for n in w.parts or (w.name,)] for w in wanted]
        self.missing = {place: form.missing_in(name) for place, name in enumerate(columns)}
        self.filters = {columns.index(one.column): one for one in _filters(form, table.decimal)}
        self.left_out = LeftOut(tuple(self.filters.values()), form=form)
        self.times = columns.index(TIMES) if TIMES in columns else None
        self._joined: dict[str, tuple[str, ...]] = {}
        self._meant: dict[int, dict[str, str]] = {place: {} for place in range(len(columns))}
        self._accepted: dict[int, dict[str, bool | None]] = {place: {} for place in self.filters}

    @property
    def changes_nothing(self) -> bool:
        """Whether every row and cell stays as it is."""
        plain = all(not w.parts and w.empty is None for w in self.wanted)
        same = [w.name for w in self.wanted] == list(self.table.columns)
        return plain and same and not self.filters and not any(self.missing.values())

    def rows(self) -> Iterator[Row]:
        """Iterate over the rows that count."""
        self.left_out.begin()
        some, odd = False, dict[int, _Odd]()
        for row, cells in self.table.read():
            times = 1 if self.times is None else int(cells[self.times])
            # of every filter, so that each has seen its cells
            told = [self.accepts(place, cells[place]) for place in self.filters]
            if not all(told):
                if False in told:
                    self.left_out.rows += times
                    continue
                place = list(self.filters)[told.index(None)]
                odd.setdefault(place, (row, Counter()))[1][cells[place]] += times
                continue
            own = [self.meaning(place, text, times) for place, text in enumerate(cells)]
            found = [
                own[p[0]] if len(p) == 1 else joined_text([own[i] for i in p]) for p in self.places
            ]
            self._one_name(row, own, found)
            if (gap := self._gap(found)) is not None:
                self.left_out.empty[gap] += times
                continue
            some = True
            yield (
                row,
                tuple(
                    text if w.empty is None else _or(w.empty, text)
                    for text, w in zip(found, self.wanted, strict=True)
                ),
            )
        for place, (row, texts) in odd.items():
            raise self._no_numbers(place, row, texts)
        if not some and (self.left_out.rows or self.left_out.empty):
            raise self._nothing_left()

    def _no_numbers(self, place: int, row: int, texts: Counter[str]) -> Damaged:
        """Return what is said of cells that hold no number, or no date, where a range is asked."""
        found, n = self.filters[place], texts.total()
        cells = "a cell" if n == 1 else f"{n:,} cells"
        what, example = ("date", " such as 2020-01-31") if found.dates else ("number", "")
        return Damaged(
            row,
            f"where asks for {what}s ({found}), and {cells} of the column {show(found.column)} "
            f"hold{'s' * (n == 1)} none: {shown(texts)}",
            valid=f"a {what}{example}, or an empty cell, whose row is left out",
            fix=remedies.in_no_range(
                found.column, list(texts)[:VALUES_SHOWN], dates=bool(found.dates)
            ),
        )

    def accepts(self, place: int, text: str) -> bool | None:
        """Tell whether a cell of a column lets its row count; None if it holds no number."""
        known = self._accepted[place]
        if text in known:
            return known[text]
        codes = self.table.codes.get(self.table.columns[place], {}).get(text, ())
        try:
            found: bool | None = self.filters[place].accepts(text, codes)
        except NoNumber:
            found = None
        if len(known) < _REMEMBERED:
            known[text] = found
        return found

    def meaning(self, place: int, text: str, times: int = 1) -> str:
        """Return what a cell means: nothing if the study says that it is missing."""
        gaps = self.missing[place]
        if not gaps or place == self.times:
            return text
        known = self._meant[place]
        if (found := known.get(text)) is None:
            name = self.table.columns[place]
            named = told_missing(text, self.table.codes.get(name, {}), gaps)
            self.left_out.named[name] |= named
            found = known[text] = "" if named else text
        if text and not found:
            self.left_out.stated[self.table.columns[place], text] += times
        return found

    def _one_name(self, row: int, own: Sequence[str], found: Sequence[str]) -> None:
        """Raise where different texts of several columns make up the same one."""
        for places, text in zip(self.places, found, strict=True):
            if len(places) > 1 and text.count(JOINT) >= len(places):
                parts = tuple(own[place] for place in places)
                if (before := self._joined.setdefault(text, parts)) != parts:
                    shown_parts = " and ".join(" with ".join(map(show, x)) for x in (before, parts))
                    raise Damaged(
                        row,
                        f"{shown_parts} make up the same name, {show(text)}",
                        valid="columns whose texts, put together, tell rows apart",
                        fix="write one of them in another way",
                    )

    def _gap(self, cells: Sequence[str]) -> str | None:
        """Return the name of a column whose empty cell leaves a row out."""
        for text, column in zip(cells, self.wanted, strict=True):
            if column.empty == LEAVE_OUT and not text.strip():
                return column.name
        return None

    def _nothing_left(self) -> Damaged:
        for found in self.filters.values():
            if found.others:
                valid = "a value" if found.only_names else "a condition on values"
                return Damaged(
                    0,
                    f"no row is left by where = {found}",
                    valid=f"{valid} that the column has: " + shown(found.others),
                )
        return Damaged(0, f"no row is left: {', '.join(self.left_out.remarks('the table'))}")

    def blocks(self, kinds: Sequence[Kind | None]) -> Iterator[Block]:
        """Iterate over the rows that count, many at a time, or raise Odd."""
        self.left_out.begin()
        for block in self._raw(self._raw_kinds(kinds)):
            yield from self._chosen(block, kinds)

    def _raw(self, kinds: Sequence[Kind | None]) -> Iterator[Block]:
        if self.table.blocks is None:
            raise Odd
        return self.table.blocks(kinds)

    def _raw_kinds(self, kinds: Sequence[Kind | None]) -> list[Kind | None]:
        """Return the kinds in which columns of the table are read; as text what is looked at."""
        found: list[Kind | None] = [None] * len(self.table.columns)
        for places, kind in zip(self.places, kinds, strict=True):
            for place in places:
                own = "text" if len(places) > 1 and kind is not None else kind
                if own == "number" and self.missing[place]:
                    own = "text"
                if own is not None and found[place] not in (None, own):
                    raise Odd
                found[place] = found[place] or own
        for place in self.filters:
            if found[place] == "id":
                raise Odd
            found[place] = "text"
        return found

    def _chosen(self, block: Block, kinds: Sequence[Kind | None]) -> Iterator[Block]:
        keep = np.ones(len(block.rows), bool)
        for place in self.filters:
            keep &= block.columns[place].marked(partial(self._surely, place))
        self.left_out.rows += int((~keep).sum())
        columns = [column if keep.all() else _some(column, keep) for column in block.columns]
        rows = block.rows[keep]
        for place, column in enumerate(columns):
            if column is not None and self.missing[place]:
                columns[place] = self._emptied(place, column)
        found = [
            None
            if kind is None
            else columns[places[0]]
            if len(places) == 1
            else joined(_plain_parts([columns[i] for i in places]), joined_text)
            for places, kind in zip(self.places, kinds, strict=True)
        ]
        keep = np.ones(len(rows), bool)
        for place, (column, wanted) in enumerate(zip(found, self.wanted, strict=True)):
            if wanted.empty is None or column is None:
                continue
            if not isinstance(column, Coded):
                raise Odd
            if wanted.empty == LEAVE_OUT:
                full = column.marked(lambda text: bool(text.strip()))
                if gone := int((keep & ~full).sum()):
                    self.left_out.empty[wanted.name] += gone
                keep &= full
            else:
                found[place] = column.renamed(partial(_or, wanted.empty))
        if not keep.all():
            found = [None if column is None else _some(column, keep) for column in found]
            rows = rows[keep]
        if len(rows):
            yield Block(rows, tuple(found))

    def _surely(self, place: int, text: str) -> bool:
        if (told := self.accepts(place, text)) is None:
            raise Odd
        return told

    def _emptied(self, place: int, column: Any) -> Any:
        name, gaps = self.table.columns[place], self.missing[place]
        if isinstance(column, Coded):
            for text, n in column.counts().items():
                if text and not self.meaning(place, text, 0):
                    self.left_out.stated[name, text] += n
            return column.renamed(lambda text: self.meaning(place, text, 0))
        if isinstance(column, np.ndarray):
            raise Odd
        found, missing = emptied_ids(column, gaps)
        self.left_out.named[name] |= set(map(same_code, missing))
        self.left_out.stated.update({(name, text): n for text, n in missing.items()})
        return found


def with_points(table: Table) -> Table:
    """Return a table whose numbers have a point where the study states that they have a comma.

    A number with a point is then none: what it would mean is not known.
    """
    if table.decimal == ".":
        return table

    def meant(text: str) -> str:
        if re.fullmatch(_COMMA, text):
            return text.replace(table.decimal, ".")
        return f"{text}, which has a point" if re.fullmatch(_POINT, text) else text

    def rows() -> Iterator[Row]:
        for row, cells in table.read():
            yield row, tuple(map(meant, cells))

    return replace(table, read=rows, blocks=None, lazy=None, decimal=".")


def with_commas(table: Table, wanted: Sequence[Wanted] | None) -> Table:
    """Return a table of typed cells whose numbers that are texts may have a comma.

    A workbook, a frame or JSON holds numbers as such, and perhaps as texts beside them.
    """
    numbers = {column.name for column in wanted or () if column.number}
    if table.lazy is not None:
        texts = table.columns if wanted is None else numbers
        found: Table = table.lazy.with_points(texts).table(table.what)
        return found
    places = [i for i, n in enumerate(table.columns) if wanted is None or n in numbers]

    def rows() -> Iterator[Row]:
        for row, cells in table.read():
            made = list(cells)
            for place in places:
                if re.fullmatch(_COMMA, text := made[place]):
                    made[place] = text.replace(",", ".")
            yield row, tuple(made)

    return replace(table, read=rows, blocks=None)


def joined_text(texts: Sequence[str]) -> str:
    """Return texts as one; an empty one if any of them is."""
    return JOINT.join(texts) if all(text.strip() for text in texts) else ""


def _plain_parts(columns: Sequence[Coded]) -> Sequence[Coded]:
    """Return columns to be put together, or raise Odd where what comes of them may be ambiguous."""
    if any(column.marked(lambda text: JOINT in text).any() for column in columns):
        raise Odd
    return columns


def _or(name: str, text: str) -> str:
    return text if text.strip() else name


def _some(column: Any, keep: NDArray[np.bool_]) -> Any:
    if column is None:
        return None
    if isinstance(column, Coded):
        return column.where(keep)
    if isinstance(column, np.ndarray):
        return column[keep]
    import pyarrow as pa

    return column.filter(pa.array(keep.tolist(), pa.bool_()))


class _ChosenLazy:
    """What a lazy frame answers about the rows that count."""

    def __init__(self, lazy: Lazy, wanted: Sequence[Wanted], form: TableForm) -> None:
        self._lazy, self._form = lazy, form
        self._wanted = {column.name: column for column in wanted}

    def distinct(self, columns: Sequence[str], what: str) -> Table:
        """Return the distinct rows of some columns, with how often each is there."""
        wanted = [self._wanted[name] for name in dict.fromkeys(columns)]
        raw = [column.name for column in raw_columns(wanted, self._form)]
        table = self._lazy.distinct(raw, what)
        chosen = [self._wanted[name] for name in columns]
        return choose(table, [*chosen, Wanted(TIMES)], self._form)

    def __getattr__(self, name: str) -> Any:
        """Answer other questions of the rows that count, with their cells as they are meant."""
        return getattr(self._prepared, name)

    @cached_property
    def _prepared(self) -> Lazy:
        lazy = self._lazy
        for found in _filters(self._form):
            lazy = lazy.only(found.column, found.accepts)
        for wanted in self._wanted.values():
            for name in wanted.parts or (wanted.name,):
                if gaps := self._form.missing_in(name):
                    lazy = lazy.blanked(name, gaps)
            if wanted.parts:
                lazy = lazy.joined(wanted.name, wanted.parts, JOINT)
            if wanted.empty == LEAVE_OUT:
                lazy = lazy.only(wanted.name, lambda text: bool(text.strip()))
            elif wanted.empty is not None:
                lazy = lazy.named(wanted.name, wanted.empty)
        return lazy
