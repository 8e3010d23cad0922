"""Draws in a table: a row for each number, or a row for each draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from bayes_misalign.errors import Problems, listed
from bayes_misalign.families.draws.given import Array, Given
from bayes_misalign.reading.parse_numbers import noted, parse_number
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import shown

Draw = tuple[str, str]  # chain and draw, as the table calls them
Cell = tuple[str, ...]  # the labels of a number


@dataclass
class Cells:
    """Numbers by draw and labels, collected row by row."""

    table: Table
    problems: Problems
    draws: dict[Draw, int] = field(default_factory=dict)
    cells: dict[Cell, int] = field(default_factory=dict)
    numbers: dict[tuple[int, int], float] = field(default_factory=dict)

    def add(self, draw: Draw, cell: Cell, text: str, row: int, column: str) -> None:
        """Take a number; note one that is none, or that is there before."""
        key = (
            self.draws.setdefault(draw, len(self.draws)),
            self.cells.setdefault(cell, len(self.cells)),
        )
        if key in self.numbers:
            self.problems.add(
                f"the draw {draw[1]!r} has {shown(cell)} twice",
                where=self.table.where(row),
                several="{n} rows repeat a number of a draw",
                value=f"{shown(cell)} of draw {draw[1]!r}",
                valid="one number for each draw",
                fix="name the column of the chain, if draws are counted within chains",
            )
            return
        where = self.table.where(row, column)
        valid = "a number from 0 to 1"
        number = noted(lambda c, n: parse_number(c, n, valid), text, column, where, self.problems)
        self.numbers[key] = np.nan if number is None else number

    def array(self) -> tuple[Array, list[Cell]]:
        """Return the numbers as (chain, draw, cell), NaN where there is none, and the cells."""
        values = np.full((len(self.draws), len(self.cells)), np.nan)
        if self.numbers:
            rows, columns = np.array(list(self.numbers)).T
            values[rows, columns] = list(self.numbers.values())
        chains = list(dict.fromkeys(chain for chain, _ in self.draws))
        by_chain = [[i for (of, _), i in self.draws.items() if of == chain] for chain in chains]
        if len({len(rows) for rows in by_chain}) == 1:
            return values[np.array(by_chain)], list(self.cells)
        return values[None], list(self.cells)


def counted(values: Array, cells: list[Cell], source: str, problems: Problems) -> bool:
    """Note labels that have fewer draws than others; tell whether all have as many."""
    present = (~np.isnan(values)).sum(axis=(0, 1))
    most = max(present, default=0)
    fewer = [(cell, int(n)) for cell, n in zip(cells, present, strict=True) if n < most]
    if fewer:
        (cell, n), more = fewer[0], len(fewer) - 1
        problems.add(
            f"there are different numbers of draws: {most} for some labels, {n} for {shown(cell)}"
            + (f", and fewer for {more} others" if more else ""),
            where=source,
            valid="the same draws for all labels",
            fix="write every draw of each, or take the incomplete draws out",
        )
    return not fewer


def optional(table: Table, stated: str | None, usual: str, problems: Problems) -> str | None:
    """Return the name of a column that may be missing: what is stated has to be there."""
    if stated is None:
        return usual if usual in table.columns else None
    if stated not in table.columns:
        problems.add(
            f"there is no column {stated!r}", where=table.source, valid=listed(table.columns)
        )
    return stated


def shaped(cells: Cells) -> Given | None:
    """Return the draws with an axis for each place of the labels; None if some are missing."""
    values, names = cells.array()
    source, problems = cells.table.source, cells.problems
    if not names or not counted(values, names, source, problems):
        return None
    labels: tuple[Cell, ...] = tuple(tuple(dict.fromkeys(x)) for x in zip(*names, strict=True))
    place = {name: i for i, name in enumerate(names)}
    wanted = list(product(*labels))
    if missing := [cell for cell in wanted if cell not in place]:
        more = f" and {len(missing) - 1} other combinations" if len(missing) > 1 else ""
        problems.add(
            f"no draw has a number for {shown(missing[0])}{more}",
            where=source,
            valid="a number for every combination of labels",
        )
        return None
    full = values[..., [place[cell] for cell in wanted]]
    return Given(full.reshape(*values.shape[:2], *map(len, labels)), labels, source)
