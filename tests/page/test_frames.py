"""Data frames of whichever library is installed."""

import sys
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
