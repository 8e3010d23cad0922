"""What rows of answers have in common, however many goals each names: sums of weights, and ids."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from bayes_misalign.reading.columns import Check
from bayes_misalign.reading.distinct_rows import DistinctRows

_ROUNDING = 0.01  # published sums of weights are rounded
_ROUNDED_ID = re.compile(r"\d([.,]\d+)?[eE]\+\d+")
_LOOKED_AT = 100  # rows
AS_TEXT = (
    "export the table anew with ids as text: a spreadsheet program rounded them, as 1.23E+18, so "
    "that different ids became the same"
)


def _no_such_sums(n: Any, total: Any, squares: Any) -> Any:
    # (sum w)^2 / n <= sum w^2 <= (sum w)^2 for any n weights that are not negative.
    too_small = total**2 > n * squares * (1 + _ROUNDING) + _ROUNDING
    return too_small | (squares > total**2 * (1 + _ROUNDING) + _ROUNDING)


SUMS = Check(
    ("count", "weight_sum", "weight_sq_sum"),
    _no_such_sums,
    lambda n, total, squares: (
        f"no {n:g} weights have the sum {total:g} and the sum of squares {squares:g}",
        "(sum of weights)^2 / count <= sum of squares <= (sum of weights)^2",
    ),
)


def _are_rounded(found: DistinctRows) -> bool:
    """Tell whether ids were written as numbers with a power of ten, and so were rounded."""
    if found.table.lazy is not None or "respondent" not in found.place:
        return False
    place = found.place["respondent"]
    cells = [row[place] for _, row in islice(found.table.read(), _LOOKED_AT)]
    return any(_ROUNDED_ID.fullmatch(cell) for cell in cells)


def note_repeated_respondents(found: DistinctRows) -> None:
    """Note respondents who are there twice, within a population where populations are told."""
    if "respondent" not in found.roles:
        return
    waves = "population" in found.roles
    fix = "keep one row of each respondent" + (
        "" if waves else "; name the column of the wave of a panel as population"
    )
    found.note_repeated_ids(
        "respondent",
        f"have the same respondent id{' in the same population' * waves}",
        "{n} rows repeat the respondent id of a row before" + " in their population" * waves,
        f"each respondent once{' in each population, as in each wave of a panel' * waves}",
        AS_TEXT if _are_rounded(found) else fix,
        within="population",
    )
