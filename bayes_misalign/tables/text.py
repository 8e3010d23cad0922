"""Lines of a text file, decoded, with whatever cannot be text found at its row."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.table import Damaged

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEED_MARK = ("utf-16", "utf-32")
_LONGEST_LINE = 10_000_000  # characters
_PART = 1 << 20  # characters
_UNDECODED = re.compile("[\udc80-\udcff]")


def settle_encoding(path: Path, stated: str, problems: Problems) -> str | None:
    """Return the encoding of a file: that of its byte order mark, else the stated one."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    name = _text_encoding(stated)
    if name is None:
        problems.add(
            f"there is no text encoding {show(stated)}",
            where=path.name,
            valid='"utf-8", "cp1252", "latin-1", "utf-16-le" and the others that Python knows',
        )
    elif name in _NEED_MARK:
        problems.add(
            f"the file does not begin with the byte order mark of {name}",
            where=path.name,
            valid=f'"{name}-le" or "{name}-be", which say the order, or the encoding that it has',
        )
        return None
    return name


def _text_encoding(stated: str) -> str | None:
    """Return Python's name of an encoding of texts; None of anything else that it knows."""
    try:
        # refuses codecs from text to text or bytes to bytes, which `decode` of nothing does not
        io.TextIOWrapper(io.BytesIO(), encoding=stated).read()
        return codecs.lookup(stated).name
    except (LookupError, ValueError, TypeError):
        return None


def encoding_notes(path: Path, encoding: str) -> list[str]:
    """Return what a reader of a report should know about the encoding of a file."""
    if encoding not in ("utf-16", "utf-32"):
        return []
    return [f"{path.name} was read as {encoding.upper()}, by its byte order mark."]


def lines(path: Path, encoding: str) -> Iterator[str]:
    r"""Iterate over the lines of a text file, their ends included."""
    return _texts(path, encoding, by_line=True)


def parts(path: Path, encoding: str) -> Iterator[str]:
    r"""Iterate over parts of a text file, wherever its lines end."""
    return _texts(path, encoding, by_line=False)


def _texts(path: Path, encoding: str, *, by_line: bool) -> Iterator[str]:
    wide = encoding.startswith(("utf-16", "utf-32"))
    with path.open(
        encoding=encoding, errors="strict" if wide else "surrogateescape", newline=""
    ) as file:
        try:
            size = _LONGEST_LINE if by_line else _PART
            for line in iter(partial(file.readline if by_line else file.read, size), ""):
                if not line.isascii() and _UNDECODED.search(line):
                    raise _undecodable(path, encoding)
                if "\0" in line:
                    raise Damaged(0, "holds a NUL character", valid="text")
                if by_line and len(line) == _LONGEST_LINE:
                    raise Damaged(0, f"a line is longer than {_LONGEST_LINE:,} characters")
                yield line
        except (UnicodeError, AssertionError):  # some codecs only assert what they need
            raise _undecodable(path, encoding) from None


def _undecodable(path: Path, encoding: str) -> Damaged:
    # Text files decode in blocks, so that the failing byte is found by a second, exact pass.
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, byte = 0, b""
    with path.open("rb") as file:
        while True:
            chunk = file.read(1 << 20)
            held = bytes(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except (UnicodeError, AssertionError) as trouble:
                if not isinstance(trouble, UnicodeDecodeError):
                    return Damaged(
                        0, f"the text is not {encoding} ({trouble or 'it ends too soon'})"
                    )
                byte = (held + chunk)[trouble.start : trouble.start + 1]
                offset += trouble.start - len(held)
                break
            if not chunk:
                break
            offset += len(chunk)
    return Damaged(
        0,
        f"the byte 0x{byte.hex()} at offset {offset} is not {encoding.removesuffix('-sig')}",
        valid=f"text in {encoding.removesuffix('-sig')}",
        fix='state the encoding of the file, as in `encoding = "cp1252"`',
    )
