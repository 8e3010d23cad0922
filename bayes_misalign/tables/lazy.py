"""Lazy frames, aggregated where they live: only their distinct rows are fetched.

Where a frame has an order (Polars), the number of the first row of each is fetched too. Where it
has none (DuckDB, Dask, Spark), distinct rows are sorted, so that the same data give the same
digits, and messages name no row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Kind, Odd
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.eager import SOURCE, eager_table, frame_blocks, frame_rows
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import Row, Table

TIMES = "__number_of_rows__"
_FIRST = "__first_row__"
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

    def only(self, column: str, accepts: Callable[[str], bool]) -> Lazy:
        """Return the rows whose cell in a column is accepted; its distinct cells are fetched."""
        import narwhals as nw

        name = self.names[column]
        found = self.frame.select(name).unique().collect().get_column(name).to_list()
        told = [value for value in found if value is not None and accepts(cell_text(value))]
        kept = nw.col(name).is_in(told) if told else nw.col(name).is_null() & nw.lit(value=False)
        if accepts(""):
            kept = kept | nw.col(name).is_null()
        return Lazy(self.frame.filter(kept), self.names, self.wanted, self.problems)

    def repeated(self, column: str, missing: Collection[str] = ()) -> tuple[int, int]:
        """Return how many ids are in more than one row, and how many rows have none."""
        import narwhals as nw

        name = self.names[column]
        bare = nw.col(name).cast(nw.String).fill_null("").str.strip_chars()
        if missing:
            bare = nw.when(bare.is_in(list(missing))).then(nw.lit("")).otherwise(bare)
        told = self.frame.select(bare.alias(name))
        several = (
            told.filter(nw.col(name) != "")
            .group_by(name)
            .agg(nw.len().alias(TIMES))
            .filter(nw.col(TIMES) > 1)
        )
        blank = told.filter(nw.col(name) == "")
        counts = [part.select(nw.len()).collect().item() for part in (several, blank)]
        return int(counts[0]), int(counts[1])

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
