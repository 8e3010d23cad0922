"""What the page opens: paths and uploads, and what it says of those it cannot."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bayes_misalign.app.opening import FIELDS, begin_table, open_path, open_upload, said
from bayes_misalign.app.work import WRONG, Work
from bayes_misalign.errors import BayesMisalignError, DataError, StudyError
from bayes_misalign.start.roles import Roles
from tests.app import hostile, tables

STUDY = """[problem_area]
name = "vote"
goals = ["Left", "Right", "Green", "Unsure", "Refused"]

[goals]
model = "single-choice"
data = "votes.csv"
goal = "vote"

[conflict]
model = "mutually-exclusive"
"""


def uploaded(folder: Path, *names: str) -> list[tuple[str, Path]]:
    """Return files as Shiny hands them over: by number, with their names apart."""
    found = []
    for i, name in enumerate(names):
        path = folder / f"{i}{Path(name).suffix[:5]}"
        if name.endswith(".toml"):
            path.write_text(STUDY, encoding="utf-8")
        else:
            tables.write(path)
        found.append((name, path))
    return found


def room(folder: Path) -> Path:
    (folder / "room").mkdir()
    return folder / "room"


def test_a_study_is_opened_with_its_tables(tmp_path: Path) -> None:
    work = Work(room(tmp_path))
    work.upload(uploaded(tmp_path, "votes.csv", "mine.toml"))
    assert work.trouble == []
    assert work.result is not None
    assert work.opened is not None
    assert work.opened.name == "mine.toml"
    assert work.result.described.text == STUDY


def test_a_study_whose_table_is_missing_says_which(tmp_path: Path) -> None:
    work = Work(room(tmp_path))
    work.upload(uploaded(tmp_path, "mine.toml"))
    assert work.next_step == WRONG
    assert "votes.csv" in work.trouble[0]
    assert str(tmp_path) not in work.trouble[0]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("a.csv", "b.csv"), "2 files were opened at once"),
        (("a.toml", "b.toml"), "2 files were opened at once"),
        (("a.csv", "x/a.csv"), "two files are called 'a.csv'"),
    ],
)
def test_what_belongs_to_nothing_is_refused(
    tmp_path: Path, names: tuple[str, ...], why: str
) -> None:
    work = Work(room(tmp_path))
    work.upload(uploaded(tmp_path, *names))
    assert why in work.trouble[0]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/votes.csv",
        "..\\..\\votes.csv",
        "/etc/votes.csv",
        ".hidden.csv",
        "~votes.csv",
        f"{hostile.LONG}.csv",
        'a<b>"c|d?*.csv',
        "line\nbreak\x00.csv",
        ".csv",
        "..",
        "",
    ],
)
def test_names_of_uploads_lead_nowhere(tmp_path: Path, name: str) -> None:
    at = room(tmp_path)
    path = tables.write(tmp_path / "0.csv")
    opened = open_upload([(name, path)], at)
    assert opened.path.parent.parent == at
    assert opened.path.is_file()
    assert len(opened.path.name) < 100
    assert not re.search(r"[<>\n\x00/\\]", opened.name)


def test_messages_leave_out_where_uploads_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "0.csv"
    path.write_bytes(b"a,b\n1,2,3\n")
    opened = open_upload([("votes.csv", path)], room(tmp_path))
    with pytest.raises(DataError) as error:
        begin_table(opened)
    lines = said(error.value, opened)
    assert "votes.csv" in lines[0]
    assert "room" not in "".join(lines)


def test_messages_name_fields_in_place_of_flags() -> None:
    lines = said(StudyError("no id. Fix: name it with --id, or leave out --rater and --unknown"))
    assert lines == [
        'no id. Fix: name it with the field "Who it is", or leave out the field "Who labelled" '
        "and --unknown."
    ]


def test_every_role_has_a_field() -> None:
    without = {"counts", "weight_sum", "weight_sq_sum"}  # proposed, or a field where proposed
    assert {field.name for field in fields(Roles)} - set(FIELDS) == without


def test_a_path_that_is_not_there_is_said_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(BayesMisalignError, match="has no study"):
        open_path(tmp_path)
    tables.write(tmp_path / "votes.csv")
    with pytest.raises(DataError, match=r"did you mean 'votes\.csv'"):
        open_path(tmp_path / "vots.csv")
