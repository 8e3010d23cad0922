r"""Separated text by a fast parser, after a pass over the bytes that lets only plain text through.

PyArrow reads a stray quote and a NUL byte without a word, skips blank lines and takes a cell that
never ends for the rest of the file. The pass over the bytes leaves it only text in which it cannot
differ from the strict reader: UTF-8 without NUL, lines that end in \n or \r\n, quotes around whole
cells, no line of endless length. Ragged rows it refuses by itself.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.tables.blocks import Block, Kind, Odd, coded, ids, numbers

BLOCK = 1 << 23  # bytes
_LONG = 1 << 16  # bytes without the end of a line
_LONGEST_CELL = 131_072  # characters, of Python's reader
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


class Written(NamedTuple):
    """How a text is written, how many first rows end with its header, and how wide it is."""

    encoding: str
    separator: str
    decimal: str
    above: int
    width: int


class _Plain(NamedTuple):
    """What the pass over the bytes of whole rows found."""

    lines_in_cells: bool
    blank: NDArray[np.bool_] | None  # which rows are blank lines


def text_blocks(
    path: Path, how: Written, places: Sequence[int], kinds: Sequence[Kind | None]
) -> Iterator[Block]:
    """Iterate over the rows below the header, many at a time; raise Odd where it takes care."""
    import pyarrow as pa
    import pyarrow.csv

    separator, width = how.separator, how.width
    if len(separator.encode()) != 1 or separator == "\0":
        raise Odd
    of_kind = {
        "text": pa.dictionary(pa.int32(), pa.string()),
        "number": pa.float64(),
        "id": pa.string(),
    }
    wanted = {str(place): kind for place, kind in zip(places, kinds, strict=True) if kind}
    if len(wanted) < sum(kind is not None for kind in kinds):  # a column with two roles
        raise Odd
    convert = pa.csv.ConvertOptions(
        column_types={name: of_kind[kind] for name, kind in wanted.items()},
        include_columns=list(wanted),
        null_values=[""],
        decimal_point=how.decimal,
    )
    names = [str(place) for place in range(width)]
    row, at_header = how.above + 1, True
    for rows in _whole_rows(path, how.encoding):
        start = _end_of_header(rows, how.above) if at_header else 0
        at_header = False
        plain = _check(rows, start, ord(separator), single=width == 1)
        if start == len(rows):
            continue
        # memory of its own: threads of the parser must not hold an object of Python
        body = pa.allocate_buffer(len(rows) - start)
        np.frombuffer(body, np.uint8)[:] = np.frombuffer(rows, np.uint8)[start:]
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(body),
                read_options=pa.csv.ReadOptions(column_names=names),
                parse_options=pa.csv.ParseOptions(
                    delimiter=separator, newlines_in_values=plain.lines_in_cells
                ),
                convert_options=convert,
            )
        except pa.ArrowException:
            raise Odd from None
        n = table.num_rows if plain.blank is None else len(plain.blank)
        where = np.arange(row, row + n)
        if plain.blank is not None:
            where = where[~plain.blank]
        if len(where) != table.num_rows:
            raise Odd
        row += n
        columns = [
            None if kind is None else _column(table.column(str(place)), kind)
            for place, kind in zip(places, kinds, strict=True)
        ]
        yield Block(where, tuple(columns))


def _column(array: Any, kind: Kind) -> Any:
    if kind == "text":
        return coded(array)
    return ids(array) if kind == "id" else numbers(array, written=True)


def _whole_rows(path: Path, encoding: str) -> Iterator[bytes]:
    """Iterate over the bytes of a file, as UTF-8 and cut where a row ends."""
    plain = encoding in ("utf-8", "utf-8-sig")
    decoder = None if plain else codecs.getincrementaldecoder(encoding)()
    rest = b""
    with path.open("rb", buffering=0) as file:
        if plain and file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        while True:
            raw = file.read(BLOCK)
            last = not raw
            if decoder is not None:
                try:
                    raw = decoder.decode(raw, final=last).encode()
                except UnicodeError:
                    raise Odd from None
            found = rest + raw
            if last:
                found = found.rstrip(b"\r\n") + b"\n" if found.rstrip(b"\r\n") else b""
            end = len(found) if last else _end_of_rows(found)
            rest = found[end:]
            if len(rest) > _LONG:
                raise Odd
            if rows := found[:end]:
                if plain:
                    _check_unicode(rows)
                yield rows
            if last:
                return


def _check_unicode(rows: bytes) -> None:
    if not rows.isascii():
        try:
            rows.decode()
        except UnicodeDecodeError:
            raise Odd from None


def _places(rows: bytes, byte: int) -> NDArray[np.int64]:
    return np.flatnonzero(np.frombuffer(rows, np.uint8) == byte)


def _end_of_rows(text: bytes) -> int:
    """Return the place after the last end of a line that is not inside a quoted cell."""
    end = text.rfind(b"\n")
    if b'"' not in text:
        return end + 1
    quotes = _places(text, _QUOTE)
    while end >= 0 and (before := int(np.searchsorted(quotes, end))) % 2:
        end = text.rfind(b"\n", 0, int(quotes[before - 1]))
    return end + 1


def _end_of_header(rows: bytes, above: int) -> int:
    end = -1
    for _ in range(above):
        start = end + 1
        end = rows.find(b"\n", start)
        # a blank line, or a name with a line break in it
        if rows[start : start + 1] in (b"\n", b"\r") or rows.count(b'"', start, end) % 2 or end < 0:
            raise Odd
    return end + 1


def _check(rows: bytes, start: int, separator: int, *, single: bool) -> _Plain:
    """Raise Odd unless the fast parser reads such bytes as the strict reader does."""
    if rows.startswith(codecs.BOM_UTF8, start):  # which the fast parser would drop
        raise Odd
    if b"\0" in rows or any(
        rows.find(b"\n", at, at + _LONG) < 0 for at in range(0, len(rows) - _LONG, _LONG)
    ):
        raise Odd
    whole = np.frombuffer(rows, np.uint8)
    if b"\r" in rows:
        returns = np.flatnonzero(whole == _RETURN)
        if returns[-1] + 1 == len(rows) or (whole[returns + 1] != _NEWLINE).any():
            raise Odd
    quoted, ends = b'"' in rows, None
    lines_in_cells = False
    if quoted:
        quotes = np.flatnonzero(whole == _QUOTE)
        _check_quotes(whole, quotes, separator)
        ends = np.flatnonzero(whole == _NEWLINE)
        outside = np.searchsorted(quotes, ends) % 2 == 0
        lines_in_cells = not outside.all()
        ends = ends[outside]
        if lines_in_cells and np.diff(ends, prepend=-1).max() > _LONGEST_CELL:
            raise Odd
    if not _may_hold_blank_lines(whole, start, returns=b"\r" in rows):
        return _Plain(lines_in_cells, None)
    if ends is None:
        ends = np.flatnonzero(whole == _NEWLINE)
    ends = ends[ends >= start]
    length = np.diff(ends, prepend=start - 1) - 1
    blank = (length == 0) | ((length == 1) & (whole[ends - 1] == _RETURN))
    if blank.any() and single:
        raise Odd
    return _Plain(lines_in_cells, blank)


def _may_hold_blank_lines(text: NDArray[np.uint8], start: int, *, returns: bool) -> bool:
    ends = text == _NEWLINE
    found = (ends[1:] & ends[:-1]).any()
    if returns:
        found |= (ends[:-1] & (text[1:] == _RETURN)).any()
    return bool(found or (start < len(text) and text[start] in (_NEWLINE, _RETURN)))


def _check_quotes(text: NDArray[np.uint8], quotes: NDArray[np.int64], separator: int) -> None:
    """Raise Odd unless quotes open and close whole cells, or stand twice inside one."""
    if len(quotes) % 2:
        raise Odd
    opening, closing = quotes[::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    begins = (opening == 0) | (before == separator) | (before == _NEWLINE)
    begins[1:] |= opening[1:] == closing[:-1] + 1
    after = text[np.minimum(closing + 1, len(text) - 1)]
    ends = (after == separator) | (after == _NEWLINE) | (after == _RETURN)
    ends[:-1] |= opening[1:] == closing[:-1] + 1
    if not (begins.all() and ends.all()):
        raise Odd
