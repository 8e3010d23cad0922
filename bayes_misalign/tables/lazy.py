"""Lazy frames, aggregated where they live: only their distinct rows are fetched.

Where a frame has an order (Polars), the number of the first row of each is fetched too. Where it
has none (DuckDB, Dask, Spark), distinct rows are sorted, so that the same data give the same
digits, and messages name no row. What needs every row, as labels of agents do, is fetched some
hundred thousand rows at a time (of Spark at once), sorted by the engine where it keeps no order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.blocks import Block, Kind, Odd
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.columnar import MANY
from bayes_misalign.tables.eager import SOURCE, eager_table, frame_blocks, frame_rows
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import Row, Table

TIMES = "__number_of_rows__"
_FIRST = "__first_row__"
_KEYS = ("__id__", "__within__")
_COMMA = r"^\s*[+-]?\d*,\d+(?:e[+-]?\d+)?\s*$"  # pandas warns of other groups
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
        keeps = self._ordered or self.frame.implementation.is_dask()
        source = SOURCE if keeps else f"{SOURCE}, sorted by {shown(self.wanted)}"
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

    def blanked(self, column: str, texts: Collection[str]) -> Lazy:
        """Return the rows with cells that have one of these texts, or codes, empty."""
        import narwhals as nw

        gaps = sorted({*texts, *(f"{text}.0" for text in texts)})
        name = self.names[column]
        kept = nw.when(~self._text(column).is_in(gaps)).then(nw.col(name)).alias(name)
        return Lazy(self.frame.with_columns(kept), self.names, self.wanted, self.problems)

    def with_points(self, columns: Collection[str]) -> Lazy:
        """Return the rows with a point in texts of columns that are numbers with a comma."""
        import narwhals as nw

        schema = self.frame.collect_schema()
        names = [self.names[c] for c in columns if c in self.names]
        made = []
        for name in dict.fromkeys(names):
            if schema[name] == nw.String:
                text = nw.col(name)
                point = text.str.replace_all(",", ".", literal=True)
                made.append(
                    nw.when(text.str.contains(_COMMA)).then(point).otherwise(text).alias(name)
                )
        frame = self.frame.with_columns(*made) if made else self.frame
        return Lazy(frame, self.names, self.wanted, self.problems)

    def joined(self, column: str, parts: Sequence[str], between: str) -> Lazy:
        """Return the rows with a column of the texts of others, empty where one of these is."""
        import narwhals as nw

        texts = [self._text(part) for part in parts]
        told = [text != "" for text in texts]
        made = nw.when(*told).then(nw.concat_str(*texts, separator=between)).otherwise(nw.lit(""))
        names = {**self.names, column: column}
        return Lazy(self.frame.with_columns(made.alias(column)), names, self.wanted, self.problems)

    def named(self, column: str, text: str) -> Lazy:
        """Return the rows with this text in the empty cells of a column."""
        import narwhals as nw

        name = self.names[column]
        told = self._text(column)
        made = nw.when(told != "").then(told).otherwise(nw.lit(text)).alias(name)
        return Lazy(self.frame.with_columns(made), self.names, self.wanted, self.problems)

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

    def _parts(self) -> Iterator[Any]:
        """Iterate over the wanted columns as frames of many rows, so that no more are in memory."""
        import narwhals as nw

        chosen = list(dict.fromkeys(self.names[column] for column in self.wanted))
        frame = self.frame.select([nw.col(name) for name in chosen])
        kind = frame.implementation
        if not self._ordered and not kind.is_dask():
            frame = frame.sort(*chosen, nulls_last=True)
        native = frame.to_native()
        if kind.is_polars():
            parts: Any = native.collect_batches(chunk_size=MANY, maintain_order=True)
        elif kind.is_duckdb():
            import pyarrow as pa

            reader = native.to_arrow_reader(MANY)
            parts = (pa.Table.from_batches([batch]) for batch in reader)
        elif kind.is_dask():
            parts = (part.compute() for part in native.partitions)
        else:
            parts = [frame.collect().to_native()]
        for part in parts:
            yield nw.from_native(part, eager_only=True)

    def _rows(self) -> Iterator[Row]:
        names, done = [self.names[column] for column in self.wanted], 0
        for part in self._parts():
            yield from frame_rows(part, names, done + 1)
            done += len(part)

    def _blocks(self, kinds: Sequence[Kind | None]) -> Iterator[Block]:
        names, done = [self.names[column] for column in self.wanted], 0
        for part in self._parts():
            yield from frame_blocks(part, names, kinds, done + 1)
            done += len(part)
