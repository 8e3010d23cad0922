"""JSON lines: one object a line, whose keys are the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns
from bayes_misalign.tables.text import encoding_notes, lines, settle_encoding


def open_json_lines(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    encoding: str = "utf-8",
    what: str = "rows",
) -> Table | None:
    r"""Open JSON lines, and check the keys."""
    if (settled := settle_encoding(path, encoding, problems)) is None:
        return None
    keys: dict[str, None] = {}
    try:
        for _, record in _records(path, settled):
            keys.update(dict.fromkeys(record))
            if columns is not None and all(column in keys for column in columns):
                break
    except Damaged as trouble:
        place = f"{path.name}, row {trouble.row}"
        problems.add(trouble.what, where=place, valid=trouble.valid, fix=trouble.fix)
        return None
    wanted = tuple(keys if columns is None else columns)
    if not check_columns(list(keys), wanted, path.name, problems):
        return None
    notes = encoding_notes(path, settled)
    return Table(path.name, wanted, lambda: _rows(path, settled, wanted), problems, what, notes)


def _records(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    row = 0
    try:
        for row, line in enumerate(lines(path, encoding), start=1):
            if line.strip():
                yield row, _record(line, row)
    except Damaged as trouble:
        trouble.row = trouble.row or row + 1
        raise


def _record(line: str, row: int) -> dict[str, Any]:
    def only_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(members)
        if len(record) < len(members):
            raise Damaged(row, "a key is there twice in one object", valid="each key once")
        return record

    try:
        record = json.loads(line, object_pairs_hook=only_once)
    except (ValueError, RecursionError) as trouble:
        raise Damaged(row, f"the line is not JSON ({trouble})", valid="one object a line") from None
    if not isinstance(record, dict):
        raise Damaged(row, "the line is not an object", valid='as in {"goal": "yes"}')
    return record


def _rows(path: Path, encoding: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for row, record in _records(path, encoding):
        try:
            yield row, tuple(cell_text(record.get(column)) for column in columns)
        except TypeError as trouble:
            raise Damaged(row, str(trouble), valid="a text or a number in each cell") from None
