"""Tables whose agents may hold several goals: which model is proposed, and what is said of it."""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bayes_misalign.app.opening import Opened, begin_table, read_table
from bayes_misalign.app.parts import columns_form
from bayes_misalign.start.begin import Stated, begin
from bayes_misalign.start.look import look
from bayes_misalign.start.roles import propose
from bayes_misalign.start.shape import shape_of
from tests.test_cli import Run

AGENTS = 60
TICKS = [[i % 2, int(i % 3 == 0), int(i % 5 == 0)] for i in range(AGENTS)]
POINTS = [[1 + i % 5, 1 + i % 4, 1 + (i * i) % 5] for i in range(AGENTS)]
ORDERS = [((1, 2, 3), (2, 3, 1), (3, 1, 2), (2, 1, 3))[i % 4] for i in range(AGENTS)]
GOALS = ("car", "bike", "bus")
IMPORTANT = ("Not at all important", "Slightly important", "Very important", "Extremely important")
AGREE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
MARKED = {"q5_car": "car", "q5_bike": "bike", "q5_bus": "bus"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys, monkeypatch)


def write(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with Path("t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def begun(run: Run, *flags: str) -> tuple[dict[str, Any], str]:
    """The study that is proposed for the table, which must be sound, and what is said of it."""
    status, out, err = run("init", "t.csv", "--yes", "--force", *flags)
    assert status == 0, err + out
    return tomllib.loads(Path("study.toml").read_text(encoding="utf-8")), " ".join(out.split())


def named(rows: Sequence[Sequence[Any]], of: Any = str) -> list[list[Any]]:
    return [[i + 1, ("north", "south")[i % 2], *map(of, row)] for i, row in enumerate(rows)]


HEADER = ("id", "region", "q5_car", "q5_bike", "q5_bus")


def test_ticks(run: Run) -> None:
    write(HEADER, named(TICKS))
    study, said = begun(run)
    assert study["goals"] == {
        "model": "multi-select",
        "data": "t.csv",
        "columns": MARKED,
        "population": "region",
        "respondent": "id",
    }
    assert study["problem_area"]["no_goal"] == ["none of these"]  # which some agents hold
    assert "each say whether an agent holds a goal: model multi-select" in said
    assert "n_eff" in said  # so that the study was read


@pytest.mark.parametrize(
    ("header", "of"),
    [
        (("id", "region", "G1[car]", "G1[bike]", "G1[bus]"), lambda x: "Y" if x else ""),
        (("id", "region", "Q5 (car)", "Q5 (bike)", "Q5 (bus)"), lambda x: "Yes" if x else "No"),
        (("id", "region", *GOALS), lambda x: "TRUE" if x else "FALSE"),
        (("id", "region", "uses.car", "uses.bike", "uses.bus"), lambda x: "x" if x else ""),
    ],
)
def test_ticks_as_programs_write_them(run: Run, header: Sequence[str], of: Any) -> None:
    write(header, named(TICKS, of))
    study, _ = begun(run)
    assert study["goals"]["model"] == "multi-select"
    assert sorted(study["problem_area"]["goals"]) == sorted(GOALS)


def test_options_that_say_themselves(run: Run) -> None:
    rows = [[goal if x else "" for goal, x in zip(GOALS, row, strict=True)] for row in TICKS]
    write(("id", "region", "Q5_1", "Q5_2", "Q5_3"), named(rows))
    study, said = begun(run)
    assert study["goals"]["columns"] == {"Q5_1": "car", "Q5_2": "bike", "Q5_3": "bus"}
    assert "without any mark" in said


def test_what_some_wrote_in_and_none_of_these_are_no_goals(run: Run) -> None:
    rows = [
        [*row, int(not any(row)), "scooter" if i % 9 == 0 else ""] for i, row in enumerate(TICKS)
    ]
    write((*HEADER, "q5_none", "q5_other"), named(rows))
    study, said = begun(run)
    assert study["goals"]["columns"] == {**MARKED, "q5_none": "none"}
    assert study["problem_area"]["no_goal"] == ["none"]
    assert "Not used: the column 'q5_other'" in said


def test_several_goals_in_a_cell(run: Run) -> None:
    cells = [
        ["; ".join(g for g, x in zip(GOALS, row, strict=True) if x) or "None of these"]
        for row in TICKS
    ]
    write(("id", "region", "uses"), named(cells))
    study, said = begun(run)
    assert study["goals"]["goal"] == "uses"
    assert study["goals"]["split"] == ";"
    assert sorted(study["problem_area"]["goals"]) == sorted(GOALS)
    assert study["problem_area"]["no_goal"] == ["None of these"]
    assert "Look at this: A cell such as" in said
    write(
        ("id", "vote"), [[i, ("Left, Green", "Left, Red", "Right")[i % 3]] for i in range(AGENTS)]
    )
    assert begun(run)[0]["goals"]["model"] == "single-choice"  # names of parties


def test_points_of_a_scale(run: Run) -> None:
    write(HEADER, named(POINTS))
    study, said = begun(run)
    assert study["goals"]["model"] == "endorsement"
    assert study["goals"]["scale"] == ["1", "2", "3", "4", "5"]
    assert study["goals"]["columns"] == MARKED
    assert "if low points mean being against a goal, that is another goal" in said


@pytest.mark.parametrize(
    ("of", "key", "value"),
    [
        (lambda x: IMPORTANT[min(x, 4) - 1], "scale", list(IMPORTANT)),
        (lambda x: x * 20, "largest", 100),
        (lambda x: x / 5, "largest", None),
    ],
)
def test_other_scales(run: Run, of: Any, key: str, value: Any) -> None:
    write(HEADER, named(POINTS, of))
    study, _ = begun(run)
    assert study["goals"]["model"] == "endorsement"
    assert study["goals"].get(key) == value


def test_who_does_not_agree_does_not_hold_a_goal(run: Run) -> None:
    rows = named(POINTS, lambda x: AGREE[x - 1])
    rows[3][2], rows[4][3] = "Don't know", ""
    write(HEADER, rows)
    study, said = begun(run)
    worth = {text: x for text, x in study["goals"]["scale"].items() if x}
    assert worth == {"Agree": 0.67, "Strongly agree": 1.0}
    assert study["goals"]["empty_cell"] == "left out"
    assert study["problem_area"]["not_answers"] == ["Don't know"]
    assert "to be against it is another goal" in said


def test_places(run: Run) -> None:
    write(HEADER, named(ORDERS))
    study, said = begun(run)
    assert study["goals"]["model"] == "ranked"
    assert study["goals"]["columns"] == MARKED
    assert "place of a goal in an agent's order: model ranked" in said
    write(HEADER, named(ORDERS, lambda x: x if x < 3 else ""))
    assert begun(run)[0]["goals"]["model"] == "ranked"


QUESTION = "Put these in order: - "
CODED = ("id", "region", "Q3_1", "Q3_2", "Q3_3")


@pytest.mark.parametrize(
    ("below", "goals"),
    [
        ([QUESTION + goal for goal in GOALS], GOALS),
        (
            ["Rank - a - car", "Rank - a - bike", "Rank - b - bus"],
            ("a - car", "a - bike", "b - bus"),
        ),
        (list(GOALS), GOALS),
        ([QUESTION] * 3, CODED[2:]),  # which says nothing of each
        ([QUESTION + "x" * 100, QUESTION + "bike", QUESTION + "bus"], CODED[2:]),
    ],
)
def test_codes_are_called_what_the_row_below_the_header_says(
    run: Run, below: list[str], goals: tuple[str, ...]
) -> None:
    ids = [f'{{"ImportId":"QID{i}"}}' for i in range(5)]
    write(CODED, [["Number", "Region", *below], ids, *named(ORDERS)])
    study, _ = begun(run)
    assert study["goals"]["columns"] == dict(zip(CODED[2:], goals, strict=True))
    assert study["goals"]["skip_rows"] == [2, 3]


def test_codes_are_called_what_a_file_of_spss_says(run: Run) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(named(ORDERS, float), columns=CODED)
    labels = ["", "Region", *(QUESTION + goal for goal in GOALS)]
    pyreadstat.write_sav(frame, "t.sav", column_labels=labels)
    assert run("init", "t.sav", "--yes")[0] == 0
    study = tomllib.loads(Path("study.toml").read_text(encoding="utf-8"))
    assert study["goals"]["columns"] == dict(zip(CODED[2:], GOALS, strict=True))


def test_orders_in_a_cell(run: Run) -> None:
    cells = [" > ".join(g for _, g in sorted(zip(x, GOALS, strict=True))) for x in ORDERS]
    write(("voter", "ballot"), [[i, cell] for i, cell in enumerate(cells)])
    study, _ = begun(run)
    assert study["goals"]["model"] == "ranked"
    assert study["goals"]["order"] == "ballot"


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (("who", "A_B", "A_C", "B_C"), POINTS),  # ratings of pairs
        (("id", "Q1_a", "Q1_b", "Q2_a"), POINTS),  # two questions
        (("id", "age", "rooms", "children"), [[20 + i, i % 7, i % 3] for i in range(AGENTS)]),
        (("item", "r1", "r2", "r3"), [("A", "B", "A"), ("B", "A", "B")] * 30),
    ],
)
def test_what_has_no_such_form_is_not_guessed(
    run: Run, header: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    write(header, [[f"x{i}", *row] for i, row in enumerate(rows)])
    status, _, err = run("init", "t.csv", "--yes")
    assert status == 2
    assert "cannot be told" in err


def test_a_column_of_goals_goes_before_ticks(run: Run) -> None:
    rows = [[i, ("Left", "Right", "Green")[i % 3], *TICKS[i]] for i in range(AGENTS)]
    write(("id", "vote", "female", "urban", "employed"), rows)
    assert begun(run)[0]["goals"]["goal"] == "vote"


def test_columns_are_named_by_flags(run: Run) -> None:
    rows = [[i, ("Left", "Right", "Green")[i % 3], *TICKS[i]] for i in range(AGENTS)]
    write(("id", "vote", "q5_car", "q5_bike", "q5_bus"), rows)
    study, _ = begun(run, "--several", "q5_*")
    assert study["goals"]["columns"] == MARKED
    status, _, err = run("init", "t.csv", "--several", "vote", "--exclusive", "--force")
    assert status == 2
    assert "hold neither ticks, places nor strengths" in err
    assert begun(run, "--goal", "vote")[0]["goals"]["goal"] == "vote"  # as the message says


def test_no_columns_of_several_goals(run: Run) -> None:
    write(HEADER, named(TICKS))
    looked = look("t.csv")
    found = propose(looked, None, ["several"], shape_of(looked))
    assert found.roles.several == ()
    assert propose(looked, shape=shape_of(looked)).roles.several == tuple(MARKED)


def test_the_page_proposes_the_same(run: Run) -> None:
    write(HEADER, named(TICKS))
    beginning = begin_table(Opened(Path("t.csv"), "t.csv", is_study=False))
    roles = beginning.proposed.roles
    assert roles.several == tuple(MARKED)
    answers = beginning.answers(roles)
    assert answers.no_goal == ("none of these",)
    base = read_table(beginning, roles, answers.no_goal, answers.not_answers, "travel")
    assert base.study.goals.model == "multi-select"
    assert base.study.goals.populations == ("north", "south")
    fewer = read_table(beginning, replace(roles, several=("q5_car", "q5_bike")), [], [], "travel")
    assert fewer.study.goals.goals[:2] == ("car", "bike")


def test_the_page_has_a_box_for_each_column(run: Run) -> None:
    write(HEADER, named(TICKS))
    html = str(columns_form(begin_table(Opened(Path("t.csv"), "t.csv", is_study=False))))
    assert "each say whether an agent holds a goal" in html
    for name in MARKED:
        assert f'value="{name}"' in html


@pytest.mark.parametrize("typed", ["y", "n"])
def test_who_is_asked_may_say_no(run: Run, typed: str) -> None:
    write(HEADER, named(TICKS))
    asked: list[str] = []

    def ask(question: str, proposal: str) -> str:
        asked.append(question)
        if "look like columns" in question:
            return typed
        return "q5_car" if question.startswith("Which column holds the goal") else proposal

    draft = begin("t.csv", Stated(), proposals=False, ask=ask, tell=lambda text: None)
    of_goal = any(question.startswith("Which column holds the goal") for question in asked)
    assert of_goal is (typed == "n")
    assert draft.roles.several == (tuple(MARKED) if typed == "y" else ())
    assert draft.roles.goal == (None if typed == "y" else "q5_car")
