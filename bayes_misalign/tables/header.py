"""Headers that are not in the first row: titles above them, or rows of texts below them."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.form import TableForm

LOOKED_AT = 30  # first rows of a table
_IMPORT_ID = '{"ImportId"'  # in the third row of an export of Qualtrics


def note_header_elsewhere(
    header: Sequence[str],
    wanted: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    source: str,
    form: TableForm,
    problems: Problems,
) -> bool:
    """Note that the header seems to stand in another row, or that texts follow it; tell whether.

    `rows` are the first ones, the header among them, with their numbers.
    """
    for number, cells in rows[1:4]:
        if any(cell.startswith(_IMPORT_ID) for cell in cells):
            below = [n for n, _ in rows[1:] if n <= number]
            skipped = sorted({*form.skipped, *below})
            problems.add(
                f"rows {' and '.join(map(str, below))} describe the columns, and hold no answers",
                where=source,
                fix=f"state {remedies.skip_rows_by_number(skipped)}",
            )
            return True
    missing = [name for name in wanted if name not in header]
    if not missing:
        return False
    for number, cells in rows[1:]:
        if all(name in cells for name in wanted):
            problems.add(
                f"the names of the columns stand in row {number}, below a title",
                where=source,
                fix=remedies.skip_rows(number),
            )
            return True
    return False
