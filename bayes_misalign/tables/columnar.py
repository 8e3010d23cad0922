"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Kind, Odd, coded, ids, is_text, numbers
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns

BATCH = 65_536  # rows
MANY = 262_144  # rows of a block
_OF_KIND: dict[Kind, Callable[[Any], Any]] = {"text": coded, "number": numbers, "id": ids}


def open_parquet(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, what: str = "rows"
) -> Table | None:
    """Open a Parquet file, and check its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as trouble:
        problems.add(f"the Parquet file cannot be read ({_first_line(trouble)})", where=path.name)
        return None
    wanted = tuple(names if columns is None else columns)
    if not check_columns(names, wanted, path.name, problems):
        return None
    table = Table(path.name, wanted, lambda: _rows(path, wanted), problems, what)
    table.blocks = partial(_blocks, path, wanted)
    return table


def batch_rows(batch: Sequence[Sequence[object]], first: int) -> Iterator[Row]:
    """Iterate over the rows of a batch of columns."""
    for row, values in enumerate(zip(*batch, strict=True), start=first):
        try:
            yield row, tuple(map(cell_text, values))
        except TypeError as trouble:
            raise Damaged(row, str(trouble), valid="a text or a number in each cell") from None


def arrow_block(columns: Sequence[Any], kinds: Sequence[Kind | None], first: int) -> Block:
    """Return columns of Arrow arrays as a block whose first row has that number, or raise Odd."""
    found = [
        None if kind is None else _OF_KIND[kind](a) for a, kind in zip(columns, kinds, strict=True)
    ]
    n = len(columns[0])
    return Block(np.arange(first, first + n), tuple(found))


def _blocks(path: Path, columns: tuple[str, ...], kinds: Sequence[Kind | None]) -> Iterator[Block]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    done, chosen = 0, list(dict.fromkeys(columns))
    try:
        schema = pq.read_schema(path)
        texts = {name for name, kind in zip(columns, kinds, strict=True) if kind == "text"}
        listed = [name for name in texts if is_text(schema.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=listed) as file:
            for batch in file.iter_batches(batch_size=MANY, columns=chosen):
                yield arrow_block([batch.column(c) for c in columns], kinds, done + 1)
                done += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError):
        raise Odd from None


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    done, chosen = 0, list(dict.fromkeys(columns))
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH, columns=chosen):
                yield from batch_rows([batch.column(c).to_pylist() for c in columns], done + 1)
                done += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError) as trouble:
        raise Damaged(
            0, f"the Parquet file is damaged after row {done} ({_first_line(trouble)})"
        ) from None


def _first_line(trouble: BaseException) -> str:
    return (str(trouble).splitlines() or [type(trouble).__name__])[0]
