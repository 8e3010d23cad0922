"""Count the encounters of a table by who met whom, as the table names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.yes_no import NO, YES, YesNo
from bayes_misalign.reading.columns import Column, count_column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.tables import Table

COLUMNS = (
    Column("one"),
    Column("other"),
    Column("conflict"),
    count_column("count"),
    count_column("yes", what="number of encounters with conflict"),
    count_column("no", what="number of encounters with no conflict"),
)


@dataclass(frozen=True)
class Meetings:
    """Who met whom, with and without conflict, and where the first of them is written."""

    rows: tuple[tuple[str, str, float, float, str], ...]
    source: str
    notes: tuple[str, ...]
    problems: Problems


def read_meetings(
    table: Table, roles: Mapping[str, str], words: YesNo, problems: Problems
) -> Meetings | None:
    """Return what a table with the columns of `COLUMNS` holds; None if it breaks off."""
    found = DistinctRows(table, roles, COLUMNS, problems)
    if not found.read():
        return None
    counts: dict[tuple[str, str], tuple[list[float], str]] = {}
    names = zip(found.cells("one"), found.cells("other"), found.first, strict=True)
    n, notes = found.sum("n").tolist(), list(table.notes)
    kinds = found.meanings("conflict", words.meaning) if "conflict" in roles else [None] * len(n)
    for d, (one, other, row) in enumerate(names):
        if "conflict" in roles and kinds[d] is None:
            continue
        key = (one.strip(), other.strip())
        both, _ = counts.setdefault(key, ([0.0, 0.0], table.where(row)))
        if (kind := kinds[d]) is not None:
            both[kind] += n[d]
        else:
            both[YES] += float(found.sum("yes")[d])
            both[NO] += float(found.sum("no")[d])
    blank = [not text.strip() for text in found.cells("conflict")]
    if "conflict" in roles and (empty := sum(found.sum("n")[blank])):
        notes.append(
            f"Of {empty:,.0f} encounters in {table.source} nobody saw whether there was "
            "conflict; they are left out."
        )
    rows = tuple(
        (one, other, both[0], both[1], where) for (one, other), (both, where) in counts.items()
    )
    return Meetings(rows, table.source, tuple(notes), problems)
