"""Dates as ISO 8601 writes them, compared to the precision of a limit that a study states."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

_DAY, _MONTH = len("2020-01-31"), len("2020-01")
_ISO = (  # as text, for most tables have no dates
    r"(\d{4}-\d{2}(?:-\d{2})?)"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
)


def iso_day(text: str) -> str | None:
    """Return the date, or the month, of a text; None if it holds none, or there is no such day.

    A time behind a date is left out, and so is its zone: the date is the one that is written.
    """
    found = re.fullmatch(_ISO, text.strip())
    if found is None or (len(found[1]) == _MONTH and found[0] != found[1]):
        return None
    try:
        date.fromisoformat(found[1] if len(found[1]) == _DAY else f"{found[1]}-01")
    except ValueError:
        return None
    return found[1]


def as_limit(value: Any) -> str | None:
    """Return the date, or the month, that a study states; None if it states anything else.

    Examples
    --------
    >>> as_limit("2020-01"), as_limit(date(2020, 1, 31)), as_limit("31.1.2020")
    ('2020-01', '2020-01-31', None)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or len(value) > _DAY:
        return None
    return iso_day(value)
