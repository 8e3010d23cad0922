"""A report's last line: who wrote it, and a checksum that tells whether somebody changed it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

_LINE = "<!-- written by bayes-misalign; SHA-256 of what is above: {} -->\n"
_SEAL = re.compile(_LINE.format("([0-9a-f]{64})").encode())
_LENGTH = len(_LINE.format("0" * 64))


def sealed(text: str) -> str:
    """Return a report with the line that tells it from other people's files."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text + _LINE.format(digest)


def is_sealed(path: Path) -> bool:
    """Return whether a file is a report as this package wrote it: nobody changed it since."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - _LENGTH, 0))
        found = _SEAL.fullmatch(file.read())
        if found is None:
            return False
        file.seek(0)
        return hashlib.sha256(file.read(end - _LENGTH)).hexdigest().encode() == found[1]
