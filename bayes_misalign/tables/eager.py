"""Data frames that are in memory, through narwhals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Kind, Odd
from bayes_misalign.tables.columnar import BATCH, MANY, arrow_block, batch_rows
from bayes_misalign.tables.table import Row, Table

SOURCE = "data frame"
_A_ROW = 100  # bytes, more or less
# Types whose cells PyArrow and the frame itself turn into the same text.
_PLAIN = {"String", "Categorical", "Enum", "Boolean", "Float32", "Float64"}
_PLAIN |= {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)}


def eager_table(
    frame: Any, names: Sequence[Any], columns: Sequence[str], problems: Problems, what: str
) -> Table:
    """Return columns of a narwhals frame, of these names in the frame, as a table."""
    table = Table(SOURCE, tuple(columns), partial(frame_rows, frame, names), problems, what)
    table.size, table.blocks = len(frame) * _A_ROW, partial(frame_blocks, frame, names)
    return table


def frame_rows(frame: Any, names: Sequence[Any], first: int = 1) -> Iterator[Row]:
    """Iterate over the rows of a frame as texts; `first` is the number of the first one."""
    for start in range(0, len(frame), BATCH):
        part = frame[start : start + BATCH]
        yield from batch_rows([part.get_column(name).to_list() for name in names], start + first)


def frame_blocks(
    frame: Any, names: Sequence[Any], kinds: Sequence[Kind | None], first: int = 1
) -> Iterator[Block]:
    """Iterate over the rows of a frame in blocks, or raise Odd."""
    import pyarrow as pa

    if any(type(frame.schema[name]).__name__ not in _PLAIN for name in names):
        raise Odd
    for start in range(0, len(frame), MANY):
        part = frame[start : start + MANY]
        try:
            arrays = [part.get_column(name).to_arrow() for name in names]
        except (pa.ArrowException, TypeError, ValueError):
            raise Odd from None
        yield arrow_block(arrays, kinds, start + first)
