"""Versions of installed distributions, without parsing all that each says of itself.

`importlib.metadata` imports the package for e-mail and parses whole descriptions. The version
stands in the name of the folder that an installer makes, and in nothing else that is as short.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

MISSING = "not installed"
_FOLDER = re.compile(r"(.+)-([^-]+)\.dist-info")


def installed(name: str) -> str:
    """Return the version of a distribution, or that it is not installed."""
    found = _folders().get(_plain(name))
    if found is not None:
        return found
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return MISSING


@cache
def _folders() -> dict[str, str]:
    """Return the versions in names of folders, those that come first on Python's path."""
    found: dict[str, str] = {}
    for place in sys.path:
        with suppress(OSError):  # a place that is not there, or an archive
            for entry in Path(place).iterdir():
                if match := _FOLDER.fullmatch(entry.name):
                    found.setdefault(_plain(match[1]), match[2])
    return found


def _plain(name: str) -> str:
    """Return a name as PEP 503 compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()
