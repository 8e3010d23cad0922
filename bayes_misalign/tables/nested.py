"""Columns that lie inside of others: `answer.goal` is the field goal of what stands in answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

Fields = Callable[[Any], Iterable[tuple[str, Any]]]
_LOOKED_AT = 1_000  # cells


def flat_names(schema: Iterable[tuple[Any, Any]], fields: Fields) -> dict[str, tuple[Any, ...]]:
    """Return the columns of a schema by name, those inside of structs by their path.

    `fields` are the names and types of the fields of a type, none where it is no struct. A column
    of its own goes before one that lies inside of another.
    """
    plain, found = set[str](), dict[str, tuple[Any, ...]]()
    for name, kind in schema:
        ends = list(_ends((name,), kind, fields))
        plain |= {str(name)} if ends == [(name,)] else set()
        for path in ends:
            joined = ".".join(map(str, path))
            if len(path) == 1 or joined not in plain:
                found[joined] = path
    return found


def _ends(path: tuple[Any, ...], kind: Any, fields: Fields) -> Iterable[tuple[Any, ...]]:
    inner = list(fields(kind))
    for name, own in inner:
        yield from _ends((*path, name), own, fields)
    if not inner:
        yield path


def note_whole(
    wanted: Iterable[str], names: Collection[str], source: str, problems: Problems
) -> bool:
    """Note columns that hold several fields where one is wanted, and tell whether there are any."""
    before = len(problems)
    for column in wanted:
        inner = [name for name in names if name.startswith(f"{column}.")]
        if inner and column not in names:
            problems.add(
                f"the column {show(column)} holds several fields in each cell",
                where=source,
                valid=f"one of {shown(inner)}",
                fix=f"name the field, as in {quoted(inner[0])}",
            )
    return len(problems) > before


def arrow_fields(kind: Any) -> Iterable[tuple[str, Any]]:
    """Return the fields of a type of Arrow."""
    import pyarrow as pa

    return [(field.name, field.type) for field in kind] if pa.types.is_struct(kind) else ()


def arrow_column(batch: Any, path: Sequence[str]) -> Any:
    """Return a column of Arrow data, or a field inside of it."""
    import pyarrow.compute as pc

    column = batch.column(path[0])
    return pc.struct_field(column, list(path[1:])) if len(path) > 1 else column


def with_fields(
    frame: Any, wanted: Sequence[str] | None, source: str, problems: Problems
) -> tuple[Any, dict[str, Any]]:
    """Return a narwhals frame with wanted fields as columns, and what each column is called in it.

    All fields are wanted if `wanted` is None.
    """
    import narwhals as nw

    def fields(kind: Any) -> Iterable[tuple[str, Any]]:
        known = isinstance(kind, nw.Struct)
        return [(field.name, field.dtype) for field in kind.fields] if known else ()

    schema = frame.collect_schema()
    found = flat_names(schema.items(), fields)
    if frame.implementation.is_pandas():
        frame, more = _of_objects(frame, schema, found, wanted)
        found = {name: path for name, path in found.items() if path[0] not in more.values()}
        found |= {name: (name,) for name in more}
    deeper = {n: p for n, p in found.items() if len(p) > 1 and (wanted is None or n in wanted)}
    # a name with a point would be a field again to an engine of SQL
    inside = {name: f"__field_{number}__" for number, name in enumerate(deeper)}
    made = []
    for name, path in deeper.items():
        cell = nw.col(path[0])
        for key in path[1:]:
            cell = cell.struct.field(key)
        made.append(cell.alias(inside[name]))
    try:
        frame = frame.with_columns(*made) if made else frame
    except NotImplementedError:
        problems.add(
            f"fields of {shown(dict.fromkeys(p[0] for p in deeper.values()))} cannot be read from "
            f"a lazy frame of {str(frame.implementation).rpartition('.')[2].title()}",
            where=source,
            valid="columns that hold single values",
            fix="make a column of each field, or give the path of the file in place of the frame",
        )
    return frame, {name: inside.get(name, path[0]) for name, path in found.items()}


def _of_objects(
    frame: Any, schema: Mapping[str, Any], names: Collection[str], wanted: Sequence[str] | None
) -> tuple[Any, dict[str, Any]]:
    """Return a frame of pandas with the keys of mappings in its cells as columns.

    Then the column in which each was.
    """
    from bayes_misalign.tables.json_lines import lookup, paths

    native, more = frame.to_native(), dict[str, Any]()
    columns = dict[str, list[Any]]()
    for name, kind in schema.items():
        if type(kind).__name__ != "Object":
            continue
        cells = native[name].tolist()
        told = [c for c in islice(cells, _LOOKED_AT) if isinstance(c, Mapping)]
        for path in dict.fromkeys(path for cell in told for path in paths(dict(cell))):
            if (joined := f"{name}.{path}") not in names:
                more[joined] = name
                if wanted is None or joined in wanted:
                    columns[joined] = [lookup({str(name): c}, joined)[1] for c in cells]
    if not columns:
        return frame, more
    import narwhals as nw

    return nw.from_native(native.assign(**columns)), more
