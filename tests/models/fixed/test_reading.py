from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.fixed.declaration import Fixed
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure", "None"], not_answers=["Refused"])
LONG = {
    "goal": ["a", "c", "b"],
    "goal_other": ["b", "a", "c"],
    "conflict": ["0.1", "0.2", "0.3"],
}
SQUARE = {
    "": ["c", "a", "b"],
    "a": ["0.2", "0", "0.1"],
    "b": ["0.3", "0.1", ""],
    "c": ["0", "0.2", "0.3"],
}
SOUND: dict[str, Fixed] = {
    "python pairs": Fixed({("a", "b"): 0.1, ("c", "a"): 0.2, ("b", "c"): 0.3}),
    "toml pairs": Fixed(
        [
            {"between": ["b", "a"], "conflict": 0.1},
            {"between": ["a", "c"], "conflict": 0.2},
            {"between": ["b", "c"], "conflict": 0.3},
        ]
    ),
    "both directions": Fixed(
        {("a", "b"): 0.1, ("b", "a"): 0.1, ("a", "c"): 0.2, ("b", "c"): 0.3, ("a", "a"): 0}
    ),
    "matrix": Fixed(matrix=[[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]]),
    "matrix of other order": Fixed(
        matrix=np.array([[np.nan, 0.3, 0.1], [0.3, 0, 0.2], [0.1, 0.2, 0]]), goals=("b", "c", "a")
    ),
    "matrix of a frame": Fixed(
        matrix=pd.DataFrame([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]], columns=["a", "b", "c"])
    ),
    "an array alone": Fixed(np.array([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]])),
    "a frame alone": Fixed(
        pd.DataFrame(
            [[0, 0.3, 0.1], [0.3, 0, 0.2], [0.1, 0.2, 0]], index=list("bca"), columns=list("bca")
        )
    ),
    "a frame of polars alone": Fixed(
        pl.DataFrame({"a": [0, 0.1, 0.2], "b": [0.1, 0, 0.3], "c": [0.2, 0.3, 0]}, strict=False)
    ),
    "long table": Fixed(data=LONG),
    "square table": Fixed(data=SQUARE),
}


@pytest.mark.parametrize("name", SOUND)
def test_every_way_of_stating_levels_gives_the_same(name: str) -> None:
    evidence = read(SOUND[name], AREA)
    assert evidence.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    np.testing.assert_array_equal(evidence.conflict, [0.1, 0.2, 0.3])
    assert evidence.origin == ("data frame" if "table" in name else "stated in the study")


@pytest.mark.parametrize("columns", [LONG, SQUARE], ids=["long", "square"])
def test_files_are_named_as_origin(columns: dict[str, Any], tmp_path: Path) -> None:
    pd.DataFrame(columns).to_csv(tmp_path / "levels.csv", index=False)
    evidence = read(Fixed(data="levels.csv"), AREA, tmp_path)
    assert evidence.origin == "levels.csv"
    np.testing.assert_array_equal(evidence.conflict, [0.1, 0.2, 0.3])


def test_holding_no_goal_may_conflict_too() -> None:
    assert read(Fixed({("Unsure", "b"): 0.4}), AREA).pairs == (("b", "no goal"),)


def test_nothing_but_a_default() -> None:
    assert read(Fixed(unnamed_pairs=0.5), AREA).pairs == ()


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ({("a", "b"): 1.5}, "pairs, 'a' and 'b': the conflict is outside [0, 1]: 1.5"),
        ({("a", "b"): float("nan")}, "the conflict is not a number: nan"),
        ({("a", "b"): None}, "the conflict is blank"),
        ({("a", "a"): 0.5}, "the goal 'a' conflicts with itself at level 0.5"),
        ({("a", "d"): 0.5}, "there is no goal 'd'. Valid: 'a', 'b', 'c', 'Unsure'"),
        ({("a", "B"): 0.5}, "there is no goal 'B'"),
        ({("a", "Refused"): 0.5}, "'Refused' is declared not to be an answer"),
        ({("Unsure", "None"): 0.5}, "'Unsure' and 'None' both mean 'no goal'"),
        ({("a", "b"): 0.1, ("b", "a"): 0.2}, "not the same in both directions: 'a' and 'b'"),
        ({("a", "Unsure"): 0.1, ("a", "None"): 0.1}, "is named twice"),
        ({"ab": 0.5}, "this is not a pair: 'ab'"),
        ({("a", "b", "c"): 0.5}, "is not a pair"),
        ([{"between": ["a", "b"]}], "pairs, entry 1: the conflict is blank"),
        ([{"between": ["a"], "conflict": 1}], "does not name two goals with between"),
        ([{"between": ["a", "b"], "conflct": 1}], "there is no key 'conflct' here"),
        ([{"between": ["a", "b"], "conflct": 1}], "did you mean 'conflict'?"),
        ("a-b", "pairs is 'a-b'"),
        ([0.5], "pairs, entry 1: this does not name two goals with between: 0.5"),
    ],
)
def test_pairs_that_cannot_be(pairs: Any, says: str) -> None:
    assert says in refused(Fixed(pairs), AREA)


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        ([[0, 1], [1, 0]], "the matrix has 2 rows of [2] cells, but there are 3 goals"),
        ([[0, 1, 1], [1, 0], [1, 1, 0]], "cells, but there are 3 goals"),
        (0.5, "the matrix has 0 rows"),
        ([[0, 1, 1], [1, 0, 2], [1, 2, 0]], "outside [0, 1]: 2; so is one more cell, 2. V"),
        ([[0, 1, 1], [1, 0, None], [1, None, 0]], "the conflict is blank in 'b' and 'c'; 'c' and"),
        ([[0, 1, 1], [1, 0.5, 1], [1, 1, 0]], "the goal 'b' conflicts with itself at level 0.5"),
        (
            [[0, 0.1, 1], [0.2, 0, 1], [1, 1, 0]],
            "matrix: the conflict is not the same in both directions: 'a' and 'b': 0.1, 0.2",
        ),
    ],
)
def test_matrices_that_cannot_be(matrix: Any, says: str) -> None:
    assert says in refused(Fixed(matrix=matrix), AREA)


@pytest.mark.parametrize("blank", [None, "", float("nan")])
def test_one_half_of_a_matrix_is_enough(blank: Any) -> None:
    whole = [[0, 0.8, 0.3], [0.8, 0, 0.5], [0.3, 0.5, 0]]
    upper = [[level if i < j else blank for j, level in enumerate(r)] for i, r in enumerate(whole)]
    assert read(Fixed(matrix=upper), AREA) == read(Fixed(matrix=whole), AREA)
    lower = [[level if i > j else blank for j, level in enumerate(r)] for i, r in enumerate(whole)]
    assert read(Fixed(matrix=lower), AREA) == read(Fixed(matrix=whole), AREA)


def test_goals_belong_to_a_matrix() -> None:
    assert "goals are stated without a matrix" in refused(Fixed({}, goals=("a",)), AREA)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"conflict": ["0.1", "0.2", "2"]}, "t.csv, row 4, column 'conflict': the conflict is out"),
        ({"conflict": ["0.1", "0.2", ""]}, "t.csv, row 4, column 'conflict': the conflict is bla"),
        ({"goal": ["a", "a", "b"], "goal_other": ["b", "b", "c"]}, "0.2, and 0.1 in t.csv, row 2"),
        ({"goal": ["a", "b", "b"], "goal_other": ["b", "a", "c"]}, "0.2 in t.csv, row 3, 0.1 in"),
        ({"goal": ["a", "b", "b"], "goal_other": ["b", "b", "c"]}, "row 3, column 'conflict': the"),
        ({"goal": ["a", "c", "bb"]}, "t.csv, row 4: there is no goal 'bb'"),
        ({"goal": ["a", "c", ""]}, "t.csv, row 4: a goal is blank"),
    ],
)
def test_long_tables_that_cannot_be(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    pd.DataFrame(LONG | change).to_csv(tmp_path / "t.csv", index=False)
    assert says in refused(Fixed(data="t.csv"), AREA, tmp_path)


def test_an_unknown_goal_is_named_once() -> None:
    long = {"goal": ["x"] * 50, "goal_other": ["a"] * 50, "conflict": [0.5] * 50}
    assert len(refused(Fixed(data=long), AREA).splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"a": ["0.9", "0", "0.1"]}, "'a' and 'c': 0.2, 0.9"),
        ({"a": ["x", "0", "0.1"]}, "t.csv, row 2, column 'a': the conflict is not a number: 'x'"),
        ({"c": ["0", "", "0.3"], "a": ["", "0", "0.1"]}, "the conflict is blank in row 2, col"),
        ({"b": ["0.3", "0.1", "1"]}, "t.csv, row 4, column 'b': the goal 'b' conflicts with"),
        ({"": ["c", "a", "bb"]}, "t.csv: there is no goal 'bb'"),
        ({"": ["c", "a", "a"]}, "several rows stand for 'a'"),
        ({"Unsure": ["0", "0", "0"]}, "there is no row for 'no goal'"),
    ],
)
def test_square_tables_that_cannot_be(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    pd.DataFrame(SQUARE | change).to_csv(tmp_path / "t.csv", index=False)
    assert says in refused(Fixed(data="t.csv"), AREA, tmp_path)


def test_a_table_that_is_neither_long_nor_square() -> None:
    text = refused(Fixed(data={"goal": ["a"], "other": ["b"], "conflict": ["1"]}), AREA)
    assert "there is no column 'goal_other'" in text


def test_a_matrix_with_other_labels_is_still_one() -> None:
    lower = {"": ["a", "b", "c"], "a": [0, 0.8, 0.3], "b": [0.8, 0, 0.5], "c": [0.3, 0.5, 0]}
    text = refused(Fixed(data=lower), CASE_AREA)
    assert "3 labels are no goals: 'a' (write it as 'A')" in text
    assert "no column" not in text


def test_levels_that_differ_in_late_digits_are_shown_to() -> None:
    odd = [[0, 0.8, 0.3], [0.8000001, 0, 0.5], [0.3, 0.5, 0]]
    assert "'A' and 'B': 0.8, 0.8000001" in refused(Fixed(matrix=odd), CASE_AREA)


def test_only_one_way_at_a_time() -> None:
    assert "pairs and matrix are both stated" in refused(Fixed({}, matrix=[[0]]), AREA)


CASES = Path("tests/data/cases")
CASE_AREA = ProblemArea("x", ["A", "B", "C"])
DISTANCES = [[0, 3, 1], [3, 0, 2], [1, 2, 0]]


def test_one_half_of_a_matrix_stands_for_both(tmp_path: Path) -> None:
    evidence = read(Fixed(data=CASES / "matrix-upper-triangle" / "m.csv"), CASE_AREA)
    np.testing.assert_array_equal(evidence.conflict, [0.8, 0.3, 0.5])
    lower = [[None] * 3, [0.8, None, None], [0.3, 0.5, 0]]
    np.testing.assert_array_equal(read(Fixed(matrix=lower), CASE_AREA).conflict, [0.8, 0.3, 0.5])
    gap = [[0, 0.8, None], [None, 0, 0.5], [None, None, 0]]
    assert "the conflict is blank in 'A' and 'C'; 'C' and 'A'" in refused(
        Fixed(matrix=gap), CASE_AREA
    )
    zeros = np.triu([[0, 0.8, 0.3], [0, 0, 0.5], [0, 0, 0]])
    assert "leave the half of zeros empty" in refused(Fixed(matrix=zeros), CASE_AREA)


def test_distances_need_a_scale() -> None:
    path = CASES / "distances-above-one" / "m.csv"
    text = refused(Fixed(data=path), CASE_AREA)
    assert text.count("\n") == 0
    assert "m.csv, row 2, column 'B': the conflict is outside [0, 1]: '3'; so are 3 more" in text
    assert "if these are distances, state scale=[0, 3] where 3 means full conflict" in text
    assert "or place the goals with Spatial(...)" in text
    third = [1, 1 / 3, 2 / 3]
    evidence = read(Fixed(data=path, scale=(0, 3)), CASE_AREA)
    np.testing.assert_allclose(evidence.conflict, third, atol=1e-12)
    pairs = Fixed({("A", "B"): 3, ("A", "C"): 1, ("C", "B"): 2}, scale=[0, 3])
    np.testing.assert_allclose(read(pairs, CASE_AREA).conflict, third, atol=1e-12)
    off = refused(Fixed(matrix=DISTANCES, scale=(0, 2)), CASE_AREA)
    assert "the conflict is outside [0, 2]: 3; so is one more cell, 3" in off
    assert "Fix" not in off


def test_percentages_are_named_as_such() -> None:
    percent = [[0, 35, 80], [35, 0, 55], [80, 55, 0]]
    text = refused(Fixed(matrix=percent), CASE_AREA)
    assert "Fix: if these are percentages, state scale=[0, 100]" in text
    evidence = read(Fixed(matrix=percent, scale=(0, 100)), CASE_AREA)
    np.testing.assert_allclose(evidence.conflict, [0.35, 0.8, 0.55], atol=1e-12)
    negative = refused(Fixed({("A", "B"): -0.2}), CASE_AREA)
    assert "if these are correlations, state scale=[1, -1]" in negative
    evidence = read(Fixed({("A", "B"): -0.2}, scale=(1, -1)), CASE_AREA)
    np.testing.assert_allclose(evidence.conflict, 0.6)


def test_agreement_is_one_minus_conflict() -> None:
    agreement = [[1, 0.2, 0.7], [0.2, 1, 0.5], [0.7, 0.5, 1]]
    text = refused(Fixed(matrix=agreement), CASE_AREA)
    assert "all 3 goals of the diagonal conflict with themselves at level 1" in text
    assert "state agreement=True if the figures are agreement" in text
    evidence = read(Fixed(matrix=agreement, agreement=True), CASE_AREA)
    np.testing.assert_allclose(evidence.conflict, [0.8, 0.3, 0.5], atol=1e-12)
    percent = Fixed(matrix=np.array(agreement) * 100, agreement=True, scale=(0, 100))
    np.testing.assert_allclose(read(percent, CASE_AREA).conflict, [0.8, 0.3, 0.5], atol=1e-12)
    zeros = [[0, 0.2, 0.7], [0.2, 0, 0.5], [0.7, 0.5, 0]]
    text = refused(Fixed(matrix=zeros, agreement=True), CASE_AREA)
    assert "the goal 'A' conflicts with itself at level 1 (stated: 0). Valid: 1" in text
    long = {"goal": ["A"], "goal_other": ["B"], "conflict": ["0,25"]}
    evidence = read(Fixed(data=long, agreement=True, decimal=","), CASE_AREA)
    np.testing.assert_allclose(evidence.conflict, 0.75, atol=1e-12)


@pytest.mark.parametrize("scale", [(0,), (1, 1), 3, ("a", 1)])
def test_a_scale_is_two_numbers(scale: Any) -> None:
    assert "two different numbers" in refused(Fixed(matrix=DISTANCES, scale=scale), CASE_AREA)


def test_a_matrix_in_python_names_its_goals() -> None:
    cells = [[0.0, 0.5, 0.3], [0.5, 0.0, 0.8], [0.3, 0.8, 0.0]]
    names = ["C", "B", "A"]
    frames: list[Any] = [
        pd.DataFrame(cells, index=names, columns=names),
        pd.DataFrame(cells, columns=names),
        pl.DataFrame(cells, schema=names, orient="row"),
        pl.DataFrame({"goal": names} | dict(zip(names, cells, strict=True))),
        pd.DataFrame(cells[::-1], index=names[::-1], columns=names),
    ]
    for frame in frames:
        evidence = read(Fixed(matrix=frame), CASE_AREA)
        assert evidence.pairs == (("A", "B"), ("A", "C"), ("B", "C"))
        np.testing.assert_array_equal(evidence.conflict, [0.8, 0.3, 0.5])
    by_data = read(Fixed(data=frames[0]), CASE_AREA)
    np.testing.assert_array_equal(by_data.conflict, [0.8, 0.3, 0.5])
    plain = read(Fixed(matrix=pd.DataFrame(cells), goals=names), CASE_AREA)
    np.testing.assert_array_equal(plain.conflict, [0.8, 0.3, 0.5])
    text = refused(Fixed(matrix=frames[0], goals=("A", "B", "C")), CASE_AREA)
    assert "goals are stated, and the matrix names its own" in text
    unknown = pd.DataFrame(cells, columns=["A", "B", "D"])
    assert "there is no goal 'D'" in refused(Fixed(matrix=unknown), CASE_AREA)
