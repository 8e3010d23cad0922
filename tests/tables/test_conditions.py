"""Which rows count: values, all but some values, and ranges of numbers, whatever is read."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
import pytest

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.tables import blocks, plain_text
from bayes_misalign.tables.conditions import Filter, NoNumber
from tests.readers import AREA, read, refused

pytestmark = pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
RANDOM = np.random.default_rng(7)
N = 400
ROWS: dict[str, list[Any]] = {
    "goal": RANDOM.choice(["Left", "Right", "Unsure"], N).tolist(),
    "wave": [None if w == 0 else str(w) for w in RANDOM.integers(0, 4, N)],
    "age": [None if a < 16 else float(a) for a in RANDOM.integers(10, 90, N)],
    "id": [f"r{i}" for i in range(N)],
}
DAYS = [None if i % 9 == 0 else date(2020, 1 + i % 3, 1 + i % 28) for i in range(N)]
MARCH = date(2020, 3, 1)
# what a study states, and the same of a row of Python values
CONDITIONS: list[tuple[dict[str, Any], Callable[[Any, Any], bool]]] = [
    ({"wave": 3}, lambda wave, age: wave == "3"),
    ({"wave": {"not": "3"}}, lambda wave, age: wave != "3"),
    ({"wave": {"not": [1, "3.0"]}}, lambda wave, age: wave not in ("1", "3")),
    ({"wave": {"not": ["3", ""]}}, lambda wave, age: wave not in ("3", None)),
    ({"age": {"not": ""}}, lambda wave, age: age is not None),
    ({"age": {"at_least": 18, "below": 65}}, lambda wave, age: age is not None and 18 <= age < 65),
    ({"age": {"above": 18, "at_most": 65}}, lambda wave, age: age is not None and 18 < age <= 65),
    (
        {"age": {"at_least": 18, "not": [20, 30.0]}, "wave": ["1", "2"]},
        lambda wave, age: (
            age is not None and age >= 18 and age not in (20, 30) and wave in ("1", "2")
        ),
    ),
]
KINDS: dict[str, Callable[[Path], Any]] = {
    "text": lambda path: path,
    "pandas": lambda path: pd.DataFrame(ROWS),
    "polars": lambda path: pl.DataFrame(ROWS),
    "polars, lazy": lambda path: pl.LazyFrame(ROWS),
    "duckdb, lazy": lambda path: duckdb.from_arrow(pl.DataFrame(ROWS).to_arrow()),
    "dask, lazy": lambda path: dd.from_pandas(pd.DataFrame(ROWS), npartitions=3),
}


@pytest.mark.parametrize("kind", [*KINDS, "text, in blocks", "polars, in blocks"])
def test_the_same_rows_count_whatever_is_read(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, in_blocks = kind.partition(", in ")
    if in_blocks:
        monkeypatch.setattr(blocks, "WORTH", 0)
        monkeypatch.setattr(plain_text, "BLOCK", 2000)
    pl.DataFrame(ROWS).write_csv(path := tmp_path / "a.csv")
    data = KINDS[name](path)
    for stated, counts in CONDITIONS:
        told = [
            goal
            for goal, wave, age in zip(ROWS["goal"], ROWS["wave"], ROWS["age"], strict=True)
            if counts(wave, age)
        ]
        # ids of a lazy frame are asked for apart from its rows
        found = read(SingleChoice(data, "goal", respondent="id", where=stated))
        expected = [told.count(goal) for goal in ("Left", "Right", "Unsure")]
        assert found.counts.tolist() == [expected], stated
        assert found.notes[0].startswith(f"{N - len(told)} rows of ")


@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_rows_that_are_fetched_one_by_one_are_chosen_too(kind: str) -> None:
    data = pl.DataFrame(ROWS).with_columns(second=pl.col("goal"), third=pl.col("goal"))
    lazy: Any = data.lazy() if kind == "polars" else duckdb.from_arrow(data.to_arrow())
    stated: Any = {"raters": ["goal", "second", "third"], "where": {"age": {"at_least": 18}}}
    found = read(NoisyLabels(lazy, **stated), AREA)
    assert found.n.sum() == sum(age is not None and age >= 18 for age in ROWS["age"])


@pytest.mark.parametrize("kind", [*KINDS, "text, in blocks", "polars, in blocks"])
@pytest.mark.parametrize("of", ["dates", "times", "texts"])
def test_dates_are_compared_as_dates(
    kind: str, of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, in_blocks = kind.partition(", in ")
    if in_blocks:
        monkeypatch.setattr(blocks, "WORTH", 0)
        monkeypatch.setattr(plain_text, "BLOCK", 2000)
    made: dict[str, Callable[[date], Any]] = {
        "dates": lambda day: day,
        "times": lambda day: datetime(day.year, day.month, day.day, 23, 59),
        "texts": date.isoformat,
    }
    rows = {"goal": ROWS["goal"], "day": [day and made[of](day) for day in DAYS]}
    pl.DataFrame(rows).write_csv(tmp_path / "a.csv")
    monkeypatch.setitem(globals(), "ROWS", rows)
    data = KINDS[name](tmp_path / "a.csv")
    conditions: list[tuple[Any, Callable[[date], bool]]] = [
        ({"at_least": "2020-02-03"}, lambda day: day >= date(2020, 2, 3)),
        ({"above": date(2020, 2, 3), "below": "2020-03"}, lambda d: date(2020, 2, 3) < d < MARCH),
        ({"at_most": "2020-02"}, lambda day: day < MARCH),
        ({"above": "2020-02"}, lambda day: day >= MARCH),
    ]
    for condition, counts in conditions:
        told = [g for g, day in zip(ROWS["goal"], DAYS, strict=True) if day and counts(day)]
        found = read(SingleChoice(data, "goal", where={"day": condition}))
        expected = [told.count(goal) for goal in ("Left", "Right", "Unsure")]
        assert found.counts.tolist() == [expected], condition


def test_a_cell_without_a_date_is_in_no_range_of_dates() -> None:
    columns = {"goal": ["Left", "Right", "Left"], "day": ["2020-01-05", "5.1.2020", "2020-02-30"]}
    text = refused(SingleChoice(columns, "goal", where={"day": {"at_least": "2020-01"}}))
    assert "where asks for dates (day at least 2020-01), and 2 cells of the column 'day' hold" in (
        text
    )
    assert "none: '5.1.2020', '2020-02-30'. Valid: a date such as 2020-01-31, or an empty" in text
    months = {"goal": ["Left"], "day": ["2020-01"]}
    # whether a month is before one of its days nobody can tell
    assert "hold" in refused(SingleChoice(months, "goal", where={"day": {"below": "2020-01-15"}}))
    assert read(SingleChoice(months, "goal", where={"day": {"at_most": "2020-01"}})).n.sum() == 1


def test_a_value_that_a_file_declares_missing_is_left_out_of_the_column_of_a_role(
    tmp_path: Path,
) -> None:
    frame = pd.DataFrame({"goal": ["Left", "Right", "Left", "Left"], "w": [1.0, 2.0, 99.0, 98.0]})
    path, ranges, labels = tmp_path / "a.sav", {"w": [99]}, {"w": {99: "Refused"}}
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels=labels,  # type: ignore[arg-type]
        missing_ranges=ranges,  # type: ignore[arg-type]
    )
    for stated in (99, [99], "Refused", ""):
        found = read(SingleChoice(path, "goal", weight="w", where={"w": {"not": stated}}))
        assert found.counts.tolist() == [[2, 1, 0]], stated
        assert found.notes[0].startswith("One row of a.sav is left out, by where = w not "), stated
    # of a row that counts the weight is missing all the same
    assert "the weight is blank" in refused(
        SingleChoice(path, "goal", weight="w", where={"w": {"not": 98}})
    )
    found = read(SingleChoice(path, "goal", population="w", where={"w": {"not": 99}}))
    assert found.populations == ("1", "2", "98")


def stated(**where: Any) -> SingleChoice:
    columns = {
        "goal": ["Left", "Right", "Right", "Left", "Left"],
        "wave": ["3", "3.0", " 3", "", "2"],
        "age": ["17", "18", "NA", "", "65"],
    }
    return SingleChoice(columns, "goal", where=where)


def test_white_space_and_zeros_do_not_keep_a_row_in() -> None:
    assert read(stated(wave={"not": "3"})).counts.tolist() == [[2, 0, 0]]
    assert read(stated(wave="3")).counts.tolist() == [[1, 2, 0]]


def test_a_cell_that_is_no_number_is_in_no_range() -> None:
    text = refused(stated(age={"at_least": 18}))
    assert (
        "row 3: where asks for numbers (age at least 18), and a cell of the column 'age' " in text
    )
    assert "holds none: 'NA'" in text
    # of a row that does not count anyway it is not asked
    assert read(stated(age={"at_least": 18}, wave="2")).counts.tolist() == [[1, 0, 0]]


def test_a_code_for_missing_is_in_no_range() -> None:
    columns = {"goal": ["Left", "Right", "Right"], "age": [20, -99, 50]}
    whole = SingleChoice(columns, "goal", where={"age": {"at_most": 60}})
    assert read(whole).counts.tolist() == [[1, 2, 0]]
    declared = SingleChoice(columns, "goal", where={"age": {"at_most": 60}}, missing=["-99"])
    assert read(declared).counts.tolist() == [[1, 1, 0]]
    told = SingleChoice(columns, "goal", where={"age": {"not": ""}}, missing=["-99"])
    assert read(told).counts.tolist() == [[1, 1, 0]]
    named = SingleChoice(columns, "goal", where={"age": -99}, missing=["-99"])
    assert read(named).counts.tolist() == [[0, 1, 0]]


def test_decimal_commas_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("goal;x\nLeft;0,5\nRight;1,5\n")
    more: Any = {"separator": ";", "decimal": ","}
    found = read(SingleChoice(tmp_path / "a.csv", "goal", where={"x": {"above": 1}}, **more))
    assert found.counts.tolist() == [[0, 1, 0]]
    text = refused(
        SingleChoice(tmp_path / "a.csv", "goal", where={"x": {"above": 1}}, separator=";")
    )
    assert "2 cells of the column 'x' hold none: '0,5', '1,5'" in text


def test_labels_and_codes_of_a_file_are_chosen_by_either(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"goal": ["Left", "Right", "Left", "Right"], "age": [18.0, 40.0, 99.0, 70.0]}
    )
    labels = {"age": {18: "18 or younger", 70: "70 or older", 99: "Refused"}}
    ranges: Any = {"age": [99]}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels=labels, missing_ranges=ranges)

    def left(**where: Any) -> list[float]:
        counts: list[float] = read(SingleChoice(path, "goal", where=where)).counts[0].tolist()
        return counts

    assert left(age={"at_least": 18}) == [
        1,
        2,
        0,
    ]  # the code behind a label; none of what is missing
    assert left(age={"not": "70 or older"}) == left(age={"not": 70}) == [2, 1, 0]
    assert (
        left(age={"not": "Refused"}) == left(age={"not": 99}) == left(age={"not": ""}) == [1, 2, 0]
    )


def test_a_value_that_no_row_has_is_noted() -> None:
    notes = read(stated(wave={"not": ["3", "Wave 4"]})).notes
    assert (
        "No row of data frame has in the column 'wave' the value 'Wave 4', which where names."
        in (notes)
    )
    assert not any("which where names" in note for note in read(stated(wave=["3", "2"])).notes)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"min": 3},
        {"at_least": "18"},
        {"at_least": True},
        {"not": []},
        {"not": {"a": 1}},
        [],
        {"at_least": "2020-13"},
        {"at_least": "2020-01-03", "below": 3},
    ],
)
def test_a_condition_that_is_none(condition: Any) -> None:
    text = refused(stated(age=condition))
    assert "where asks for" in text
    assert "where={'age': {'at_least': 18, 'below': 65}}" in text


def test_no_row_is_left() -> None:
    assert "no row is left by where = wave not '2', '3', empty. Valid: a condition on values " in (
        refused(stated(wave={"not": ["2", "3", ""]}))
    )


def test_codes_of_one_label_that_fit_and_do_not() -> None:
    found = Filter("age", {"at_least": 18})
    assert found.accepts("young", ["18", "19"])
    with pytest.raises(NoNumber):
        found.accepts("young", ["17", "18"])
