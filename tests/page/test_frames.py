"""Data frames of whichever library is installed."""

import sys
from dataclasses import replace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from bayes_misalign.errors import ResultError
from bayes_misalign.page import frames
from bayes_misalign.page.estimate import NUMBERS
from tests.report.cases import elicited_posterior, withheld_posterior

KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}


def values(frame: Any, name: str) -> list[Any]:
    column = frame[name]
    return list(column.to_pylist() if hasattr(column, "to_pylist") else column.to_list())


@pytest.mark.parametrize("backend", KINDS)
def test_every_library_gets_the_same_frame(backend: Any) -> None:
    found = elicited_posterior().misalignment()
    frame = found.to_frame(backend)
    assert isinstance(frame, KINDS[backend])
    names = frame.column_names if backend == "pyarrow" else list(frame.columns)
    assert names == ["population", *NUMBERS]
    assert values(frame, "population") == list(found)
    assert values(frame, "mean") == [estimate.mean for estimate in found.values()]
    assert values(frame, "lower") == [estimate.interval[0] for estimate in found.values()]
    assert values(frame, "kind") == ["eti"] * 3


@pytest.mark.parametrize("backend", KINDS)
def test_withheld_numbers_are_missing(backend: Any) -> None:
    means = values(withheld_posterior().misalignment().to_frame(backend), "mean")
    assert all(value is None or value != value for value in means)


def test_pandas_comes_first_then_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = elicited_posterior()
    assert isinstance(posterior.to_frame(), pd.DataFrame)
    monkeypatch.setattr(frames, "find_spec", lambda name: name == "polars" or None)
    assert isinstance(posterior.to_frame(), pl.DataFrame)
    with pytest.raises(ResultError, match=r"pandas is not installed\. Fix: pip install pandas"):
        posterior.to_frame("pandas")


def test_without_either_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    says = r"neither is installed\. Fix: pip install pandas, or pip install polars"
    with pytest.raises(ResultError, match=says):
        elicited_posterior().to_frame()
    with pytest.raises(ResultError, match="frames of 'pandas', 'polars', 'pyarrow', not 'dask'"):
        elicited_posterior().to_frame("dask")  # type: ignore[arg-type]


def test_no_result_imports_a_library_of_frames_unasked() -> None:
    # they are loaded here, by this file; the package may load one only when a frame is asked for
    source = sys.modules["bayes_misalign.page.frames"].__dict__
    assert not {"nw", "pd", "pl", "narwhals", "pandas", "polars"} & set(source)


def test_every_result_becomes_a_frame() -> None:
    posterior = elicited_posterior()
    whole = posterior.to_frame()
    assert list(whole["scope"]) == ["population"] * 3 + ["union"]
    assert list(whole["population"])[-1] == "all populations together"
    (row,) = posterior.misalignment()["always"].to_frame("polars").rows(named=True)
    assert row["quantity"] == "P(ma) of always"
    assert row["sd"] == posterior.misalignment()["always"].sd

    contrast = posterior.contrast("always", "sporadic").to_frame()
    assert list(contrast["quantity"]) == ["difference", "ratio"]
    above = posterior.contrast("always", "sporadic").probability_above()
    assert contrast["probability_above_0"][0] == above

    levels = posterior.conflict_levels().to_frame()
    assert list(levels.columns[:2]) == ["goal", "goal_other"]
    assert list(levels["goal_other"]) == ["Trump", "no goal", "no goal"]

    shares = posterior.proportions().to_frame()
    assert list(shares.columns[:2]) == ["population", "goal"]
    assert len(shares) == 9
    assert shares["mean"][8] == posterior.proportions()["always"]["no goal"].mean

    found = posterior.attribution()
    parts = found.to_frame().set_index("part")["part_of_variance"]
    assert parts["goal shares"] == found.shares
    assert parts["conflict level"] == pytest.approx(parts["conflict levels"])
    assert list(posterior.opposition().to_frame().columns)[:1] == ["goal"]
    assert set(posterior.sensitivity().to_frame()["prior"]) == set(posterior.sensitivity())


def test_probabilities_and_priors_that_were_tried_are_frames() -> None:
    posterior = elicited_posterior()
    above = posterior.probability_above(0.3)
    frame = above.to_frame("polars")
    assert dict(zip(frame["population"], frame["probability_above"], strict=True)) == above
    assert set(frame["threshold"]) == {0.3}
    tried = posterior.tried_priors().to_frame("polars")
    found = posterior.sensitivity()
    names = list(zip(tried["prior"], tried["population"], strict=True))
    assert names == [(p, s) for p in list(found)[1:] for s in found[p]]
    assert tried["mean"].to_list() == [found[p][s].mean for p, s in names]
    assert set(tried["got_by"]) == {one.how for one in posterior.tried_priors()}


def test_a_prior_that_could_not_be_told_has_a_row_without_numbers() -> None:
    posterior = elicited_posterior()
    told, untold = posterior.tried_priors()[0], "another"
    both = [told, replace(told, name=untold, khat=0.9)]
    frame = frames.frame(posterior._columns_of_tried(both), "polars")
    row = frame.filter(frame["prior"] == untold)
    assert row["khat"].to_list() == [0.9]
    assert row["population"].to_list() == row["mean"].to_list() == [None]


def test_numbers_by_two_labels_are_a_row_each() -> None:
    found = {"a1": {"left": 0.25, "right": 0.75}, "a2": {"left": 1.0, "right": 0.0}}
    columns = frames.columns_of_nested("agent", "goal", "probability", found)
    assert columns == {
        "agent": ["a1", "a1", "a2", "a2"],
        "goal": ["left", "right"] * 2,
        "probability": [0.25, 0.75, 1.0, 0.0],
    }
