"""Sheets of workbooks, and ranges of their cells."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from tests.readers import read, refused

CELLS: dict[str, Any] = {
    "B2": "A survey of plans",
    "B4": "goal",
    "C4": "n",
    "B5": "Left",
    "C5": 3,
    "B6": "Right",
    "C6": 4,
    "B7": "Total",
    "C7": 7,
    "E4": "see the notes",
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A sheet with a title above the table, totals below it, and a remark beside it."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Data"
    for place, value in CELLS.items():
        sheet[place] = value
    for name in ("It's here", "a!b", "B1"):
        made.create_sheet(name)["A1"] = "goal"
    made["It's here"]["A2"] = "Right"
    made["a!b"]["A2"] = "Left"
    made.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


@pytest.mark.parametrize(
    "sheet", ["Data!B4:C6", "Data!$B$4:$C$6", "'Data'!c6:b4", "Data!B6:C4", "Data!A3:D6"]
)
def test_a_range_is_the_table(book: Path, sheet: str) -> None:
    assert read(SingleChoice(book, "goal", count="n", sheet=sheet)).counts.tolist() == [[3, 4, 0]]


def test_a_range_of_whole_columns(book: Path) -> None:
    stated: Any = {"goal": "goal", "count": "n", "sheet": "Data!B:C", "skip_rows": 3}
    found = read(SingleChoice(book, **stated, where={"goal": {"not": "Total"}}))
    assert found.counts.tolist() == [[3, 4, 0]]
    assert (
        found.notes[0]
        == "One row of a.xlsx, sheet 'Data' is left out, by where = goal not 'Total'."
    )


def test_names_with_the_signs_of_a_range(book: Path) -> None:
    for sheet in ("It's here", "'It''s here'!A1:A2"):
        assert read(SingleChoice(book, "goal", sheet=sheet)).counts.tolist() == [[0, 1, 0]]
    for sheet in ("a!b", "'a!b'!A:A", "a!b!A1:A9"):
        assert read(SingleChoice(book, "goal", sheet=sheet)).counts.tolist() == [[1, 0, 0]]


def test_rows_keep_their_numbers(book: Path) -> None:
    text = refused(SingleChoice(book, "n", sheet="Data!B4:C6"))
    assert "'3', '4', the first in row 5" in text


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ("Data!B4", "'B4' is no range of cells. Valid: two corners, as in B4:F200"),
        ("Data!B4-C6", "'B4-C6' is no range of cells"),
        ("Data!B4:C", "'B4:C' is no range of cells"),
        ("Data!B0:C6", "'B0:C6' is no range of cells"),
        ("!B4-C6", "'B4-C6' is no range of cells"),
        ("Dta!B4:C6", "there is no sheet 'Dta'"),
        ("B4:C6", "has 4 sheets, and the study does not say which"),
        ("Data!Y90:Z99", "no row of the sheet is left to be the header"),
        ("Data!B4:B6", "there is no column 'n'"),
        ("Data!B4:B4", "there is no column 'n'"),
    ],
)
def test_a_bad_range(book: Path, sheet: str, says: str) -> None:
    assert says in refused(SingleChoice(book, "goal", count="n", sheet=sheet))


def test_without_a_range_the_whole_sheet_is_read(book: Path) -> None:
    text = refused(SingleChoice(book, "goal", count="n", sheet="Data"))
    assert "the names of the columns stand in row 4, below a title" in text
