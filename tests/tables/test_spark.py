"""Frames of PySpark are grouped by Spark, where it and Java are there."""

import shutil
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from tests.readers import read, refused

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
]
sql = pytest.importorskip("pyspark.sql")
RANDOM = np.random.default_rng(3)
N = 1000
ROWS = pd.DataFrame(
    {
        "goal": RANDOM.choice(["Left", "Right", "Unsure", "Refused"], N),
        "group": RANDOM.choice(["s", "t"], N),
        "weight": RANDOM.choice([0.5, 1.0, 2.0], N),
        "wave": RANDOM.choice(["1", "2", "3"], N),
        "age": RANDOM.integers(10, 90, N),
        "id": [f"r{i}" for i in range(N)],
    }
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session of Spark in this process, on one core."""
    made = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = made.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows are fetched each time."""
    found: list[int] = []
    collect = nw.LazyFrame.collect

    def noted(self: Any, *given: Any, **named: Any) -> Any:
        made = collect(self, *given, **named)
        found.append(len(made))
        return made

    monkeypatch.setattr(nw.LazyFrame, "collect", noted)
    return found


@pytest.mark.parametrize(
    "where", [None, {"wave": {"not": "3"}}, {"age": {"at_least": 18, "below": 65}}]
)
def test_only_distinct_rows_are_fetched(spark: Any, fetched: list[int], where: Any) -> None:
    frame = spark.createDataFrame(ROWS.to_dict("records"))
    stated: Any = {"goal": "goal", "population": "group", "weight": "weight", "where": where}
    lazy = read(SingleChoice(frame, **stated, respondent="id", populations=("s", "t")))
    whole = read(SingleChoice(ROWS, **stated, respondent="id", populations=("s", "t")))
    np.testing.assert_array_equal(lazy.counts, whole.counts)
    np.testing.assert_allclose(lazy.weight_sum, whole.weight_sum, rtol=1e-12)
    np.testing.assert_allclose(lazy.weight_sq_sum, whole.weight_sq_sum, rtol=1e-12)
    assert fetched
    # goals, groups and weights, with the column that rows are chosen by
    ages = ROWS["age"].nunique() if where and "age" in where else 3
    assert max(fetched) <= min(4 * 2 * 3 * ages, N - 1)


def test_repeated_ids_are_counted_by_spark(spark: Any, fetched: list[int]) -> None:
    twice = pd.concat([ROWS, ROWS.iloc[:7]])
    frame = spark.createDataFrame(twice.to_dict("records"))
    text = refused(SingleChoice(frame, "goal", respondent="id"))
    assert "7 ids are in more than one row" in text
    assert max(fetched) <= 4
