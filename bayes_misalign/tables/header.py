"""Headers that are not in the first row: titles above them, or rows of texts below them."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.form import TableForm
from bayes_misalign.tables.labels import show, shown

# what SurveyMonkey writes below the text of a question
_BELOW = frozenset({"response", "open-ended response", "other (please specify)"})
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
    if (second := _second_line(header, wanted, rows, form)) is not None:
        what, fix = second
        problems.add(what, where=source, fix=fix)
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


def _second_line(
    header: Sequence[str],
    wanted: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    form: TableForm,
) -> tuple[str, str] | None:
    """Return what is wrong, and what to do, where the names of columns go on in the row below.

    A question with several columns has its text above the first of them, and the row below says
    what each of them is: it is no answer, and the first column alone is not the question.
    """
    if len(rows) < 2:
        return None
    number, below = rows[1]
    if len(below) < len(header):
        return None
    texts = [cell.strip() for cell in below]
    skipped = remedies.skip_rows_by_number(sorted({*form.skipped, number}))
    if any(texts) and set(map(str.casefold, filter(None, texts))) <= _BELOW:
        return f"row {number} describes the columns, and holds no answers", f"state {skipped}"
    for name in wanted:
        if name not in header or not name.strip():
            continue
        first = list(header).index(name)
        last = first + 1
        while last < len(header) and not header[last].strip():
            last += 1
        nameless = texts[first + 1 : last]
        apart = any(not text for text, told in zip(texts, header, strict=False) if told.strip())
        if nameless and all(nameless) and apart:
            return (
                f"columns without a name stand to the right of {show(name)} ({len(nameless)} of "
                f"them), and row {number} seems to go on with the names of columns: "
                f"{shown(texts[first:last])}",
                f"{remedies.skip_rows(number)} where each column is an option, and name the "
                f"columns by row {number}; state {skipped} if {show(name)} alone holds the answers",
            )
    return None
