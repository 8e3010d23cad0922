"""Rows of values as CSV text, which no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

from bayes_misalign.page.safe_text import cell


def csv_text(rows: Iterable[Sequence[Any]], digits: int | None = None) -> str:
    r"""Return rows as CSV text; numbers that are not there are empty cells.

    Numbers have all their digits, or so many significant ones.

    Examples
    --------
    >>> csv_text([["label", "mean"], ["=1+1", 0.5], ["a", None]])
    "label,mean\n'=1+1,0.5\na,\n"
    """
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [_cell(value, digits) for value in row] for row in rows
    )
    return file.getvalue()


def _cell(value: Any, digits: int | None) -> Any:
    if isinstance(value, str):
        return cell(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if digits is not None and not isinstance(value, int):
        return f"{float(value):.{digits}g}"
    # shortest text that reads back as the same number, also for numpy's own kinds
    return value if isinstance(value, int) else repr(float(value)).removesuffix(".0")
