"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import WORTH, Block, Kind, Odd, coded, ids, is_text, numbers
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.nested import arrow_column, arrow_fields, flat_names, note_whole
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns

BATCH = 65_536  # rows
MANY = 262_144  # rows of a block
_OF_KIND: dict[Kind, Callable[[Any], Any]] = {"text": coded, "number": numbers, "id": ids}


Batches = Callable[[list[str], set[str], int], Iterator[Any]]  # columns, texts among them, rows


def open_parquet(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, what: str = "rows"
) -> Table | None:
    """Open a Parquet file, and check its schema."""
    import pyarrow.parquet as pq

    return _open("Parquet", path, columns, problems, what, pq.read_schema, _of_parquet)


def open_arrow(
    path: Path, columns: Sequence[str] | None, problems: Problems, *, what: str = "rows"
) -> Table | None:
    """Open an Arrow file, which is also what Feather writes, and check its schema."""
    return _open("Arrow", path, columns, problems, what, _arrow_schema, _of_arrow)


def _open(
    kind: str,
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    what: str,
    schema_of: Callable[[Path], Any],
    batches: Callable[..., Iterator[Any]],
) -> Table | None:
    import pyarrow as pa

    try:
        schema = schema_of(path)
    except (pa.ArrowException, OSError) as trouble:
        problems.add(f"the {kind} file cannot be read ({_first_line(trouble)})", where=path.name)
        return None
    found = flat_names([(field.name, field.type) for field in schema], arrow_fields)
    known = list(found) if len(set(schema.names)) == len(schema.names) else schema.names
    wanted = tuple(known if columns is None else columns)
    if note_whole(wanted, known, path.name, problems):
        return None
    if not check_columns(known, wanted, path.name, problems):
        return None
    of_file: Batches = partial(batches, path)
    if any(len(found[name]) > 1 for name in wanted):
        of_file = partial(_flat, of_file, found)
    table = Table(path.name, wanted, lambda: _rows(kind, of_file, wanted), problems, what)
    table.size = WORTH  # PyArrow is loaded already
    table.blocks = partial(_blocks, of_file, schema, wanted)
    return table


def _flat(
    batches: Batches,
    paths: Mapping[str, Sequence[str]],
    columns: list[str],
    texts: set[str],
    rows: int,
) -> Iterator[Any]:
    """Iterate over batches in which fields of structs are columns."""
    import pyarrow as pa

    plain = {name for name in texts if len(paths[name]) == 1}
    for batch in batches(list(dict.fromkeys(paths[c][0] for c in columns)), plain, rows):
        cells = [arrow_column(batch, paths[name]) for name in columns]
        yield pa.RecordBatch.from_arrays(cells, columns)


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


def _of_parquet(path: Path, columns: list[str], texts: set[str], rows: int) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, read_dictionary=sorted(texts)) as file:
        yield from file.iter_batches(batch_size=rows, columns=columns)


def _arrow_schema(path: Path) -> Any:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
        return reader.schema


def _of_arrow(path: Path, columns: list[str], texts: set[str], rows: int) -> Iterator[Any]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
        for number in range(reader.num_record_batches):
            whole = reader.get_batch(number).select(columns)
            whole.validate(full=True)  # a file on a disk may be damaged, and is not checked so far
            for start in range(0, whole.num_rows, rows):
                yield whole.slice(start, rows)


def _blocks(
    batches: Batches, schema: Any, columns: tuple[str, ...], kinds: Sequence[Kind | None]
) -> Iterator[Block]:
    import pyarrow as pa

    done = 0
    texts = {name for name, kind in zip(columns, kinds, strict=True) if kind == "text"}
    listed = {n for n in texts if n in schema.names and is_text(schema.field(n).type)}
    try:
        for batch in batches(list(dict.fromkeys(columns)), listed, MANY):
            yield arrow_block([batch.column(c) for c in columns], kinds, done + 1)
            done += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError, OSError):
        raise Odd from None


def _rows(kind: str, batches: Batches, columns: tuple[str, ...]) -> Iterator[Row]:
    import pyarrow as pa

    done = 0
    try:
        for batch in batches(list(dict.fromkeys(columns)), set(), BATCH):
            yield from batch_rows([batch.column(c).to_pylist() for c in columns], done + 1)
            done += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError) as trouble:
        raise Damaged(
            0, f"the {kind} file is damaged after row {done} ({_first_line(trouble)})"
        ) from None


def _first_line(trouble: BaseException) -> str:
    return (str(trouble).splitlines() or [type(trouble).__name__])[0]
