"""Data frames of any library, and plain mappings of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Kind, Odd
from bayes_misalign.tables.columnar import BATCH, MANY, arrow_block, batch_rows
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import Row, Table, check_columns

SOURCE = "data frame"
_A_ROW = 100  # bytes, more or less
# Types whose cells PyArrow and the frame itself turn into the same text.
_PLAIN = {"String", "Categorical", "Enum", "Boolean", "Float32", "Float64"}
_PLAIN |= {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)}


def open_frame(
    data: Any, columns: Sequence[str] | None, problems: Problems, *, what: str = "rows"
) -> Table | None:
    """Open a data frame, and check its columns."""
    if isinstance(data, Mapping):
        return _open_mapping(data, columns, problems, what)
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    try:
        frame: Any = nw.from_native(data)
    except DuplicateError:
        available = getattr(data, "column_names", None) or list(data.columns)
        check_columns([str(name) for name in available], [], SOURCE, problems)
        return None
    except TypeError:
        problems.add(
            f"an object of type {type(data).__name__} is not a table",
            where="data",
            valid="a path, a data frame (pandas, polars, pyarrow) or a mapping of columns",
        )
        return None
    lazy = isinstance(frame, nw.LazyFrame)
    available = frame.collect_schema().names() if lazy else frame.columns
    names = {str(name): name for name in available}
    wanted = tuple(names if columns is None else columns)
    if not check_columns(list(map(str, available)), wanted, SOURCE, problems):
        return None
    natives = [names[column] for column in wanted]

    def rows() -> Iterator[Row]:
        chosen = frame.select([nw.col(name) for name in dict.fromkeys(natives)])
        if lazy:
            chosen = chosen.collect()
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            yield from batch_rows([part.get_column(name).to_list() for name in natives], start + 1)

    table = Table(SOURCE, wanted, rows, problems, what)
    if not lazy:
        table.size, table.blocks = len(frame) * _A_ROW, partial(_blocks, frame, natives)
    return table


def _blocks(frame: Any, names: Sequence[Any], kinds: Sequence[Kind | None]) -> Iterator[Block]:
    import pyarrow as pa

    if any(type(frame.schema[name]).__name__ not in _PLAIN for name in names):
        raise Odd
    for start in range(0, len(frame), MANY):
        part = frame[start : start + MANY]
        try:
            arrays = [part.get_column(name).to_arrow() for name in names]
        except (pa.ArrowException, TypeError, ValueError):
            raise Odd from None
        yield arrow_block(arrays, kinds, start + 1)


def _open_mapping(
    data: Mapping[Any, Any], columns: Sequence[str] | None, problems: Problems, what: str
) -> Table | None:
    by_name: dict[str, list[Any]] = {}
    for name, values in data.items():
        try:
            by_name[str(name)] = list(values if not isinstance(values, str) else None)  # type: ignore[arg-type]
        except TypeError:
            problems.add(
                f"the column {str(name)!r} is not a list of cells",
                where="data",
                valid='as in {"goal": ["yes", "no"]}',
            )
            return None
    wanted = tuple(by_name if columns is None else columns)
    if not check_columns(list(by_name), wanted, SOURCE, problems):
        return None
    lengths = Counter(len(values) for values in by_name.values())
    if len(lengths) > 1:
        odd = [name for name, v in by_name.items() if len(v) != lengths.most_common(1)[0][0]]
        problems.add(f"columns differ in length: {shown(odd)}", where=SOURCE)
        return None
    return Table(
        SOURCE, wanted, lambda: batch_rows([by_name[c] for c in wanted], 1), problems, what
    )
