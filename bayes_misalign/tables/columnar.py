"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bayes_misalign.errors import Problems
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns

BATCH = 65_536  # rows


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
    return Table(path.name, wanted, lambda: _rows(path, wanted), problems, what)


def batch_rows(batch: Sequence[Sequence[object]], first: int) -> Iterator[Row]:
    """Iterate over the rows of a batch of columns."""
    for row, values in enumerate(zip(*batch, strict=True), start=first):
        try:
            yield row, tuple(map(cell_text, values))
        except TypeError as trouble:
            raise Damaged(row, str(trouble), valid="a text or a number in each cell") from None


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
