"""Workbooks of spreadsheet programs (.xlsx, .xls, .xlsb, .ods): one sheet of them is the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables import remedies
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.form import TableForm
from bayes_misalign.tables.header import LOOKED_AT, note_header_elsewhere
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns
from bayes_misalign.tables.workbook_cells import unread_cells

_CORNER = r"\$?([A-Za-z]{1,3})(?:\$?([0-9]{1,7}))?"
_RANGE = re.compile(f"{_CORNER}:{_CORNER}")


def open_workbook(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    form: TableForm,
    what: str = "rows",
) -> Table | None:
    """Open a sheet of a workbook, and check its header."""
    try:
        import python_calamine
    except ImportError:
        problems.add(
            "workbooks are read by python-calamine, which is not installed",
            where=path.name,
            fix='pip install "bayes-misalign[excel]", or save the sheet as CSV',
        )
        return None
    try:
        with python_calamine.load_workbook(path) as book:
            names = book.sheet_names
            if form.sheet is None and len(names) > 1 and columns:
                names = sorted(names, key=lambda name: not _has(book, name, columns))
            if (found := _place(names, form.sheet, path.name, problems)) is None:
                return None
            name, cells = found
            sheet = book.get_sheet_by_name(name)
            whole = _with_errors(_rows_of(sheet), path, name)
            rows = [[_text(cell) for cell in row[cells.columns]] for row in whole]
    except (python_calamine.CalamineError, OSError) as trouble:
        problems.add(
            f"the workbook cannot be read ({_first_line(trouble)})",
            where=path.name,
            valid="a workbook without a password",
            fix="open it and save it again, or save the sheet as CSV",
        )
        return None
    source = path.name if len(book.sheet_names) == 1 else f"{path.name}, sheet {show(name)}"
    numbered = [
        (n, row)
        for n, row in enumerate(rows, 1)
        if n in cells.rows and any(row) and not form.skips(n)
    ]
    if not numbered:
        problems.add(
            "no row of the sheet is left to be the header",
            where=source,
            valid="a header, and rows below it; skip_rows and a range of cells that leave them",
        )
        return None
    header = _trimmed(numbered[0][1])
    wanted = tuple(header if columns is None else columns)
    first = [(n, row) for n, row in numbered if n <= LOOKED_AT]
    if note_header_elsewhere(header, columns or (), first, source, form, problems):
        return None
    if not check_columns(header, wanted, source, problems):
        return None
    places = [header.index(column) for column in wanted]
    read = partial(_rows, numbered, len(header), places)
    return Table(source, wanted, read, problems, what, header=numbered[0][0])


def _has(book: Any, name: str, columns: Sequence[str]) -> bool:
    """Tell whether one of the first rows of a sheet holds the names of all columns."""
    first = islice(_rows_of(book.get_sheet_by_name(name)), LOOKED_AT)
    return any(set(columns) <= set(map(_text, row)) for row in first)


def _rows_of(sheet: Any) -> list[list[Any]]:
    """Return the rows of a sheet, from its first one on, whatever is filled in."""
    return list(sheet.to_python(skip_empty_area=False))


def _with_errors(rows: list[list[Any]], path: Path, name: str) -> list[list[Any]]:
    """Return the rows of a sheet with errors in place of the empty cells that they are read as."""
    for (number, letters), text in unread_cells(path, name).items():
        place = _number_of_column(letters) - 1
        rows += [[] for _ in range(number - len(rows))]  # what is empty at the end is not read
        row = rows[number - 1]
        row += [""] * (place + 1 - len(row))
        if row[place] in ("", None):
            row[place] = text
    return rows


@dataclass(frozen=True)
class _Cells:
    """The part of a sheet that is the table: its rows, from 1, and the places of its columns."""

    rows: range = range(1, 1 << 30)
    columns: slice = slice(None)


def _cells(text: str) -> _Cells | None:
    """Return the cells of a range such as B4:F200 or B:F, given by any two opposite corners."""
    if (found := _RANGE.fullmatch(text)) is None:
        return None
    one, first, other, last = found.groups()
    left, right = sorted(map(_number_of_column, (one, other)))
    if not first and not last:
        return _Cells(columns=slice(left - 1, right))
    if not first or not last:
        return None
    top, bottom = sorted((int(first), int(last)))
    return _Cells(range(top, bottom + 1), slice(left - 1, right)) if top else None


def _number_of_column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _place(
    names: Sequence[str], stated: str | int | None, source: str, problems: Problems
) -> tuple[str, _Cells] | None:
    """Return the sheet and the cells that are meant, or note what is wrong with them."""
    text = stated if isinstance(stated, str) and stated not in names else ""
    before, mark, after = text.rpartition("!")
    before = _unquoted(before)
    cells = _cells(after)
    if cells is None and mark and (before in names or not before):
        example = f"{before or names[0]}!B4:F200"
        problems.add(
            f"{show(after)} is no range of cells",
            where=source,
            valid="two corners, as in B4:F200, or two columns, as in B:F",
            fix=f"state both, as in `sheet = {remedies.quoted(example)}`",
        )
        return None
    if cells is not None:
        stated = before or None
    name = _sheet(names, stated, source, problems, f"!{after}" if cells else "")
    return None if name is None else (name, cells or _Cells())


def _unquoted(name: str) -> str:
    """Return the name of a sheet without the quotes in which spreadsheets write it."""
    within = len(name) > 1 and name[0] == name[-1] == "'"
    return name[1:-1].replace("''", "'") if within else name


def _sheet(
    names: Sequence[str], stated: str | int | None, source: str, problems: Problems, cells: str = ""
) -> str | None:
    """Return the name of the sheet that is meant, or note that it is not said, or not there."""
    valid = "one of " + shown(names)
    if stated is None:
        if len(names) == 1:
            return names[0]
        problems.add(
            f"the workbook has {len(names)} sheets, and the study does not say which",
            where=source,
            valid=valid,
            fix=f"state it, as in `sheet = {remedies.quoted(names[0] + cells)}`" if names else "",
        )
        return None
    if isinstance(stated, int) and not isinstance(stated, bool) and 1 <= stated <= len(names):
        return names[stated - 1]
    if str(stated) in names:
        return str(stated)
    fix = did_you_mean(str(stated), names)
    problems.add(f"there is no sheet {show(str(stated))}", where=source, valid=valid, fix=fix)
    return None


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) and cell.isspace() else cell_text(cell)


def _trimmed(header: Sequence[str]) -> list[str]:
    """Return a header without the empty cells at its end."""
    names = list(header)
    while names and not names[-1]:
        names.pop()
    return names


def _rows(
    numbered: Sequence[tuple[int, Sequence[str]]], width: int, places: Sequence[int]
) -> Iterator[Row]:
    for number, row in islice(numbered, 1, None):
        if any(row[width:]):
            raise Damaged(
                number,
                f"the row has cells beyond the {width} columns of the header",
                valid="a name in the header for every column that is filled in",
                fix="remove what stands beside the table, or name its columns",
            )
        cells = [*row, *[""] * (width - len(row))]
        yield number, tuple(cells[place] for place in places)


def _first_line(trouble: BaseException) -> str:
    return (str(trouble).splitlines() or [type(trouble).__name__])[0]
