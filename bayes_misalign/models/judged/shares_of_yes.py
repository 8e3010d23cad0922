"""Numbers of yes that are stated as a part of all judgements of a pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from bayes_misalign.reading.parse_numbers import NotANumber, parse_count, parse_number
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.labels import show

# what rounding hides may be this part of the standard deviation of the number of yes
_MOST_HIDDEN = 0.5
_EDGE = 1e-9


def in_percent(shares: Iterable[Any], decimal: str = ".") -> bool:
    """Tell percentages from shares from 0 to 1: some are above 1, or all are none."""
    found = []
    for share in shares:
        try:
            text = cell_text(share).strip().removesuffix("%")
            found.append(float(text.replace(decimal, ".")))
        except (TypeError, ValueError):
            continue
    return any(number > 1 for number in found)


def part_of(total: float) -> Callable[[object, str], float]:
    """Return what reads a number of judgements that is a part of all."""

    def parse(cell: object, name: str) -> float:
        number = parse_count(cell, name)
        if number > total:
            raise NotANumber(
                f"the {name} is {number:,.0f}, of {total:,.0f} judgements",
                f"a whole number from 0 to {total:,.0f}",
            )
        return number

    return parse


def share_of(total: float, *, percent: bool) -> Callable[[object, str], float]:
    """Return what reads a share of yes, and gives the number of judgements that rounds to it."""
    whole = 100 if percent else 1
    valid = f"a number from 0 to {whole}, as in {35 if percent else 0.35}"

    def parse(cell: object, name: str) -> float:
        text = cell_text(cell).strip().removesuffix("%").rstrip()
        share = parse_number(text, name, valid)
        if not 0 <= share <= whole:
            raise NotANumber(f"the {name} is not from 0 to {whole}: {show(text)}", valid)
        _, dot, digits = text.partition(".")
        # shares are to two digits at least, whose last may be a zero that was dropped
        places = len(digits) if dot else 0
        half = 0.5 * 10.0 ** -(places if percent else max(places, 2))
        low = max(math.ceil((share - half) * total / whole - _EDGE), 0)
        high = min(math.floor((share + half) * total / whole + _EDGE), int(total))
        if low > high:
            raise NotANumber(
                f"{text} {'%' if percent else 'of one'} is no number of {total:,.0f} judgements",
                "the share of a whole number of judgements",
                "correct the share or the number, or give the number of yes",
            )
        p = min(max(share / whole, 1 / (total + 2)), 1 - 1 / (total + 2))
        if (high - low) / math.sqrt(12) > _MOST_HIDDEN * math.sqrt(total * p * (1 - p)):
            raise NotANumber(
                f"{text} {'%' if percent else 'of one'} of {total:,.0f} judgements are {low:,} to "
                f"{high:,}, which rounding hides",
                "a share with more digits, or the number of yes",
            )
        nearest = round(share * total / whole)
        return float(min(max(nearest, low), high))

    return parse
