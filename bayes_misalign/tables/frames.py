"""Data frames of any library, and plain mappings of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.columnar import batch_rows
from bayes_misalign.tables.eager import SOURCE, eager_table
from bayes_misalign.tables.json_lines import lookup, paths
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.lazy import Lazy
from bayes_misalign.tables.nested import note_whole, with_fields
from bayes_misalign.tables.table import Table, check_columns


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
            fix=_as_frame(data),
        )
        return None
    lazy = isinstance(frame, nw.LazyFrame)
    available = frame.collect_schema().names() if lazy else frame.columns
    names = {str(name): name for name in available}
    before, plain = len(problems), len(names) == len(available)
    # of pandas types of cells are found out by looking at all of them
    looked = columns is None or not set(columns) <= set(names)
    if plain and (looked or not frame.implementation.is_pandas_like()):
        frame, names = with_fields(frame, columns, SOURCE, problems)
        available = list(names)
    wanted = tuple(names if columns is None else columns)
    if len(problems) > before or _note_index(data, names, wanted, problems):
        return None
    if note_whole(wanted, names, SOURCE, problems):
        return None
    if not check_columns(list(map(str, available)), wanted, SOURCE, problems):
        return None
    if lazy:
        return Lazy(frame, names, wanted, problems).table(what)
    return eager_table(frame, [names[column] for column in wanted], wanted, problems, what)


def _as_frame(data: Any) -> str:
    """Return how to make a table of what is nearly one."""
    if hasattr(data, "to_frame"):
        return "make a table of it by `.to_frame()`"
    if isinstance(data, list | tuple) and data and all(isinstance(row, Mapping) for row in data):
        return "make a table of it by `pandas.DataFrame(data)`"
    return ""


def _with_keys(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return columns with the keys of mappings in their cells as columns of their own."""
    found = dict[str, list[Any]]()
    for name, cells in columns.items():
        inner = dict.fromkeys(p for c in cells if isinstance(c, Mapping) for p in paths(dict(c)))
        if not inner:
            found[name] = cells
        for path in inner:
            if (joined := f"{name}.{path}") not in columns:
                found[joined] = [lookup({name: cell}, joined)[1] for cell in cells]
    return found


def _note_index(
    data: Any, names: Collection[str], wanted: Sequence[str], problems: Problems
) -> bool:
    """Note columns that are in the index of a frame of pandas; tell whether there are any."""
    index = [str(name) for name in getattr(getattr(data, "index", None), "names", None) or ()]
    there = [name for name in wanted if name in index and name not in names]
    if there:
        problems.add(
            f"{shown(there)} {'are' if len(there) > 1 else 'is'} in the index of the data frame",
            where=SOURCE,
            valid=f"one of the columns {shown(names)}" if names else "columns",
            fix="make columns of it by `.reset_index()`",
        )
    return bool(there)


def _open_mapping(
    data: Mapping[Any, Any], columns: Sequence[str] | None, problems: Problems, what: str
) -> Table | None:
    by_name: dict[str, list[Any]] = {}
    for name, values in data.items():
        try:
            # a mapping would be read as its keys alone, and a set has no order
            listed = not isinstance(values, str | bytes | Mapping | Set)
            by_name[str(name)] = list(values if listed else None)  # type: ignore[arg-type]
        except TypeError:
            problems.add(
                f"the column {str(name)!r} is not a list of cells",
                where="data",
                valid='as in {"goal": ["yes", "no"]}',
            )
            return None
    by_name = _with_keys(by_name)
    wanted = tuple(by_name if columns is None else columns)
    if note_whole(wanted, by_name, SOURCE, problems):
        return None
    if not check_columns(list(by_name), wanted, SOURCE, problems):
        return None
    lengths = Counter(len(values) for values in by_name.values())
    if len(lengths) > 1:
        usual = lengths.most_common(1)[0][0]
        odd = {name: len(v) for name, v in by_name.items() if len(v) != usual}
        told = ", ".join(f"{show(name)} has {n:,}" for name, n in odd.items())
        problems.add(
            "columns differ in length",
            where=SOURCE,
            value=told,
            valid=f"a cell of every column in each of {usual:,} rows",
            fix="write an empty text or None for a missing cell",
        )
        return None
    return Table(
        SOURCE, wanted, lambda: batch_rows([by_name[c] for c in wanted], 1), problems, what
    )
