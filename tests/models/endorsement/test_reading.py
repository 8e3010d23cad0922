"""From tables to counts of kinds of agents, by how strongly they hold the goals."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.endorsement.declaration import Endorsement
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import kinds_of, room_of
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("travel", ["car", "bike"], ["none"], ["refused"])
POINTS = ["no", "a little", "much"]
WIDE = {
    "q_car": ["much", "no", "a little", "no", "", "refused", "much"],
    "q_bike": ["no", "much", "a little", "no", "", "", "no"],
}
EXPECTED = {"car 1": 2, "bike 1": 1, "car 0.5 + bike 0.5": 1, "no goal": 1}


def found(evidence: StrengthCounts, s: int = 0) -> dict[str, float]:
    named = zip(evidence.categories, evidence.counts[s].tolist(), strict=True)
    return {label: n for label, n in named if n}


@pytest.mark.parametrize("form", [dict, pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("columns", ["q_{goal}", {"q_car": "car", "q_bike": "bike"}])
def test_a_column_for_each_goal(form: type, columns: object) -> None:
    evidence = read(Endorsement(form(WIDE), columns=columns, scale=POINTS), AREA)
    assert found(evidence) == EXPECTED
    assert evidence.not_asked.tolist() == [1]
    assert evidence.not_answers["refused"].tolist() == [1]
    assert evidence.goals == ("car", "bike", "no goal")


def test_a_goal_of_an_agent_a_row() -> None:
    data = {
        "id": ["1", "2", "3", "3", "4", "5", "6", "7", "7"],
        "goal": ["car", "bike", "car", "bike", "none", "", "refused", "car", "bike"],
        "how": ["much", "much", "a little", "a little", "", "", "", "much", "no"],
    }
    declared = Endorsement(data, agent="id", goal="goal", strength="how", scale=POINTS)
    evidence = read(declared, AREA)
    assert found(evidence) == EXPECTED
    assert evidence.not_asked.tolist() == [1]
    assert evidence.not_answers["refused"].tolist() == [1]


def test_both_forms_are_read_alike_with_weights_and_populations() -> None:
    wide = {"car": [1, 0.5], "bike": [0, 0.25], "at": ["x", "y"], "w": [0.5, 2.0]}
    long = {
        "id": [1, 2, 2],
        "goal": ["car", "car", "bike"],
        "s": [1, 0.5, 0.25],
        "at": ["x", "y", "y"],
        "w": [0.5, 2.0, 2.0],
    }
    one = read(Endorsement(wide, columns="{goal}", population="at", weight="w"), AREA)
    rows = Endorsement(long, agent="id", goal="goal", strength="s", population="at", weight="w")
    other = read(rows, AREA)
    assert one.categories == other.categories
    for name in ("counts", "weight_sum", "weight_sq_sum"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.weighted
    assert one.populations == ("x", "y")


def test_strengths_of_points_of_numbers_and_of_percentages() -> None:
    area = ProblemArea("x", ["a", "b"])
    stated = {"1": 0.0, "2": 0.2, "3": 1.0}
    evidence = read(Endorsement({"a": [2, 3], "b": [1, 3]}, columns="{goal}", scale=stated), area)
    assert found(evidence) == {"a 0.2": 1, "a 1 + b 1": 1}
    whole = Endorsement({"a": [20, 100], "b": ["80", "0"]}, columns="{goal}", largest=100)
    assert found(read(whole, area)) == {"a 0.2 + b 0.8": 1, "a 1": 1}


def test_empty_cells_mean_what_is_stated() -> None:
    data = {"car": ["0.5", "1"], "bike": ["", "0.5"]}
    held = read(Endorsement(data, columns="{goal}", empty_cell="not held"), AREA)
    assert found(held) == {"car 0.5": 1, "car 1 + bike 0.5": 1}
    assert "taken as not held" in " ".join(held.notes)
    left = read(Endorsement(data, columns="{goal}", empty_cell="left out"), AREA)
    assert found(left) == {"car 1 + bike 0.5": 1}
    assert left.not_asked.tolist() == [1]
    assert "left out" in " ".join(left.notes)
    said = refused(Endorsement(data, columns="{goal}"), AREA)
    assert "1 agent has strengths of some goals and empty cells of others" in said
    nobody = Endorsement({"car": ["", "1"], "bike": ["", "0"]}, columns="{goal}")
    assert read(nobody, AREA).not_asked.tolist() == [1]
    empty = Endorsement(
        {"car": ["", "1"], "bike": ["", "0"]}, columns="{goal}", empty_row="no goal"
    )
    assert found(read(empty, AREA)) == {"car 1": 1, "no goal": 1}


def test_room_for_strengths_that_nobody_stated() -> None:
    assert kinds_of(("a", "b"), [], (0.5, 1.0)).categories == (
        *("a 0.5", "a 1", "b 0.5", "b 1"),
        *("a 0.5 + b 0.5", "a 1 + b 1"),
    )
    assert len(kinds_of(tuple("abcde"), [], (0.5,)).categories) == 31
    assert len(kinds_of(tuple("abcdef"), [], (0.5,)).categories) == 7
    assert room_of([0, 0.25, 0.5, 0.75, 1]) == (0.25, 0.5, 1)
    assert room_of([0, 1]) == (1,)
    assert room_of([]) == (0.166667, 0.5, 0.833333)
    none = read(Endorsement(WIDE, columns="q_{goal}", scale=POINTS, room=False), AREA)
    assert set(none.categories) == set(EXPECTED)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"columns": None}, "neither columns nor agent, goal, strength are stated"),
        ({"columns": None, "goal": "car"}, "goal without agent, strength"),
        ({"goal": "car"}, "columns and goal are both stated"),
        ({"lift": "sum"}, "lift is 'sum'"),
        ({"average": "median"}, "average is 'median'"),
        ({"empty_cell": "x"}, "empty_cell is 'x'"),
        ({"empty_row": "x"}, "empty_row is 'x'"),
        ({"scale": ["1"]}, "scale is"),
        ({"scale": {"1": 2, "0": 0}}, "the point '1' is worth 2"),
        ({"scale": {"1": 0, "0": 0}}, "all points of the scale are worth 0"),
        ({"scale": ["0", "1"], "largest": 100}, "scale and largest are both stated"),
        ({"largest": 0}, "largest is 0"),
        ({"weight_sum": "car"}, "only one of weight_sum and weight_sq_sum"),
    ],
)
def test_what_does_not_go_together(stated: dict[str, object], said: str) -> None:
    declared = {"columns": "{goal}", **stated}
    assert said in refused(Endorsement({"car": [1], "bike": [0]}, **declared), AREA)


@pytest.mark.parametrize(
    ("cell", "stated", "said"),
    [
        ("1.5", {}, "the strength is outside [0, 1]: 1.5 in row 2"),
        ("-1", {}, "the strength is outside [0, 1]: -1"),
        ("much", {}, "the strength is not a number: 'much'"),
        ("0,5", {}, "the strength holds a comma"),
        ("4", {"scale": ["0", "1", "2"]}, "the strength is no point of the scale: '4'"),
        ("mcuh", {"scale": ["0", "1", "much"]}, "did you mean 'much'"),
    ],
)
def test_strengths_that_cannot_be(cell: str, stated: dict[str, object], said: str) -> None:
    data = {"car": ["1", cell], "bike": ["0", "1"]}
    assert said in refused(Endorsement(data, columns="{goal}", **stated), AREA)


def test_all_strengths_zero_is_no_goal_or_refused() -> None:
    data = {"car": [1, 0], "bike": [0, 0]}
    said = refused(Endorsement(data, columns="{goal}"), ProblemArea("x", ["car", "bike"]))
    assert "all strengths are zero of 1 agent, the first in row 2" in said
    assert "no_goal=['none of these'] under [problem_area]" in said


def test_the_same_goal_of_an_agent_twice_and_unknown_goals() -> None:
    data = {"id": [1, 1, 2], "g": ["car", "car", "bkie"], "s": [1, 1, 1]}
    said = refused(Endorsement(data, agent="id", goal="g", strength="s"), AREA)
    assert "are about the same goal of the same agent" in said
    assert "did you mean 'bike'" in said


def test_columns_that_are_no_goals_or_twice() -> None:
    two = {"x": [1], "y": [0], "z": [1]}
    said = refused(Endorsement(two, columns={"x": "car", "y": "car", "z": "bike"}), AREA)
    assert "are both about the goal 'car'" in said
    said = refused(Endorsement(two, columns={"x": "car"}), AREA)
    assert "no column is about the goal 'bike'" in said


def test_a_scale_of_an_spss_file(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    labels = {1.0: "no", 2.0: "a little", 3.0: "much"}
    frame = pd.DataFrame({"q_1": [1.0, 3.0, 2.0], "q_2": [3.0, 1.0, 2.0]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"q_1": labels, "q_2": labels})
    declared = Endorsement(path, columns={"q_1": "car", "q_2": "bike"}, scale=POINTS)
    assert found(read(declared, AREA)) == {"car 1": 1, "bike 1": 1, "car 0.5 + bike 0.5": 1}
