"""Numbers as people write them in tables: read exactly, or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import show

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_LARGEST_COUNT = 2.0**53  # above it, floats skip integers


class NotANumber(ValueError):
    """A cell that is not the number it should be."""

    def __init__(self, what: str, valid: str, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.valid, self.fix = what, valid, fix


def with_point(text: str, decimal: str, name: str) -> str:
    """Return a number that is written with this decimal mark as one with a point."""
    if decimal == ".":
        return text
    if "." in text:
        raise NotANumber(
            f"the {name} holds a point: {show(text)}",
            f"numbers with the decimal mark {decimal!r}, as the study states",
            "write it with this mark and no thousands separator, as in 1234,5",
        )
    return text.replace(decimal, ".")


def parse_number(cell: object, name: str, valid: str) -> float:
    """Return a finite number."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        raise NotANumber(f"the {name} is blank", valid)
    shown = _shown(cell)
    try:
        # Underscores and truth values are numbers to Python, but not to people.
        if isinstance(cell, bool) or "_" in str(cell):
            raise ValueError
        number = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        if isinstance(cell, str) and "," in cell and _is_number(cell.replace(",", "")):
            what = f"the {name} holds a comma: {shown}"
            fix = (  # what could be thousands must not become a decimal mark
                "write no thousands separator, as in 1234.5"
                if _THOUSANDS.fullmatch(cell.strip())
                else 'state decimal = ",", the decimal mark of the table'
            )
            raise NotANumber(what, valid, fix) from None
        raise NotANumber(f"the {name} is not a number: {shown}", valid) from None
    if isnan(number):
        raise NotANumber(f"the {name} is not a number: {shown}", valid)
    if not isfinite(number):
        raise NotANumber(f"the {name} is infinite: {shown}", valid)
    return number


def parse_weight(cell: object, name: str = "weight") -> float:
    """Return a weight, or a sum of weights."""
    number = parse_number(cell, name, "a finite number >= 0")
    if number < 0:
        raise NotANumber(f"the {name} is negative: {_shown(cell)}", "a finite number >= 0")
    return number


def parse_count(cell: object, name: str = "count") -> float:
    """Return a whole number of agents or judgements."""
    valid = "a whole number >= 0"
    number = parse_number(cell, name, valid)
    if number < 0:
        raise NotANumber(f"the {name} is negative: {_shown(cell)}", valid)
    if not number.is_integer():
        raise NotANumber(
            f"the {name} is not whole: {_shown(cell)}",
            valid,
            "give sums of weights in columns of their own, beside the number of agents",
        )
    if number > _LARGEST_COUNT:
        raise NotANumber(f"the {name} is too large: {_shown(cell)}", valid)
    return number


def parse_probability(cell: object, name: str = "conflict") -> float:
    """Return a probability, such as a level of conflict."""
    number = parse_number(cell, name, "a number from 0 to 1")
    if not 0 <= number <= 1:
        raise NotANumber(f"the {name} is outside [0, 1]: {_shown(cell)}", "a number from 0 to 1")
    return number


# Of which numbers each of these would return every one: finite ones, and NaN for a blank cell.
PLAIN: dict[Callable[[object, str], float], Callable[[NDArray[np.float64]], bool]] = {
    parse_weight: lambda found: not (found < 0).any(),
    parse_count: lambda found: (
        not ((found < 0) | (found > _LARGEST_COUNT) | ((found % 1) > 0)).any()
    ),
}


def noted(
    parse: Callable[[Any, str], float], cell: object, name: str, where: str, problems: Problems
) -> float | None:
    """Return the number in a cell, or note why there is none."""
    try:
        return parse(cell, name)
    except NotANumber as trouble:
        problems.add(trouble.what, where=where, valid=trouble.valid, fix=trouble.fix)
        return None


def _shown(cell: object) -> str:
    return show(cell) if isinstance(cell, str) else repr(cell)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
