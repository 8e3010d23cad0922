"""Lazy frames, aggregated where they live: only their distinct rows are fetched.

Where a frame has an order (Polars), the number of the first row of each is fetched too. Where it
has none (DuckDB, Dask, Spark), distinct rows are sorted, so that the same data give the same
digits, and messages name no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.blocks import Block, Kind, Odd
from bayes_misalign.tables.eager import SOURCE, eager_table, frame_blocks, frame_rows
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import Row, Table

TIMES = "__number_of_rows__"
_FIRST = "__first_row__"
_KEYS = ("__id__", "__within__")
_LARGE = 1 << 40  # bytes: nobody knows how many there are


class Lazy:
    """A lazy narwhals frame, and the questions that it answers."""

    def __init__(
        self, frame: Any, names: Mapping[str, Any], wanted: tuple[str, ...], problems: Problems
    ) -> None:
        self.frame, self.names, self.wanted, self.problems = frame, names, wanted, problems
        self._ordered = frame.implementation.is_polars()

    def table(self, what: str) -> Table:
        """Return all rows; their columns are fetched only where a model needs every row."""
        source = SOURCE if self._ordered else f"{SOURCE}, sorted by {shown(self.wanted)}"
        return Table(
            source,
            self.wanted,
            self._rows,
            self.problems,
            what,
            blocks=self._blocks,
            size=_LARGE,
            lazy=self,
        )

    def distinct(self, columns: Sequence[str], what: str) -> Table:
        """Return the distinct rows of some columns, with the column TIMES of how often each is."""
        import narwhals as nw

        names = [self.names[column] for column in columns]
        keys = list(dict.fromkeys(names))
        if self._ordered:
            numbered = nw.from_native(self.frame.to_native().with_row_index(_FIRST, 1))
            grouped = numbered.group_by(*keys).agg(nw.len().alias(TIMES), nw.col(_FIRST).min())
            found = grouped.sort(_FIRST).collect()
            first = found.get_column(_FIRST).to_numpy().astype(np.int64)
        else:
            found = self.frame.group_by(*keys).agg(nw.len().alias(TIMES)).collect()
            found = found.sort(*keys, nulls_last=True)
            first = np.zeros(len(found), np.int64)
        table = eager_table(found, [*names, TIMES], [*columns, TIMES], self.problems, what)
        read, blocks = table.read, table.blocks

        def rows() -> Iterator[Row]:
            for number, (_, cells) in zip(first.tolist(), read(), strict=True):
                yield number, cells

        def in_blocks(kinds: Sequence[Kind | None]) -> Iterator[Block]:
            if blocks is None:
                raise Odd
            for block in blocks(kinds):
                yield replace(block, rows=first[block.rows - 1])

        table.read, table.blocks = rows, in_blocks
        return table

    def repeated(self, column: str, within: str | None = None) -> tuple[int, int]:
        """Return how many ids are in more than one row, and how many rows have none.

        Rows that differ in the text of the column `within` count apart.
        """
        import narwhals as nw

        keys = [column] if within is None else [column, within]
        told = self.frame.select(
            *(self._text(c).alias(k) for c, k in zip(keys, _KEYS, strict=False))
        )
        several = (
            told.filter(nw.col(_KEYS[0]) != "")
            .group_by(*_KEYS[: len(keys)])
            .agg(nw.len().alias(TIMES))
            .filter(nw.col(TIMES) > 1)
            .select(_KEYS[0])
            .unique()
        )
        blank = told.filter(nw.col(_KEYS[0]) == "")
        counts = [part.select(nw.len()).collect().item() for part in (several, blank)]
        return int(counts[0]), int(counts[1])

    def _text(self, column: str) -> Any:
        import narwhals as nw

        return nw.col(self.names[column]).cast(nw.String).fill_null("").str.strip_chars()

    def patterns(
        self, ids: str, population: str, value: str, weight: str | None, names: Sequence[str]
    ) -> Table:
        """Return what the rows of each id say in each population, and how many ids say so.

        Columns are the value by population, empty where an id has no row there; TIMES; and with
        weights their sums by population and their products by pairs of populations, over ids.
        """
        import narwhals as nw

        told = self.frame.filter(self._text(ids) != "")
        values, weights = ([f"{kind}_{i}" for i in range(len(names))] for kind in "vw")
        inside = [self._text(population) == name for name in names]
        columns = [
            nw.when(here).then(self._text(value)).otherwise(nw.lit("")).alias(v)
            for here, v in zip(inside, values, strict=True)
        ]
        if weight is not None:
            number = nw.col(self.names[weight]).cast(nw.Float64)
            columns += [
                nw.when(here).then(number).otherwise(nw.lit(0.0)).alias(w)
                for here, w in zip(inside, weights, strict=True)
            ]
        chosen = told.select(self._text(ids).alias(_KEYS[0]), *columns)
        sums = [] if weight is None else [nw.col(w).sum() for w in weights]
        each = chosen.group_by(_KEYS[0]).agg(*(nw.col(v).max() for v in values), *sums)
        totals, more = [nw.len().alias(TIMES)], []
        if weight is not None:
            pairs = [(i, j) for i in range(len(names)) for j in range(i, len(names))]
            more = [f"p_{i}_{j}" for i, j in pairs]
            each = each.with_columns(
                (nw.col(weights[i]) * nw.col(weights[j])).alias(p)
                for (i, j), p in zip(pairs, more, strict=True)
            )
            totals += [nw.col(name).sum() for name in (*weights, *more)]
        found = each.group_by(*values).agg(*totals).collect().sort(*values)
        named = [*values, TIMES, *(() if weight is None else (*weights, *more))]
        return eager_table(found, named, named, self.problems, "patterns")

    def distinct_ids(
        self, ids: str, value: str, population: str | None, values: set[str]
    ) -> tuple[dict[str, float], int]:
        """Return how many different ids rows with one of the values have, by population.

        Then how many of these rows have none.
        """
        import narwhals as nw

        of = nw.lit(EVERYONE) if population is None else self._text(population)
        told = self.frame.filter(self._text(value).is_in(sorted(values)))
        blank = told.filter(self._text(ids) == "").select(nw.len()).collect().item()
        each = told.select(self._text(ids).alias(_KEYS[0]), of.alias(_KEYS[1])).unique()
        found = each.group_by(_KEYS[1]).agg(nw.len().alias(TIMES)).collect()
        names, numbers = (found.get_column(c).to_list() for c in (_KEYS[1], TIMES))
        found = {name: float(n) for name, n in zip(names, numbers, strict=True)}
        return found, int(blank)

    @cached_property
    def _collected(self) -> Any:
        import narwhals as nw

        chosen = list(dict.fromkeys(self.names[column] for column in self.wanted))
        found = self.frame.select([nw.col(name) for name in chosen]).collect()
        return found if self._ordered else found.sort(*chosen, nulls_last=True)

    def _rows(self) -> Iterator[Row]:
        return frame_rows(self._collected, [self.names[column] for column in self.wanted])

    def _blocks(self, kinds: Sequence[Kind | None]) -> Iterator[Block]:
        names = [self.names[column] for column in self.wanted]
        return frame_blocks(self._collected, names, kinds)
