"""JSON: one object a line, or an array of objects, whose keys are the columns.

A column may lie deeper, as in `answer.goal`: the key goal of the object under the key answer. A
list of one is its element. Arrays are read object by object, so that they need not fit into memory.
Where an object holds a chat, its texts are columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables import lm_eval
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.chats import with_texts
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns
from bayes_misalign.tables.text import encoding_notes, lines, parts, settle_encoding

LOOKED_AT = 100  # objects whose keys a message names
_SPACE = " \t\r\n"
_NEAR_END = 64  # characters: what goes wrong so near to the end of what was read may be cut off
Records = Callable[[Path, str], Iterator[tuple[int, dict[str, Any]]]]


def open_json_lines(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    encoding: str = "utf-8",
    filters: Any = None,
    what: str = "rows",
) -> Table | None:
    r"""Open JSON lines, and check the keys; `filters` are those whose samples count, if stated."""
    return _open(_records, path, columns, problems, encoding, filters, what)


def open_json_array(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    encoding: str = "utf-8",
    filters: Any = None,
    what: str = "rows",
) -> Table | None:
    r"""Open a JSON array of objects, and check the keys; its first object is row 1."""
    return _open(_elements, path, columns, problems, encoding, filters, what)


def _open(
    records: Records,
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    encoding: str,
    filters: Any,
    what: str,
) -> Table | None:
    if (settled := settle_encoding(path, encoding, problems)) is None:
        return None
    wanted, objects = tuple(columns or ()), 0
    open_ones, keys, first = set(wanted), dict[str, None](), dict[str, Any]()
    samples = lm_eval.Seen()

    def looked_at() -> Iterator[tuple[int, dict[str, Any]]]:
        for row, record in records(path, settled):
            if lm_eval.is_sample(record):
                samples.add(record)
            yield row, record

    try:
        for number, (_, record) in enumerate(lm_eval.runs_of(looked_at(), columns)):
            first, objects = first or record, number + 1
            open_ones -= {name for name in open_ones if lookup(record, name)[0]}
            if columns is None or number < LOOKED_AT:
                keys.update(dict.fromkeys(paths(record)))
            if number and columns is not None and not open_ones and not samples.documents:
                break  # a second one tells lines from one object that holds whole columns
    except Damaged as trouble:
        place = f"{path.name}, row {trouble.row}"
        problems.add(trouble.what, where=place, valid=trouble.valid, fix=trouble.fix)
        return None
    wanted = tuple(keys if columns is None else columns)
    if open_ones and note_inside(first, path.name, problems):
        return None
    single = objects == 1 and records is _records  # in an array it would be a row
    if single and columns and note_columns(first, path.name, problems):
        return None
    there = [*keys, *(name for name in dict.fromkeys(wanted) if name not in (*keys, *open_ones))]
    if _note_deeper(keys, wanted, path.name, problems):
        return None
    if not check_columns(there, wanted, path.name, problems):
        return None
    if (said := samples.note(columns or (), filters, path.name, problems)) is None:
        return None
    notes = [*encoding_notes(path, settled), *said]
    read = partial(_rows, records, path, settled, wanted, columns)
    told = lm_eval.ROLES if samples.documents else {}
    return Table(path.name, wanted, read, problems, what, notes, told=told)


def note_inside(record: dict[str, Any], source: str, problems: Problems) -> bool:
    """Note that the rows are in a list inside an object, if they are; tell whether."""
    for key, value in record.items():
        if isinstance(value, list) and len(value) > 1 and all(isinstance(v, dict) for v in value):
            names = ", ".join(list(dict.fromkeys(paths(value[0])))[:8])
            problems.add(
                f"the file is one JSON object, with {len(value):,} objects in a list under "
                f"the key {key!r}",
                where=source,
                valid="an array of objects, or one object a line",
                fix=f"write that list alone to a file, as jq -c '.{key}[]' {source} does, and name "
                f"its columns, which are {names}",
            )
            return True
    return False


def _note_deeper(
    keys: Collection[str], wanted: Sequence[str], source: str, problems: Problems
) -> bool:
    """Note columns that stand for objects, or lie inside of them; tell whether there are any."""
    before = len(problems)
    for name in wanted:
        inside = [key for key in keys if key.startswith(f"{name}.")]
        deeper = [key for key in keys if key.endswith(f".{name}")]
        if name not in keys and (near := inside or deeper):
            what = f"under {show(name)} there are objects" if inside else f"no key is {show(name)}"
            problems.add(
                what,
                where=source,
                valid=f"one of {shown(keys)}",
                fix=f"name the key with those above it, as in {show(near[0])}",
            )
    return len(problems) > before


def note_columns(record: dict[str, Any], source: str, problems: Problems) -> bool:
    """Note that the file is one object with a list, or an object, for each column; tell whether."""
    sizes = {len(v) if isinstance(v, list | dict) else -1 for v in record.values()}
    if len(sizes) > 1 or not sizes - {-1, 0, 1}:
        return False
    if not all(isinstance(v, list) for v in record.values()):
        if any(isinstance(v, list) for v in record.values()):
            return False
        if len({tuple(v) for v in record.values()}) > 1:
            return False
    problems.add(
        f"the file is one JSON object that holds whole columns: {shown(record)}",
        where=source,
        valid="an array of objects, or one object a line",
        fix='write it by rows, as df.to_json("x.jsonl", orient="records", lines=True) does',
    )
    return True


def paths(record: dict[str, Any], above: str = "") -> Iterator[str]:
    """Iterate over the keys of an object; of those that lie deeper, with all above them."""
    for key, value in record.items():
        inner = alone(value)
        if isinstance(inner, dict) and inner:
            yield from paths(inner, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def alone(value: Any) -> Any:
    """Return the element of a list of one, whatever is around it."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value


def lookup(record: dict[str, Any], column: str) -> tuple[bool, Any]:
    """Tell whether an object has a column, and what is in it."""
    if column in record:
        return True, record[column]
    for at, letter in enumerate(column):
        if letter == "." and column[:at] in record:
            inner = alone(record[column[:at]])
            if isinstance(inner, dict):
                is_there, value = lookup(inner, column[at + 1 :])
                if is_there:
                    return True, value
            elif isinstance(inner, list):
                rest = column[at + 1 :]
                found = [lookup(one, rest) for one in inner if isinstance(one, dict)]
                if told := [value for there, value in found if there]:
                    return True, told  # several of them are no single answer
    return False, None


def _records(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    row = 0
    try:
        for row, line in enumerate(lines(path, encoding), start=1):
            if line.strip():
                yield row, with_texts(_record(line, row))
    except Damaged as trouble:
        trouble.row = trouble.row or row + 1
        raise


def _elements(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Iterate over the objects of an array, with as much text in memory as one of them needs."""
    texts = parts(path, encoding)
    decoder = json.JSONDecoder(object_pairs_hook=_only_once)
    text, at, row, ended = "", 0, 0, False

    def more() -> bool:
        nonlocal text, at
        if (part := next(texts, None)) is None:
            return False
        text, at = text[at:] + part, 0
        return True

    def next_sign() -> str:
        nonlocal at
        while True:
            while at < len(text) and text[at] in _SPACE:
                at += 1
            if at < len(text):
                return text[at]
            if not more():
                return ""

    try:
        next_sign()
        at += 1  # the bracket that begins the array
        while True:
            sign = next_sign()
            if (sign == "," and row) or (sign == "]" and not ended):
                ended = sign == "]"
                at += 1
                if ended:
                    break
                sign = next_sign()
            elif row:
                raise Damaged(row + 1, _not_after(sign), valid="a comma, or ] at the end")
            if sign != "{":
                what = "the file ends inside the array" if not sign else "it is not an object"
                raise Damaged(row + 1, what, valid='as in [{"goal": "yes"}, {"goal": "no"}]')
            row += 1
            while True:
                try:
                    record, at = decoder.raw_decode(text, at)
                    break
                except json.JSONDecodeError as trouble:
                    cut = trouble.pos > len(text) - _NEAR_END or "Unterminated" in trouble.msg
                    if not (cut and more()):
                        raise Damaged(
                            row, f"the object is not JSON ({trouble.msg})", valid="JSON"
                        ) from None
            yield row, with_texts(record)
        if sign := next_sign():
            raise Damaged(row, f"after the end of the array there is {sign!r}", valid="one array")
    except _Twice:
        raise Damaged(row, _TWICE, valid="each key once") from None
    except RecursionError:
        raise Damaged(row, "the object has too many brackets inside brackets") from None
    except Damaged as trouble:
        trouble.row = trouble.row or row + 1
        raise


def _not_after(sign: str) -> str:
    return f"after the object before there is {sign!r}" if sign else "the file ends in the array"


_APART = "write a row for each of them, if each is an answer of its own"
_TWICE = "a key is there twice in one object"


class _Twice(ValueError):
    """A key is there twice in one object."""


def _only_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(members)
    if len(record) < len(members):
        raise _Twice
    return record


def _record(line: str, row: int) -> dict[str, Any]:
    try:
        record = json.loads(line, object_pairs_hook=_only_once)
    except _Twice:
        raise Damaged(row, _TWICE, valid="each key once") from None
    except (ValueError, RecursionError) as trouble:
        raise Damaged(row, f"the line is not JSON ({trouble})", valid="one object a line") from None
    if not isinstance(record, dict):
        raise Damaged(row, "the line is not an object", valid='as in {"goal": "yes"}')
    return record


def _rows(
    records: Records,
    path: Path,
    encoding: str,
    columns: tuple[str, ...],
    stated: Sequence[str] | None,
) -> Iterator[Row]:
    return rows_of(lm_eval.runs_of(records(path, encoding), stated), columns)


def rows_of(records: Iterable[tuple[int, dict[str, Any]]], columns: Sequence[str]) -> Iterator[Row]:
    """Yield numbered records as rows of texts, fields in records named from the outside in."""
    for row, record in records:
        cells = []
        for column in columns:
            try:
                cells.append(cell_text(alone(lookup(record, column)[1])))
            except TypeError as trouble:
                what = f"in {column!r}, {trouble}"
                raise Damaged(
                    row, what, valid="a text or a number in each cell", fix=_APART
                ) from None
        yield row, tuple(cells)
