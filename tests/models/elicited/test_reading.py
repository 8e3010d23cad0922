from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"])
CSV = """goal,goal_other,low,high,probability,mean,strength
b,a,0.7,1,,,
a,c,0.1,0.4,0.8,,
b,c,,,,0.6,12
"""
EXPECTED = {
    "low": [0.7, 0.1, np.nan],
    "high": [1, 0.4, np.nan],
    "probability": [np.nan, 0.8, np.nan],
    "mean": [np.nan, np.nan, 0.6],
    "strength": [np.nan, np.nan, 12],
}
SOUND = {
    "python": Elicited(
        {
            ("a", "b"): (0.7, 1.0),
            ("c", "a"): {"range": (0.1, 0.4), "probability": 0.8},
            ("b", "c"): {"mean": 0.6, "strength": 12},
        }
    ),
    "toml": Elicited(
        [
            {"between": ["a", "b"], "range": [0.7, 1.0]},
            {"between": ["a", "c"], "low": 0.1, "high": 0.4, "probability": 0.8},
            {"between": ["c", "b"], "mean": 0.6, "strength": 12},
        ]
    ),
    "file": Elicited(data="e.csv"),
}


@pytest.mark.parametrize("name", SOUND)
def test_every_way_of_stating_beliefs_gives_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(CSV)
    evidence = read(SOUND[name], AREA, tmp_path)
    assert evidence.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    assert evidence.origin == ("e.csv" if name == "file" else "stated in the study")
    for field, values in EXPECTED.items():
        np.testing.assert_array_equal(getattr(evidence, field), values)


def test_a_stated_probability_holds_for_ranges_that_state_none() -> None:
    stated = Elicited({("a", "b"): (0.7, 1.0), ("a", "c"): {"range": (0, 0.5), "probability": 0.5}})
    both = Elicited(stated.pairs, probability=0.95)
    np.testing.assert_array_equal(read(both, AREA).probability, [0.95, 0.5])


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ((0, 1), "the range is [0, 1], which says nothing"),
        ((0.5, 0.5), "low below high. Fix: state levels that are known apart, with Fixed(...)"),
        ((0.8, 0.2), "the range is [0.8, 0.2]. Valid: low below high"),
        ((-0.1, 0.2), "the low end of the range is outside [0, 1]: -0.1"),
        ((0.1, 1.2), "the high end of the range is outside [0, 1]: 1.2"),
        ((float("nan"), 0.2), "the low end of the range is not a number"),
        ((0.1, 0.2, 0.3), "(0.1, 0.2, 0.3) says nothing about a pair"),
        (0.5, "0.5 says nothing about a pair"),
        ({"range": 0.5}, "the range is 0.5. Valid: [low, high]"),
        ({"range": (0.1, 0.2), "low": 0.1}, "the range is (0.1, 0.2). Valid: [low, high], stated"),
        ({"range": (0.1, 0.5), "probability": 1}, "the probability is 1"),
        ({"range": (0.1, 0.5), "probability": 0}, "the probability is 0"),
        ({"range": (0.1, 0.5), "probability": 90}, "the probability is outside [0, 1]: 90"),
        ({"mean": 0.5}, "the pair states mean. Valid: a range (low, high), or a mean with"),
        ({"low": 0.5}, "the pair states low"),
        ({}, "the pair states nothing"),
        ({"mean": 0.5, "strength": 3, "range": (0, 0.2)}, "the pair states mean, strength, low"),
        ({"mean": 0, "strength": 3}, "the mean is 0"),
        ({"mean": 1, "strength": 3}, "the mean is 1"),
        ({"mean": 0.5, "strength": 0}, "the strength is 0"),
        ({"mean": 0.5, "strength": -2}, "the strength is -2"),
        ({"mean": 0.5, "strength": 3, "probability": 0.9}, "goes with a range, not with a mean"),
        ({"meen": 0.5, "strength": 3}, "did you mean 'mean'?"),
    ],
)
def test_beliefs_that_cannot_be(value: Any, says: str) -> None:
    text = refused(Elicited({("a", "b"): value}), AREA)
    assert says in text
    assert text.startswith("pairs, 'a' and 'b': ")


def test_pairs_are_named_once() -> None:
    text = refused(Elicited({("a", "b"): (0, 0.5), ("b", "a"): (0, 0.5), ("a", "a"): (0, 1)}), AREA)
    assert "pairs, 'b' and 'a': the pair 'a' and 'b' is named twice, before in pairs" in text
    assert "'a' is paired with itself" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("goal,goal_other,low,high\na,b,0.5,x\n", "row 2: the high end of the range is not a num"),
        ("goal,goal_other,low,high\na,b,0.5,\n", "e.csv, row 2: the pair states low"),
        ("goal,goal_other,low\na,b,0.5\n", "there is no column 'high'"),
        ("goal,other,low,high\na,b,0.5,1\n", "there is no column 'goal_other'"),
        ("goal,goal_other,low,high\n", "no elicited levels of conflict"),
        ("goal,goal_other,low,high\na,d,0.5,1\n", "e.csv, row 2: there is no goal 'd'"),
    ],
)
def test_files_that_cannot_be(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(content)
    assert says in refused(Elicited(data="e.csv"), AREA, tmp_path)


@pytest.mark.parametrize("probability", [0, 1, -1, float("nan"), "high"])
def test_a_stated_probability_is_between_zero_and_one(probability: Any) -> None:
    stated = Elicited({("a", "b"): (0.1, 0.5)}, probability=probability)
    text = refused(stated, AREA)
    assert "elicited: the probability is" in text
    assert text.count("probability") == 1, "once, not again for every pair"


def test_agreement_is_what_turned_statements_are(tmp_path: Path) -> None:
    agree = {("a", "b"): (0.7, 1.0), ("a", "c"): {"mean": 0.6, "strength": 12}}
    turned = {("a", "b"): (0.0, 0.3), ("a", "c"): {"mean": 0.4, "strength": 12}}
    expected = read(Elicited(turned, probability=0.8), AREA)
    assert read(Elicited(agree, probability=0.8, agreement=True), AREA) == expected
    file = tmp_path / "e.csv"
    file.write_text("goal,goal_other,low,high\na,b,0.7,1\n")
    found = read(Elicited(data=file, agreement=True), AREA)
    assert (found.low.tolist(), found.high.tolist()) == ([0.0], [0.3])
    assert "the range is [1, 0.7]" in refused(
        Elicited({("a", "b"): (1, 0.7)}, agreement=True), AREA
    )
