"""Problems of a whole column, noted once: too many different texts, or empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from bayes_misalign.errors import Problems
from bayes_misalign.tables import Table, remedies

ROWS_NAMED = 5
_LOOKED_AT = 10_000  # rows


def note_too_many(
    role: str, what: str, most: int, where: str, problems: Problems, fix: str = ""
) -> None:
    """Note a column that holds more different texts than a study can mean."""
    problems.add(
        f"there are more than {most} different {what} that the study does not name; "
        "the column seems to hold ids, numbers or free text",
        where=where,
        valid=f"a column that names the {role} of each agent",
        fix=f"name the right column, or sort its values into {what} first"
        + (f"; or {fix}" if fix else ""),
    )


def note_empty(
    what: str,
    number: int,
    rows: Sequence[int],
    where: str,
    problems: Problems,
    valid: str,
    fix: str = "",
    column: str = "",
) -> None:
    """Note the rows in which a cell is empty that must not be.

    `column` is the one by which a study can leave such rows out, if it can.
    """
    if not number:
        return
    named = rows[:ROWS_NAMED]
    first, more = ", ".join(map(str, named)), number > len(named)
    places = (f", the first of them {first}" if more else f": {first}") if named else ""
    problems.add(
        f"the {what} is empty in 1 row{places}",
        where=where,
        several=f"the {what} is empty in {{n}} rows{places}",
        number=number,
        valid=valid,
        fix=fix or (remedies.where_told(column) if column else ""),
    )


def gap_fix(table: Table, role: str, place: int, fix: str) -> str:
    """Return what to do about empty cells: of populations they may be those below merged ones."""
    merged = role == "population" and table.lazy is None and _is_merged(table, place)
    return remedies.MERGED if merged else fix


def _is_merged(table: Table, place: int) -> bool:
    """Tell whether a column looks as of merged cells: each name once, above empty cells."""
    cells = [row[place].strip() for _, row in islice(table.read(), _LOOKED_AT)]
    names = [text for text in cells if text]
    below = len(cells) - len(names)
    return bool(names) and bool(cells[0]) and below > 0 and len(set(names)) == len(names)
