"""Populations that stand in an order: years, dates, months, quarters, weeks, waves, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

FEWEST = 3  # labels that make an order: two points make no line
_MONTHS, _QUARTERS = 12, 4
# patterns as texts: they are compiled where labels may be in an order
_YEAR = r"[12]\d{3}"
_DATE = r"([12]\d{3})-(\d{2})-(\d{2})"
_MONTH = r"([12]\d{3})-(0[1-9]|1[0-2])"
_QUARTER = r"([12]\d{3})[- ]?Q([1-4])|Q([1-4])[- ]([12]\d{3})"
_WEEK = r"([12]\d{3})-?W(\d{2})"
_NUMBER = r"[+\-−]?(?:0|[1-9]\d*)(?:\.\d+)?"  # 007 is a code, not a number


def _year(label: str) -> float | None:
    return float(label) if re.fullmatch(_YEAR, label) else None


def _date(label: str) -> float | None:
    found = re.fullmatch(_DATE, label)
    return None if found is None else float(date(*map(int, found.groups())).toordinal())


def _month(label: str) -> float | None:
    found = re.fullmatch(_MONTH, label)
    return None if found is None else float(int(found[1]) * _MONTHS + int(found[2]))


def _quarter(label: str) -> float | None:
    found = re.fullmatch(_QUARTER, label)
    if found is None:
        return None
    year, quarter = (found[1], found[2]) if found[1] else (found[4], found[3])
    return float(int(year) * _QUARTERS + int(quarter))


def _week(label: str) -> float | None:
    found = re.fullmatch(_WEEK, label)
    if found is None:
        return None
    return float(date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal())


def _number(label: str) -> float | None:
    return float(label.replace("−", "-")) if re.fullmatch(_NUMBER, label) else None


def _numbered(word: str) -> Callable[[str], float | None]:
    """Return what finds the number behind a word for a time, such as ``wave 2``."""
    pattern = rf"{word}[ _-]?([1-9][0-9]*|0)"

    def place(label: str) -> float | None:
        found = re.fullmatch(pattern, label, re.IGNORECASE)
        return None if found is None else float(found[1])

    return place


TIMES = ("wave", "round", "period", "time", "session", "year", "quarter", "month", "week", "day")
KINDS: tuple[Callable[[str], float | None], ...] = (
    _year,
    _date,
    _month,
    _quarter,
    _week,
    _number,
    *map(_numbered, TIMES),
)


def places_of(labels: Sequence[str], fewest: int = FEWEST) -> tuple[float, ...] | None:
    """Return where labels stand on one axis; None where they are not all of one kind.

    The kinds are years (``1978``), ISO dates (``2019-05-26``), months (``2019-05``), quarters
    (``2019-Q2``, ``Q2 2019``), ISO weeks (``2019-W21``), numbers without leading zeros, and
    numbers behind one word for a time (``wave 2``). Ranges, other words with numbers
    (``district 2``) and mixtures of kinds are names. Two labels at one place make no
    order, and neither do less than the fewest.

    Examples
    --------
    >>> places_of(["1978", "1980", "2012"])
    (1978.0, 1980.0, 2012.0)
    >>> places_of(["wave 1", "wave 2", "wave 4"])
    (1.0, 2.0, 4.0)
    >>> places_of(["district 1", "district 2", "district 3"]) is None
    True
    """
    if len(labels) < fewest:
        return None
    for place in KINDS:
        found = _all(place, labels)
        if found is not None:
            return found if len(set(found)) == len(found) else None
    return None


def _all(place: Callable[[str], float | None], labels: Iterable[str]) -> tuple[float, ...] | None:
    found: list[float] = []
    for label in labels:
        try:
            at = place(label.strip())
        except ValueError:  # no such day or week
            return None
        if at is None:
            return None
        found.append(at)
    return tuple(found)


def in_order(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels in the order of their places, or as they are where they have none.

    Examples
    --------
    >>> in_order(["10", "9", "2.5"])
    ('2.5', '9', '10')
    """
    places = places_of(labels)
    if places is None:
        return tuple(labels)
    return tuple(label for _, label in sorted(zip(places, labels, strict=True)))
