"""Comma- and tab-separated text, read strictly: a row that does not fit is never guessed at."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.form import TableForm
from bayes_misalign.tables.header import LOOKED_AT, note_header_elsewhere
from bayes_misalign.tables.plain_text import Written, text_blocks
from bayes_misalign.tables.remedies import quoted
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns
from bayes_misalign.tables.text import encoding_notes, lines, settle_encoding

_TITLES = 30  # rows that may stand above the names of the columns
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


def open_delimited(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    form: TableForm,
    what: str = "rows",
) -> Table | None:
    r"""Open separated text, and check its header."""
    separator = form.separator
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        problems.add(f"the separator {separator!r} is not one character", where=path.name)
        return None
    used = separator or ("\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
    if (settled := settle_encoding(path, form.encoding, problems)) is None:
        return None
    try:
        rows = list(islice(_kept(path, settled, used, form), LOOKED_AT))
    except Damaged as trouble:
        first = _first_line(path, settled) if trouble.row else ""
        if used not in first and not _separator_fits([first], None, used, path.name, problems):
            return None  # quotes are then not where they seem to be
        place = f"{path.name}, row {trouble.row}"
        problems.add(trouble.what, where=place, valid=trouble.valid, fix=trouble.fix)
        return None
    if not rows:
        problems.add(
            "no row is left to be the header",
            where=path.name,
            valid="skip_rows that leave the names of the columns",
        )
        return None
    header = rows[0][1]
    if not _separator_fits(header, columns, used, path.name, problems):
        return None
    wanted = tuple(header if columns is None else columns)
    tell = used in _SEPARATORS and _is_header(*(record for _, record in rows[:2]))
    if note_header_elsewhere(header, columns or (), rows, path.name, form, problems):
        return None
    if not check_columns(header, wanted, path.name, problems, tell=tell):
        return None
    places = [header.index(column) for column in wanted]
    table = Table(
        path.name,
        wanted,
        lambda: _rows(path, settled, used, form, len(header), places),
        problems,
        what,
        decimal=form.decimal,
    )
    table.notes += encoding_notes(path, settled)
    table.size, table.header = path.stat().st_size, rows[0][0]
    above = _rows_above(rows[0][0], form)
    if above is not None:
        how = Written(settled, used, form.decimal, above, len(header))
        table.blocks = partial(text_blocks, path, how, places)
    return table


def _first_line(path: Path, encoding: str) -> str:
    try:
        return next(lines(path, encoding), "").rstrip("\r\n")
    except Damaged:
        return ""


def _records(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    try:
        for record in csv.reader(lines(path, encoding), delimiter=separator, strict=True):
            row += 1
            yield row, record
    except Damaged as trouble:
        trouble.row = row + 1
        raise
    except csv.Error as trouble:
        what = {
            "unexpected end of data": "a quoted cell that begins in this row never ends",
        }.get(str(trouble), f"a quoted cell of this row does not end where it should ({trouble})")
        raise Damaged(
            row + 1, what, valid='quotes in pairs; a quote inside a quoted cell is written ""'
        ) from None


def _kept(
    path: Path, encoding: str, separator: str, form: TableForm
) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the header and the rows below it that are not left out, but for blank lines."""
    for row, record in _records(path, encoding, separator):
        if record and not form.skips(row):
            yield row, record


def _rows_above(header: int, form: TableForm) -> int | None:
    """Return how many first rows are no answers, if all that are left out are among the first."""
    above = max((header, *form.skipped))
    return above if all(n == header or form.skips(n) for n in range(1, above + 1)) else None


def _rows(
    path: Path, encoding: str, separator: str, form: TableForm, width: int, places: list[int]
) -> Iterator[Row]:
    pick: Any = itemgetter(*places) if len(places) > 1 else lambda record: (record[places[0]],)
    records = (found for found in _records(path, encoding, separator) if not form.skips(found[0]))
    next(record for _, record in records if record)
    blank: list[int] = []
    for row, record in records:
        if len(record) == width:
            while blank:
                yield blank.pop(0), ("",)
            yield row, pick(record)
        elif record:
            raise Damaged(
                row,
                f"the row has {len(record)} cells, the header has {width}",
                valid=f"{width} cells in every row",
                fix=_of_width(record, width)
                + (f"; {_no_answer(row, form)}" if sum(map(bool, record)) == 1 else ""),
            )
        elif width == 1:
            # A blank line is how a missing cell of an only column is written; at the end of the
            # file it is just a blank line.
            blank.append(row)


def _of_width(record: Sequence[str], width: int) -> str:
    if len(record) > width and not any(record[width:]):
        return "end the header with separators too, or remove them from the ends of rows"
    return "quote cells that hold the separator, and fill short rows up"


def _no_answer(row: int, form: TableForm) -> str:
    rows = remedies.skip_rows_by_number(sorted({*form.skipped, row}))
    return f"or state {rows} if it is a remark"


def _is_header(names: Sequence[str] = (), row: Sequence[str] = ()) -> bool:
    """Tell whether a first line looks like names of columns: several, over a row that fits them.

    A password file, a key or a log does not; nor does a table whose names are left out.
    """
    texts = [name for name in names if name.strip()]
    return (
        2 <= len(names) == len(row)
        and len(texts) >= len(names) - 1
        and not any(_is_figure(name) for name in texts)
    )


def _is_figure(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _separator_fits(
    header: list[str],
    columns: Sequence[str] | None,
    used: str,
    source: str,
    problems: Problems,
) -> bool:
    if len(header) != 1 or (columns is not None and header[0] in columns):
        return True
    expected = _SEPARATORS.get(used, repr(used))
    for other, name in _SEPARATORS.items():
        if other != used and other in header[0]:
            problems.add(
                f"the header is separated by {name} ({other!r}), not by {expected}",
                where=f"{source}, row 1",
                fix=f"state `separator = {quoted(other)}`"
                + (f"; {remedies.DECIMAL} of numbers" if other == ";" else ""),
            )
            return False
    return True
