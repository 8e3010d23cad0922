import gzip
import os
import socket
import zipfile
from pathlib import Path

import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.tables import open_table
from tests.readers import read, refused, survey_file


def why_not(data: object, base: Path | None = None) -> str:
    problems = Problems()
    assert open_table(data, ["goal"], problems, base=base) is None
    assert len(problems) == 1
    return str(next(iter(problems)))


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    assert "is empty" in why_not(tmp_path / "a.csv")


@pytest.mark.parametrize("content", [b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_a_character(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert "a.csv: the file is empty" in why_not(tmp_path / "a.csv")


def test_a_missing_file_and_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("goal\nLeft\n")
    text = why_not("survy.csv", base=tmp_path)
    assert "'survy.csv' does not exist" in text
    assert "did you mean 'survey.csv'?" in text


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "does not exist" in why_not(tmp_path / "none" / "a.csv")


def test_an_address_is_not_a_file() -> None:
    assert "download the file" in why_not("https://example.org/a.csv")


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_no_file_has(name: str) -> None:
    assert "is not the name of a file" in why_not(name)


def test_a_directory(tmp_path: Path) -> None:
    assert "is a directory" in why_not(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe" in why_not(tmp_path / "pipe")


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("s")
        assert "is a socket" in why_not("s")


def test_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("gone.csv")
    assert "is a link to a file that is not there" in why_not(tmp_path / "link.csv")


def test_a_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("link.csv")
    assert "cannot be read" in why_not(tmp_path / "link.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(b"goal\nLeft\n", mtime=0), "is a gzip archive"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "the workbook cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (bytes(range(256)) * 4, "is binary, not a table"),
    ],
)
def test_content_that_is_no_table_under_any_name(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    text = why_not(tmp_path / "a.csv")
    assert says in text
    assert "CSV" in text


def test_a_workbook_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.csv", "w") as book:
        book.writestr("xl/workbook.xml", "<x/>")
    assert "save the sheet as CSV" in why_not(tmp_path / "a.csv")


def test_a_compressed_bomb_is_never_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(gzip.compress(b"goal\n" + b"\0" * 50_000_000))
    assert "unpack it first" in why_not(tmp_path / "a.csv")


def test_the_ending_does_not_matter_where_the_content_tells(tmp_path: Path) -> None:
    csv = survey_file(tmp_path, "goal,x\nLeft,1\n", name="a.parquet")
    assert read(csv).n == 1
    lines = survey_file(tmp_path, '{"goal": "Left"}\n', name="b.csv")
    assert read(lines).n == 1


def test_relative_paths_start_at_the_base(tmp_path: Path) -> None:
    survey_file(tmp_path, "goal\nLeft\n")
    table = open_table("a.csv", ["goal"], Problems(), base=tmp_path)
    assert table is not None
    assert table.source == "a.csv"
    assert list(table) == [(2, ("Left",))]


def test_columns_that_are_missing_or_there_twice(tmp_path: Path) -> None:
    text = refused(survey_file(tmp_path, "gaol,weight,x,x\nLeft,1,1,1\n", weight="weihgt"))
    assert "a.csv: 2 columns are called 'x'" in text
    assert "there is no column 'goal'. Valid: one of 'gaol', 'weight'" in text
    assert "did you mean 'weight'?" in text
