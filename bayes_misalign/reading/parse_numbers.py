"""Numbers as people write them in tables: read exactly, or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.labels import show

_HIDDEN = "<≤>≥~*"  # before small numbers that a source does not tell
_POINT_GROUPS = r"[1-9]\d{0,2}(\.\d{3})+"
_LARGEST_COUNT = 2.0**53  # above it, floats skip integers
_LARGEST_WEIGHT = 1e100  # the squares of larger ones are infinite where they are summed
NOT_WHOLE = (
    "count agents: multiply percentages by the number asked, and round; weights go into a column "
    "of their own"
)
HIDDEN = (
    "write the number that you take it for, such as the middle of what it may be; a row that is "
    "left out would tell of other shares"
)
POINTS = "if the point separates thousands, write 1234 in place of 1.234"
NEGATIVE = (
    "correct the cells, or name the right column; numbers that stand for missing cells are stated "
    'in `missing`, as in `missing = ["-99"]`'
)
INFINITE = "correct the cell"
LARGE = "divide all weights by one number; only their ratios count"
PERCENT = "divide percentages by 100"
SIGN = "write numbers without a sign of percent, and divide percentages by 100"
UNIT = (
    "divide percentages by 100, and distances or other numbers on a longer scale by the largest "
    "that there can be"
)


class NotANumber(ValueError):
    """A cell that is not the number it should be."""

    def __init__(self, what: str, valid: str, fix: str = "", value: str = "") -> None:
        super().__init__(f"{what}: {value}" if value else what)
        self.what, self.valid, self.fix, self.value = what, valid, fix, value


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


def with_decimal(
    parse: Callable[[object, str], float], decimal: str
) -> Callable[[object, str], float]:
    """Return what reads numbers in texts that are written with this decimal mark."""
    if decimal == ".":
        return parse

    def read(cell: object, name: str) -> float:
        return parse(with_point(cell, decimal, name) if isinstance(cell, str) else cell, name)

    return read


def parse_number(cell: object, name: str, valid: str, *, whole: bool = False) -> float:
    """Return a finite number."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        fix = "write 0 where there are none" if whole else ""
        raise NotANumber(f"the {name} is blank", valid, fix)
    shown = _shown(cell)
    try:
        # Underscores and truth values are numbers to Python, but not to people.
        if isinstance(cell, bool) or "_" in str(cell):
            raise ValueError
        number = float(cell)  # type: ignore[arg-type]  # caught below
    except (TypeError, ValueError, OverflowError):
        if isinstance(cell, str) and "," in cell and _is_number(cell.replace(",", "")):
            fix = remedies.comma(cell, whole=whole)
            raise NotANumber(f"the {name} holds a comma", valid, fix, shown) from None
        fix = _missing(cell) or _written_otherwise(cell, whole=whole)
        raise NotANumber(f"the {name} is not a number", valid, fix, shown) from None
    if isnan(number):
        raise NotANumber(f"the {name} is not a number", valid, _missing(cell), shown)
    if not isfinite(number):
        raise NotANumber(f"the {name} is infinite", valid, INFINITE, shown)
    return number


def _written_otherwise(cell: object, *, whole: bool) -> str:
    """Return what to do about a number with a sign of percent, or with groups of digits."""
    text = cell.strip() if isinstance(cell, str) else ""
    if text.endswith("%") and _is_number(text[:-1].replace(",", ".")):
        return NOT_WHOLE if whole else SIGN
    if text.startswith(tuple(_HIDDEN)):
        return HIDDEN
    if text.startswith("="):
        return remedies.FORMULA
    return remedies.GROUPED if remedies.is_grouped(text) else ""


def _missing(cell: object) -> str:
    """Return what to do about a word that stands where there is no number."""
    return remedies.missing(cell) if isinstance(cell, str) and remedies.is_missing(cell) else ""


def parse_weight(cell: object, name: str = "weight") -> float:
    """Return a weight, or a sum of weights."""
    number = parse_number(cell, name, "a finite number >= 0")
    if number < 0:
        valid = "a finite number >= 0"
        raise NotANumber(f"the {name} is negative", valid, NEGATIVE, _shown(cell))
    if number > _LARGEST_WEIGHT and name == "weight":
        raise NotANumber(
            f"the {name} is too large", "a number from 0 to 1e100", LARGE, _shown(cell)
        )
    return number


def parse_count(cell: object, name: str = "count") -> float:
    """Return a whole number of agents or judgements."""
    valid = "a whole number >= 0"
    number = parse_number(cell, name, valid, whole=True)
    if number < 0:
        raise NotANumber(f"the {name} is negative", valid, NEGATIVE, _shown(cell))
    if not number.is_integer():
        fix = f"{POINTS}; {NOT_WHOLE}" if has_point_groups(cell) else NOT_WHOLE
        raise NotANumber(f"the {name} is not whole", valid, fix, _shown(cell))
    if number > _LARGEST_COUNT:
        raise NotANumber(f"the {name} is too large", valid, value=_shown(cell))
    return number


def parse_probability(cell: object, name: str = "conflict") -> float:
    """Return a probability, such as a level of conflict."""
    number = parse_number(cell, name, "a number from 0 to 1")
    if not 0 <= number <= 1:
        fix = "" if number < 0 else UNIT
        valid = "a number from 0 to 1"
        raise NotANumber(f"the {name} is outside [0, 1]", valid, fix, _shown(cell))
    return number


# Of which numbers each of these would return every one: finite ones, and NaN for a blank cell.
PLAIN: dict[Callable[[object, str], float], Callable[[NDArray[np.float64]], bool]] = {
    parse_weight: lambda found: not ((found < 0) | (found > _LARGEST_WEIGHT)).any(),
    parse_count: lambda found: (
        not ((found < 0) | (found > _LARGEST_COUNT) | ((found % 1) > 0)).any()
    ),
}


def noted(
    parse: Callable[[Any, str], float],
    cell: object,
    name: str,
    where: str,
    problems: Problems,
    fix: str = "",
) -> float | None:
    """Return the number in a cell, or note why there is none, with a fix where none is known."""
    try:
        return parse(cell, name)
    except NotANumber as trouble:
        valid, value = trouble.valid, trouble.value
        problems.add(trouble.what, where=where, valid=valid, fix=trouble.fix or fix, value=value)
        return None


def has_point_groups(cell: object) -> bool:
    """Tell whether a text may be a number of thousands, apart by a point."""
    return isinstance(cell, str) and bool(re.fullmatch(_POINT_GROUPS, cell.strip()))


def _shown(cell: object) -> str:
    return show(cell) if isinstance(cell, str) else repr(cell)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
