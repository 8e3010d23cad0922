"""Counts of answers that stand in the study itself."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.single_choice.declaration import SingleChoice
from tests.readers import read, refused, survey


def test_counts_by_goal_are_those_of_a_table() -> None:
    stated = read(SingleChoice(counts={"Left": 480, "Right": 20, "Unsure": 3, "Refused": 2}))
    table = survey(goal=["Left", "Right", "Unsure", "Refused"], count=[480, 20, 3, 2])
    np.testing.assert_array_equal(stated.counts, [[480, 20, 3]])
    np.testing.assert_array_equal(stated.counts, read(table).counts)
    np.testing.assert_array_equal(stated.not_answers["Refused"], [2])
    assert (stated.populations, stated.source) == (("all",), "stated in the study")


def test_counts_by_population_keep_the_order_of_the_study() -> None:
    counts = {2019: {"Left": 5, "Right": 7}, 2023: {"Left": 3}}
    assert read(SingleChoice(counts=counts)).populations == ("2019", "2023")  # type: ignore[arg-type]
    asked = ("2023", "2019", "2015")
    found = read(SingleChoice(counts=counts, populations=asked))  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.counts, [[3, 0, 0], [5, 7, 0], [0, 0, 0]])


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"counts": {"Left": 43.5}}, "counts, 'Left': the count is not whole: '43.5'"),
        ({"counts": {"Left": -1}}, "counts, 'Left': the count is negative: '-1'"),
        ({"counts": {"Left": [1]}}, "counts, 'Left': the count is not a number: [1]"),
        ({"counts": {"s": {"Left": True}}}, "counts, 's', 'Left': the count is not a number: True"),
        ({"counts": {"Leaft": 1}}, "the label 'Leaft' is in none of the study's lists"),
        ({"counts": {}}, "counts is empty"),
        ({"counts": {"s": {}}}, "counts, 's': nothing is stated of any goal"),
        ({"counts": {"s": {"Left": 1}, "Right": 2}}, "beside tables of populations"),
        ({"counts": {"Left": 1}, "goal": "g"}, "counts and goal are both stated"),
        ({"counts": {"Left": 1}, "data": "a.csv"}, "counts and data are both stated"),
        ({"counts": {"Left": 1}, "populations": ("s",)}, "no column says who belongs to which"),
        ({}, "neither data nor counts is stated"),
        ({"data": {"g": ["Left"]}}, "the key 'goal' is missing"),
    ],
)
def test_what_is_not_a_table_of_counts_is_refused(stated: Any, says: str) -> None:
    assert says in refused(SingleChoice(**stated))


def test_a_mapping_is_no_column_and_its_fix_can_be_obeyed() -> None:
    said = refused(SingleChoice({"goal": {"Left": 480, "Right": 20}}, "goal"))
    assert "the column 'goal' is a table of names, not a list of cells" in said
    assert "write counts={'a': 480, 'b': 20} in place of data" in said
    for column in ({"Left", "Right"}, b"ab"):
        assert "is not a list of cells" in refused(survey(goal=["Left"], count=column))
    # of other models too
    judged = bm.Judged({"goal": {"Left": 1}, "goal_other": ["Right"], "conflict": ["yes"]})
    assert "the column 'goal' is not a list of cells" in refused(judged)


def test_a_study_file_may_state_counts(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(
        '[problem_area]\nname = "vote"\ngoals = ["a", "b"]\n\n[goals]\nmodel = "single-choice"\n'
        "counts = { Hungary = { a = 480, b = 20 }, Poland = { a = 12, b = 30 } }\n\n"
        '[conflict]\nmodel = "mutually-exclusive"\n'
    )
    study = bm.read_study(tmp_path / "study.toml")
    np.testing.assert_array_equal(study.goals.counts, [[480, 20], [12, 30]])


def test_an_unknown_label_stands_in_the_study_and_in_no_row() -> None:
    said = refused(SingleChoice(counts={"Left": 4, "Lefft": 2}))
    assert said.startswith(
        "counts: the label 'Lefft' is in none of the study's lists. Valid: 'Left'"
    )
    said = refused(SingleChoice(counts={"n": {"Left": 4, "x": 2}, "s": {"x": 1, "y": 3}}))
    assert said.startswith(
        "counts: 2 labels are in none of the study's lists: 'x' of 2 populations, the first of "
        "them 'n'; 'y' of 's'."
    )
    said = refused(SingleChoice(counts={"1": 4, "2": 3}))
    assert said.startswith("counts: numbers stand where labels should be: '1', '2'. Valid")
    assert " row" not in said


def test_a_total_among_counts_is_removed_by_hand() -> None:
    said = refused(SingleChoice(counts={"Left": 6, "Right": 4, "Total": 10}))
    assert said.endswith("Fix: leave such rows out.")
