"""The place of an alternative in an order, as a cell says it."""

from __future__ import annotations

from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.tables.labels import show

VALID = "a whole number from 1, for the first; empty for an alternative that was left out"
FIX = 'correct it; or state texts that mean a missing cell, as in `missing = ["NA", "0"]`'


def as_place(text: str) -> int:
    """Return the place that a cell says, 0 where it is empty."""
    if not text.strip():
        return 0
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (number >= 1 and number.is_integer() and number < 2**31):
        raise NotANumber("a place is not a whole number from 1", VALID, FIX, show(text))
    return int(number)
