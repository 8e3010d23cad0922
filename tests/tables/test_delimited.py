import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.errors import Problems
from bayes_misalign.tables import open_table
from bayes_misalign.tables.form import TableForm
from tests.readers import read, refused, survey_file


def rows_of(path: Path, **more: str) -> list[tuple[int, tuple[str, ...]]]:
    problems = Problems()
    table = open_table(path, None, problems, form=TableForm(**more))  # type: ignore[arg-type]
    assert table is not None
    rows = list(table)
    assert list(problems) == []
    return rows


def test_a_header_without_rows(tmp_path: Path) -> None:
    assert "a.csv: no responses" in refused(survey_file(tmp_path, "goal,weight\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_mark_themselves(tmp_path: Path, encoding: str) -> None:
    counts = read(survey_file(tmp_path, "goal,é\nLeft,ü\n".encode(encoding)))
    assert counts.n == 1
    wide = encoding.removeprefix("utf-") in ("16", "32")
    assert any("UTF-" in note for note in counts.notes) == wide


def test_another_encoding_is_named_with_offset_row_and_remedy(tmp_path: Path) -> None:
    raw = "goal,x\nLeft,a\nLeft,é\n".encode("cp1252")
    text = refused(survey_file(tmp_path, raw))
    assert f"a.csv, row 3: the byte 0xe9 at offset {raw.index(0xE9)} is not utf-8" in text
    assert "encoding='cp1252'" in text
    assert read(survey_file(tmp_path, raw, encoding="cp1252")).n == 2


def test_the_row_of_a_bad_byte_far_into_the_file(tmp_path: Path) -> None:
    raw = b'goal,x\n"Left","two\nlines"\n' + b"Left,\xc3\xa9\n" * 400_000 + b"Left,\xff\n"
    text = refused(survey_file(tmp_path, raw))
    assert f"row 400003: the byte 0xff at offset {raw.index(0xFF)}" in text


def test_a_character_cut_in_half_at_the_end(tmp_path: Path) -> None:
    raw = "goal\nLeft\né".encode()[:-1]
    assert f"row 3: the byte 0xc3 at offset {len(raw) - 1}" in refused(survey_file(tmp_path, raw))


def test_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    text = refused(survey_file(tmp_path, "goal\nLeft\n", encoding="utf-9"))
    assert "there is no text encoding 'utf-9'" in text


def test_a_nul_character(tmp_path: Path) -> None:
    assert "a.csv, row 3: holds a NUL" in refused(survey_file(tmp_path, "goal\nLeft\nLe\0ft\n"))


def test_another_separator_is_named_not_guessed(tmp_path: Path) -> None:
    raw = "id;goal;weight\n1;Left;0,5\n"
    text = refused(survey_file(tmp_path, raw))
    assert "row 1: the header is separated by semicolon (';'), not by comma" in text
    assert "separator=';'" in text
    assert read(survey_file(tmp_path, raw, separator=";")).n == 1
    text = refused(survey_file(tmp_path, raw, separator=";", weight="weight"))
    assert "row 2, column 'weight': the weight holds a comma: '0,5'" in text


def test_the_ending_tells_tabs_from_commas(tmp_path: Path) -> None:
    assert read(survey_file(tmp_path, "goal\tx\nLeft\t1,5\n", name="a.tsv")).n == 1
    assert "separated by comma" in refused(survey_file(tmp_path, "goal,x\nLeft,1\n", name="b.tsv"))


@pytest.mark.parametrize("separator", ["", ";;", '"', "\n"])
def test_a_separator_is_one_character(tmp_path: Path, separator: str) -> None:
    text = refused(survey_file(tmp_path, "goal\nLeft\n", separator=separator))
    assert "is not one character" in text


@pytest.mark.parametrize(
    ("line", "cells"), [("Left,1,2", 3), ("Left", 1)], ids=["too many", "too few"]
)
def test_rows_that_do_not_fit_the_header(tmp_path: Path, line: str, cells: int) -> None:
    text = refused(survey_file(tmp_path, f"goal,x\nLeft,1\n{line}\nLeft,1\n"))
    assert f"a.csv, row 3: the row has {cells} cells, the header has 2" in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    "rest", ["Left,1\n", 'Left,"1"\n', "x" * 200_000 + "\n"], ids=["end", "next quote", "long"]
)
def test_an_open_quote_is_named_with_the_row_where_it_begins(tmp_path: Path, rest: str) -> None:
    text = refused(survey_file(tmp_path, f'goal,x\nLeft,1\n"Left,1\n{rest}'))
    assert "a.csv, row 3: a quoted cell" in text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends(tmp_path: Path, end: str) -> None:
    text = end.join(["goal,x", "Left,1", '"a\nb",2', ""])
    (tmp_path / "a.csv").write_text(text, newline="")
    assert rows_of(tmp_path / "a.csv") == [(2, ("Left", "1")), (3, ("a\nb", "2"))]


def test_blank_lines_are_missing_cells_only_in_a_single_column(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("goal\nLeft\n\nRight\n\n\n")
    assert rows_of(tmp_path / "one.csv") == [(2, ("Left",)), (3, ("",)), (4, ("Right",))]
    (tmp_path / "two.csv").write_text("goal,x\nLeft,1\n\nRight,2\n")
    assert [row for row, _ in rows_of(tmp_path / "two.csv")] == [2, 4]


def test_a_table_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("goal\nLeft\n")
    table = open_table(tmp_path / "a.csv", ["goal", "goal"], Problems())
    assert table is not None
    assert list(table) == list(table) == [(2, ("Left", "Left"))]


def test_a_very_long_line_is_refused(tmp_path: Path) -> None:
    text = refused(survey_file(tmp_path, "goal\n" + "x" * 10_000_001))
    assert "row 2: a line is longer than 10,000,000 characters" in text


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("goal\nLeft\n")
    table = open_table(tmp_path / "a.csv", ["goal"], problems := Problems())
    assert table is not None
    (tmp_path / "a.csv").unlink()
    assert list(table) == []
    assert "a.csv: cannot be read" in str(next(iter(problems)))


def test_cells_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('goal,x\n007,"1,5"\n True,""\n')
    assert rows_of(path) == [(2, ("007", "1,5")), (3, (" True", ""))]


# Control characters make a file binary, or a label suspicious; line ends and tabs do not.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t"))


@given(
    st.lists(st.tuples(texts, texts).filter(any), min_size=1),
    st.sampled_from([("a.csv", ","), ("a.tsv", "\t"), ("b.txt", ",")]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_is_written_is_read(
    cells: list[tuple[str, str]], name: tuple[str, str], encoding: str
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name[0]
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.writer(file, delimiter=name[1], quoting=csv.QUOTE_ALL)
            writer.writerows([("goal", "x"), *cells])
        assert [found for _, found in rows_of(path)] == cells


def test_another_separator_is_named_before_the_quotes_that_it_displaces(tmp_path: Path) -> None:
    text = 'goal\twhy\n"Left"\t"x"\n'
    said = refused(survey_file(tmp_path, text.encode("utf-16")))
    assert "the header is separated by tab ('\\t'), not by comma" in said
    assert "quoted" not in said
