"""Reading known error rates of raters, and counts that validate them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from tests.models.noisy_labels.labels import AREA, TWO
from tests.readers import read, refused


def test_known_error_rates() -> None:
    matrix = {"a": {"a": 0.9, "b": 0.1}, "b": {"a": 0.2, "b": 0.803}}
    two = {"raters": ("r1", "r2")}
    table = {"r1": ["a", "b"], "r2": ["a", "a"]}
    for all_of_them in read(NoisyLabels(table, emission=matrix, **two), TWO).emission:  # type: ignore[arg-type]
        np.testing.assert_allclose(all_of_them[0], [0.9, 0.1])
        np.testing.assert_allclose(all_of_them[1], [0.2 / 1.003, 0.803 / 1.003])
    one = read(NoisyLabels(table, emission={"r2": matrix}, **two), TWO)  # type: ignore[arg-type]
    assert one.is_known.tolist() == [False, True]
    rate = read(NoisyLabels(table, error_rate={"r1": 0.1}, other_labels=("?",), **two), TWO)  # type: ignore[arg-type]
    np.testing.assert_allclose(rate.emission[0], [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]])
    assert read(NoisyLabels({"r": ["a"]}, raters=("r",), error_rate=0), TWO).errorless


FINE = {"a": {"a": 1.0}, "b": {"b": 1.0}}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"emission": {"a": {"a": 0.9}, "b": {"b": 1}}}, "goal 'a': the probabilities sum to 0.9"),
        ({"emission": {"a": {"a": 1}}}, "there are no probabilities for 'b'"),
        ({"emission": {"a": {"a": 1.5, "b": 0}, "b": {"b": 1}}}, "label 'a': the probability is o"),
        ({"emission": {"a": {"a": "x"}, "b": {"b": 1}}}, "the probability is not a number: 'x'"),
        ({"emission": {"a": {"a": 1}, "bb": {"b": 1}}}, "there is no goal 'bb'"),
        ({"emission": {"a": {"A": 1}, "b": {"b": 1}}}, "there is no label 'A'. Valid: 'a', 'b'. F"),
        ({"emission": {"r11": FINE}}, "there is no rater 'r11'. Valid: 'r1', 'r2'. Fix: did you"),
        ({"emission": {"a": 0.5}}, "emission is not a table of probabilities by goal and label"),
        ({"emission": {"a": {"a": 1}, "b": 1}}, "emission is not a table"),
        ({"emission": {}}, "emission is not a table"),
        ({"error_rate": {"r11": 0.1}}, "error_rate: there is no rater 'r11'"),
        ({"error_rate": {"r1": -0.1}}, "error_rate, rater 'r1': the error rate is outside [0, 1]"),
        ({"emission": {"r1": FINE}, "error_rate": {"r1": 0.1}}, "both emission and error_rate are"),
        ({"emission": FINE, "error_rate": 0.1}, "both emission and error_rate are stated for ra"),
        ({"labels": ("a", "c"), "error_rate": 0.1}, "there is no label of its own for 'b'"),
        ({"validation": {"goal": ["a"], "label": ["a"], "n": [1]}}, "there is no column 'rater'"),
        ({"validation": "missing.csv"}, "the file 'missing.csv' does not exist"),
    ],
)
def test_error_rates_that_cannot_be(more: dict[str, Any], says: str) -> None:
    table = {"r1": ["a", "a"], "r2": ["a", "a"]}
    assert says in refused(NoisyLabels(table, raters=("r1", "r2"), **more), TWO)


def test_reports_that_known_error_rates_rule_out() -> None:
    table = {"r1": ["a", "a", "b"], "r2": ["a", "b", "b"], "n": [5, 2, 1]}
    declared = NoisyLabels(table, raters=("r1", "r2"), count="n", error_rate=0)
    text = refused(declared, TWO)
    assert "cannot come from any goal, but it was seen of 2 agents" in text
    assert "the label 'a' by rater 'r1', the label 'b' by rater 'r2'" in text
    emission = {"a": {"a": 1.0}, "b": {"a": 1.0}}
    text = refused(NoisyLabels({"r1": ["a", "b"]}, raters=("r1",), emission=emission), TWO)
    assert "the label 'b' by rater 'r1' is in the data, but" in text
    assert len(text.splitlines()) == 1
    table = {"r1": ["a", "b"], "g": ["b", ""]}
    known = refused(NoisyLabels(table, raters=("r1",), gold="g", error_rate=0), TWO)
    assert "cannot come from the known goal 'b', but it was seen of 1 agent" in known


def test_validation_counts(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("n,rater,label,goal\n8,r2,1,a\n2,r2,b,a\n5,r1,Unsure,Unsure\n")
    more: dict[str, Any] = {"codes": {"1": "a"}, "validation": "v.csv"}
    seen = NoisyLabels({"r1": ["a"], "r2": ["b"]}, raters=("r1", "r2"), **more)
    problems = Problems()
    found = seen.read(AREA, problems, tmp_path)
    assert found is not None, list(map(str, problems))
    np.testing.assert_array_equal(found.validation[1, 0], [8, 2, 0])
    np.testing.assert_array_equal(found.validation[0, 2], [0, 0, 5])


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("n", [1.5, 1], "row 1, column 'n': the count is not whole"),
        ("n", [-1, 1], "the count is negative"),
        ("goal", ["c", "b"], "row 1, column 'goal': there is no goal 'c'"),
        ("label", ["a", "bb"], "row 2, column 'label': there is no label 'bb'"),
        ("rater", ["r3", "r1"], "row 1, column 'rater': there is no rater 'r3'"),
        ("goal", ["a", "a"], "rows 1 and 2 count the same label of the same goal by the same"),
    ],
)
def test_validation_counts_that_cannot_be(column: str, cells: list[Any], says: str) -> None:
    table: dict[str, list[Any]] = {
        "goal": ["a", "b"],
        "label": ["a", "a"],
        "n": [3, 4],
        "rater": ["r1", "r1"],
    }
    declared = NoisyLabels({"r1": ["a"]}, raters=("r1",), validation=table | {column: cells})
    assert says in refused(declared, TWO)


def test_validated_raters_have_no_known_rates() -> None:
    validation = {"goal": ["a"], "label": ["a"], "n": [3]}
    declared = NoisyLabels({"r": ["a"]}, raters=("r",), validation=validation, error_rate=0.1)
    assert "rater 'r' are stated as known, and validated too" in refused(declared, TWO)
