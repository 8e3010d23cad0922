"""A report's last words: who wrote it, and a checksum that tells whether somebody changed it."""

from __future__ import annotations

import hashlib
import os
import re
import struct
from pathlib import Path

_WORDS = "written by bayes-misalign; SHA-256 of what is above: {}"
_TEXT = f"<!-- {_WORDS} -->\n"  # of HTML, Markdown and SVG
_PDF = f"%% {_WORDS}\n"  # readers of PDF leave out what follows the end
_LINES = (_TEXT, _PDF, _WORDS)  # the last is the comment of a ZIP file, as .docx is one
_SUM = "0" * 64
_END_OF_ZIP, _LENGTH_AT = b"PK\x05\x06", 20  # of the record that ends it, and of its comment


def sealed(text: str) -> str:
    """Return a report with the line that tells it from other people's files."""
    return text + _TEXT.format(hashlib.sha256(text.encode()).hexdigest())


def sealed_pdf(data: bytes) -> bytes:
    """Return a PDF with the line that tells it from other people's files."""
    return data + _PDF.format(hashlib.sha256(data).hexdigest()).encode()


def sealed_zip(data: bytes) -> bytes:
    """Return a ZIP file, such as .docx, with a comment that tells it from other people's files."""
    end = data.rindex(_END_OF_ZIP)
    length = struct.pack("<H", len(_WORDS.format(_SUM)))
    data = data[: end + _LENGTH_AT] + length
    return data + _WORDS.format(hashlib.sha256(data).hexdigest()).encode()


def is_sealed(path: Path) -> bool:
    """Return whether a file is a report as this package wrote it: nobody changed it since."""
    if path.is_symlink() or not path.is_file():
        return False
    data_end = path.stat().st_size
    with path.open("rb") as file:
        for line in _LINES:
            length = len(line.format(_SUM))
            start = max(data_end - length, 0)
            file.seek(start, os.SEEK_SET)
            pattern = re.escape(line.format(_SUM)).replace(_SUM, "([0-9a-f]{64})")
            found = re.fullmatch(pattern.encode(), file.read())
            if found is not None:
                file.seek(0)
                return hashlib.sha256(file.read(start)).hexdigest().encode() == found[1]
    return False
