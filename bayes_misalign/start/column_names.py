"""Words in the names of columns."""

from __future__ import annotations

import re


def words(*names: str) -> re.Pattern[str]:
    """Return what finds any of some words in a name whose words are apart."""
    return re.compile(rf"(?:^|[^a-z])(?:{'|'.join(names)})\d*(?:$|[^a-z])")


def plain_name(name: str) -> str:
    """Return a name in small letters, its words apart."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()
