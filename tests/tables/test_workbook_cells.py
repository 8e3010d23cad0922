"""Errors and formulas in workbooks, which are no empty cells."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.tables.workbook_cells import unread_cells
from tests.readers import read, refused

HEAD = '<worksheet><sheetData><row r="2">{}</row></sheetData></worksheet>'
SHEET = "Data & more"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook with errors and a formula that nothing has worked out, in its second sheet."""
    made = openpyxl.Workbook()
    sheet = made.create_sheet(SHEET)
    for row in (["goal", "n"], ["Left", 3], ["#N/A", 1], ["Right", "=1+1"], [None, "#DIV/0!"]):
        sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_errors_and_formulas_are_found(book: Path) -> None:
    found = {(3, "A"): "#N/A", (4, "B"): "=1+1", (5, "B"): "#DIV/0!"}
    assert unread_cells(book, SHEET) == found
    assert unread_cells(book, "Sheet") == {}
    assert unread_cells(book, "none") == {}


def test_they_are_no_empty_cells(book: Path) -> None:
    text = refused(SingleChoice(book, "goal", sheet=SHEET))
    assert "the label '#N/A' in row 3 is an error value of a spreadsheet" in text
    text = refused(SingleChoice(book, "goal", count="n", sheet=SHEET))
    assert "row 4, column 'n': the count is not a number: '=1+1'" in text
    assert "row 5, column 'n': the count is not a number: '#DIV/0!'" in text
    assert read(SingleChoice(book, "goal", sheet=SHEET, missing=["#N/A"])).n.tolist() == [2]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>', "#N/A"),
        ('<c r="B2"><f>A1&amp;"x"</f></c>', '=A1&"x"'),
        ('<c r="B2"><f>A1</f><v>3</v></c>', None),
        ('<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>', None),  # which is empty
        ('<c r="B2" s="1"/><c r="C2"><v>1</v></c>', None),
        ('<c r="A2" s="1"/><c r="B2" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="B2" t="e"><v>#REF!</v></x>', None),  # is damaged, which its reader says
    ],
)
def test_what_a_cell_says(tmp_path: Path, cell: str, text: str | None) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        sheet = '<sheet name="S" sheetId="1" r:id="rId1"/>'
        made.writestr("xl/workbook.xml", f'<workbook xmlns:r="urn:r">{sheet}</workbook>')
        relation = '<Relationship Id="rId1" Target="/xl/worksheets/s.xml"/>'
        relation = f"<Relationships>{relation}</Relationships>"
        made.writestr("xl/_rels/workbook.xml.rels", relation)
        made.writestr("xl/worksheets/s.xml", HEAD.format(cell))
    assert unread_cells(path, "S") == ({} if text is None else {(2, "B"): text})


def test_other_files_hold_none(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(b"no archive")
    assert unread_cells(path, "S") == {}
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("content.xml", "")
    assert unread_cells(path, "S") == {}
