"""Counted tables that count agents twice, or a thousandth of them, in what the study leaves unread.

A table of counts is small, so that all of its columns are looked at once more, as a person would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bayes_misalign.reading.evidence import Caution
from bayes_misalign.reading.parse_numbers import has_point_groups
from bayes_misalign.reading.totals import is_total
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import Damaged

MOST_ROWS = 20_000  # a longer table is not gone through again


def counted_twice(
    whole: Table | None, used: Sequence[str], counts: Sequence[str]
) -> Iterator[Caution]:
    """Yield that a table of counts has totals in a column that nobody named, or odd numbers.

    `whole` is the table with all its columns, of which the study uses some; `counts` are those of
    numbers of agents.
    """
    if whole is None or whole.lazy is not None:
        return
    try:
        rows = [cells for _, cells in islice(whole.read(), MOST_ROWS + 1)]
    except (Damaged, OSError):
        return
    if not rows or len(rows) > MOST_ROWS:
        return
    for place, name in enumerate(whole.columns):
        cells = [row[place].strip() for row in rows]
        if name in counts:
            yield from _thousands(name, cells)
        elif name not in used:
            yield from _totals(name, cells)


def _totals(name: str, cells: Sequence[str]) -> Iterator[Caution]:
    totals = [text for text in dict.fromkeys(cells) if text and is_total(text)]
    others = {text for text in cells if text and text not in totals}
    if totals and others:
        yield Caution(
            f"rows with {shown(totals)} in the column {show(name)}, which the study does not "
            "name, are counted beside those that they seem to be the total of",
            f"leave either out by where, as {name} not {show(totals[0])}; leave both if they are "
            "different agents",
        )


def _thousands(name: str, cells: Sequence[str]) -> Iterator[Caution]:
    texts = [text for text in cells if text]
    odd = [text for text in texts if has_point_groups(text)]
    if odd and all("." not in text or has_point_groups(text) for text in texts):
        yield Caution(
            f"numbers of agents such as {show(odd[0])} in the column {show(name)} are read as "
            f"{float(odd[0]):g}",
            "write them without a point if it separates thousands, and as whole numbers if not",
        )
