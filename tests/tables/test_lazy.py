"""Lazy frames are aggregated where they live, and tell what the same rows in memory tell."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dask.dataframe as dd
import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import blocks
from tests.readers import AREA, read, refused

# narwhals 2.29 names a package for Dask that is not there yet
pytestmark = pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
RANDOM = np.random.default_rng(1)
N = 2000
GOALS = ["Left", "Right", "Unsure", "Refused", None]
ROWS: dict[str, list[Any]] = {
    "id": [f"r{i}" for i in range(N)],
    "goal": [GOALS[i] for i in RANDOM.integers(0, 5, N)],
    "group": [["t", "s"][i] for i in RANDOM.integers(0, 2, N)],
    "weight": [[0.1, 0.7, 1.3, 2.0][i] for i in RANDOM.integers(0, 4, N)],
    "other": list(range(N)),
}


def duck(columns: dict[str, list[Any]]) -> Any:
    return duckdb.from_arrow(pl.DataFrame(columns).to_arrow()).order("md5(cast(other as varchar))")


def dask(columns: dict[str, list[Any]]) -> Any:
    return dd.from_pandas(pd.DataFrame(columns), npartitions=3)


LAZY: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "polars": lambda columns: pl.LazyFrame(columns),
    "duckdb": duck,
    "dask": dask,
}


@pytest.fixture(params=[*LAZY, "polars, in blocks", "duckdb, in blocks"])
def lazy(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, list[Any]]], Any]:
    """What makes a lazy frame of columns."""
    name, _, in_blocks = request.param.partition(", ")
    if in_blocks:
        monkeypatch.setattr(blocks, "WORTH", 0)
    return LAZY[name]


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each question to a lazy frame fetched."""
    sizes: list[int] = []
    real = nw.LazyFrame.collect

    def collect(frame: Any, *args: Any, **kwargs: Any) -> Any:
        found = real(frame, *args, **kwargs)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(nw.LazyFrame, "collect", collect)
    return sizes


def test_a_survey_is_counted_where_it_lives(lazy: Any, fetched: list[int]) -> None:
    found = read(SingleChoice(lazy(ROWS), "goal", "group", "weight", respondent="id"))
    expected = read(SingleChoice(ROWS, "goal", "group", "weight", respondent="id"))
    order = [expected.populations.index(name) for name in found.populations]
    for figure in ("counts", "weight_sum", "weight_sq_sum", "not_asked"):
        np.testing.assert_allclose(
            getattr(found, figure), getattr(expected, figure)[order], rtol=1e-13
        )
    np.testing.assert_array_equal(found.counts, expected.counts[order])
    assert found.zero_weights == expected.zero_weights
    assert max(fetched) == 40  # goals, groups and weights that differ


def test_the_same_rows_in_another_order_give_the_same_digits() -> None:
    backwards = {name: cells[::-1] for name, cells in ROWS.items()}
    one, other = (
        read(SingleChoice(duck(columns), "goal", "group", "weight"))
        for columns in (ROWS, backwards)
    )
    assert one == other
    assert one.populations == ("s", "t")


def test_polars_keeps_the_order_of_rows() -> None:
    found = read(SingleChoice(pl.LazyFrame(ROWS), "goal", "group", "weight"))
    expected = read(SingleChoice(pl.DataFrame(ROWS), "goal", "group", "weight"))
    assert found.populations == expected.populations
    np.testing.assert_array_equal(found.counts, expected.counts)


def test_counted_rows_and_sums_of_weights(lazy: Any) -> None:
    columns: dict[str, list[Any]] = {
        "goal": ["Left", "Left", "Right", "Left"],
        "n": [3, 3, 2, 5],
        "w": [2.5, 2.5, 2.0, 4.0],
        "w2": [2.25, 2.25, 2.0, 4.0],
        "other": [1, 2, 3, 4],
    }
    stated = {"count": "n", "weight_sum": "w", "weight_sq_sum": "w2"}
    found = read(SingleChoice(lazy(columns), "goal", **stated))
    assert replace(found, source="") == replace(
        read(SingleChoice(columns, "goal", **stated)), source=""
    )
    np.testing.assert_array_equal(found.counts, [[11, 2, 0]])


def test_texts_with_decimal_commas_are_numbers(lazy: Any) -> None:
    columns: dict[str, list[Any]] = {
        "goal": ["a", "b", "a"],
        "w": ["0,5", " 1,5", "1"],
        "other": [1, 2, 3],
    }
    commas = SingleChoice(lazy(columns), goal="goal", weight="w", decimal=",")
    points = {**columns, "w": [0.5, 1.5, 1.0]}
    same = SingleChoice(lazy(points), goal="goal", weight="w", decimal=",")
    area = ProblemArea("x", ["a", "b"])
    found = [read(one, area).effective_counts for one in (commas, same)]
    np.testing.assert_array_equal(found[0], found[1])
    assert found[0].sum() > 0


def test_repeated_and_empty_ids_are_counted(lazy: Any, fetched: list[int]) -> None:
    columns = {**ROWS, "id": ["x", "x", "y", "y", "y", " ", None, *ROWS["id"][7:]]}
    text = refused(SingleChoice(lazy(columns), "goal", respondent="id"))
    assert "column 'id': 2 ids are in more than one row. Valid: each respondent once" in text
    assert "the respondent's id is empty in 2 rows. Valid" in text
    assert max(fetched) < 10


@pytest.mark.parametrize(
    ("name", "cells", "says"),
    [
        ("goal", ["Lefft"] * 3, "the label 'Lefft' in 3 rows"),
        ("group", ["", "", ""], "the population is empty in 3 rows"),
        ("weight", [-1.0, -1.0, 1.0], "the weight is negative: '-1'"),
    ],
)
def test_what_is_wrong_is_named(lazy: Any, name: str, cells: list[Any], says: str) -> None:
    columns = {**ROWS, "goal": ["Left"] * N}
    columns[name] = [*cells, *columns[name][3:]]
    text = refused(SingleChoice(lazy(columns), "goal", "group", "weight"))
    assert f"column '{name}'" in text
    assert says in text
    assert "row 0" not in text


def test_a_missing_column_of_a_lazy_frame(lazy: Any) -> None:
    assert "there is no column 'vote'" in refused(SingleChoice(lazy(ROWS), "vote"))


def test_an_empty_lazy_frame() -> None:
    empty = pl.LazyFrame({"goal": []}, schema={"goal": pl.String})
    assert "no responses" in refused(SingleChoice(empty, "goal"))


def test_labels_of_agents(lazy: Any) -> None:
    agents = [f"a{i // 3}" for i in range(600)]
    columns: dict[str, list[Any]] = {
        "agent": agents,
        "rater": ["u", "v", "w"] * 200,
        "label": [["Left", "Right"][i] for i in RANDOM.integers(0, 2, 600)],
        "other": list(range(600)),
    }
    area = ProblemArea("vote", ["Left", "Right"])
    stated = {"label": "label", "agent": "agent", "rater": "rater"}
    found = read(NoisyLabels(lazy(columns), **stated), area)
    expected = read(NoisyLabels(columns, **stated), area)

    def patterns(evidence: Any) -> list[Any]:
        order = [evidence.raters.index(name) for name in ("u", "v", "w")]
        reports = evidence.reports.reshape(-1, 3, 2)[:, order].reshape(-1, 6).tolist()
        return sorted(zip(reports, evidence.agents.tolist(), strict=True))

    assert patterns(found) == patterns(expected)


def test_ratings_given_twice(lazy: Any) -> None:
    columns: dict[str, list[Any]] = {
        "goal": ["Left"] * 4,
        "goal_other": ["Right"] * 4,
        "rating": [1, 1, 2, 3],
        "rater": ["u", "u", "v", "w"],
        "other": [1, 2, 3, 4],
    }
    rated = Rated(
        lazy(columns),
        goal="goal",
        goal_other="goal_other",
        rating="rating",
        rater="rater",
        scale=[1, 5],
    )
    assert "the rater 'u' rated 'Left' and 'Right' more than once" in refused(rated, AREA)
    once = {name: cells[1:] for name, cells in columns.items()}
    assert read(replace(rated, data=lazy(once)), AREA).pairs == (("Left", "Right"),)
