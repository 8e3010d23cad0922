"""The reader of columns: what it keeps, and what it says of cells that are not what they should."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.errors import Problems
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import (
    Check,
    Column,
    Reader,
    count_column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.tables import open_table

COLUMNS = (
    Column("goal", "labels", 200),
    population_column(),
    id_column("agent", what="agent's id"),
    count_column("count"),
    number_column("weight", needed=("goal", bool)),
)


def opened(
    kind: type[Reader], columns: dict[str, Any], described: Any = COLUMNS, **more: Any
) -> Any:
    problems = Problems()
    table = open_table(columns, None, problems)
    assert table is not None
    return kind(table, {name: name for name in columns}, described, problems, **more)


def said(reader: Any) -> list[str]:
    reader.read()
    return [str(problem) for problem in reader.problems]


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("st"), st.integers(0, 3), st.floats(0, 9)),
    min_size=1,
    max_size=1500,
)


@given(ROWS)
def test_distinct_rows_are_counted_and_summed_in_the_order_of_the_rows(rows: list[Any]) -> None:
    names = ("goal", "population", "count", "weight")
    found = opened(DistinctRows, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    assert found.read()
    sums: dict[Any, list[float]] = {}
    for goal, population, n, weight in rows:
        both = sums.setdefault((goal, population), [0.0, 0.0, 0.0, 0.0])
        for place, figure in enumerate((1, n, n * weight, n * weight * weight)):
            both[place] += figure
    assert list(zip(found.cells("goal"), found.cells("population"), strict=True)) == list(sums)
    roles = ("rows", "n", "weight_sum", "weight_sq_sum")
    assert [found.sum(role).tolist() for role in roles] == [
        list(column) for column in zip(*sums.values(), strict=True)
    ]
    keys = [row[:2] for row in rows]
    assert found.first == [keys.index(key) + 1 for key in sums]


@given(ROWS)
def test_coded_rows_are_those_of_the_table(rows: list[Any]) -> None:
    goals, populations = [row[0] for row in rows], [row[1] for row in rows]
    coded = opened(CodedTable, {"agent": goals, "goal": goals, "population": populations})
    assert coded.read()
    assert coded.rows.tolist() == list(range(1, len(rows) + 1))
    texts = list(coded.columns["goal"].numbers)
    assert [texts[code] for code in coded.columns["goal"].codes] == goals
    assert coded.digests["agent"].numbers().tolist() == coded.columns["goal"].codes.tolist()
    counts = Counter(populations)
    first = {name: (counts[name], populations.index(name) + 1) for name in counts}
    assert coded.seen("population") == first


@pytest.mark.parametrize("kind", [DistinctRows, CodedTable])
def test_empty_cells_are_named_once_with_their_rows(kind: type[Reader]) -> None:
    many = opened(kind, {"goal": ["a"] * 900, "population": ["s", " ", "", None] * 225})
    assert said(many) == [
        "data frame, column 'population': the population is empty in 675 rows, the first of them "
        "2, 3, 4, 6, 7. Valid: the name of a population in every row. Fix: state "
        "empty_population='leave out', or a name for the population of these rows."
    ]
    ids = opened(kind, {"agent": ["x", " "], "goal": ["a", "b"]})
    assert said(ids) == ["data frame, column 'agent': the agent's id is empty in 1 row: 2."]


@pytest.mark.parametrize("kind", [DistinctRows, CodedTable])
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"goal": ["a", ""], "weight": ["1", ""]}, []),
        ({"goal": ["a", "a"], "count": ["2", "0"], "weight": ["1", ""]}, []),
        (
            {"goal": ["a", "a"], "weight": ["1", ""]},
            ["data frame, row 2, column 'weight': the weight is blank."],
        ),
        (
            {"goal": ["a", ""], "weight": ["x", "-1"]},
            [
                "data frame, row 1, column 'weight': the weight is not a number: 'x'.",
                "data frame, row 2, column 'weight': the weight is negative: '-1'.",
            ],
        ),
        (
            {"goal": ["a", "a"], "count": ["", "1.5"]},
            [
                "data frame, row 1, column 'count': the count is blank.",
                "data frame, row 2, column 'count': the count is not whole: '1.5'.",
            ],
        ),
    ],
)
def test_numbers_are_needed_where_a_row_says_something(
    kind: type[Reader], rows: dict[str, Any], says: list[str]
) -> None:
    found = said(opened(kind, rows))
    assert [text.split(" Valid")[0] for text in found] == says


def test_a_row_that_counts_nobody_needs_no_name() -> None:
    columns = (Column("rater", needed=("goal", bool)), Column("goal"), count_column("count"))
    rows = {"rater": ["", "", "r"], "goal": ["a", "", "b"], "count": [0, 1, 1]}
    assert said(opened(DistinctRows, rows, columns)) == []
    assert len(said(opened(DistinctRows, {**rows, "count": [1, 1, 1]}, columns))) == 1


def test_numbers_of_a_row_must_fit_each_other() -> None:
    columns = (number_column("low"), number_column("high"))
    ordered = Check(
        ("low", "high"),
        lambda low, high: low > high,
        lambda low, high: (f"{low:g} is above {high:g}", "low below high"),
    )
    rows = {"low": [1, 3, "x"], "high": [2, 2, 0]}
    found = said(opened(DistinctRows, rows, columns, checks=[ordered]))
    assert found[0] == "data frame, row 2: 3 is above 2. Valid: low below high."
    assert "the low is not a number: 'x'" in found[1]
    assert len(found) == 2


def test_a_column_of_many_texts_is_refused_before_all_are_read() -> None:
    found = opened(DistinctRows, {"goal": [f"r{i}" for i in range(1000)]})
    assert not found.read()
    assert "more than 200 different labels" in str(*found.problems)
    assert len(found.texts["goal"]) == 201


def test_repeats_are_named_with_both_rows() -> None:
    found = opened(DistinctRows, {"goal": ["a", "b", "a", "c"], "count": [1, 1, 1, 2]})
    assert found.read()
    keys = found.cells("goal")
    found.note_repeats(keys, "goal", lambda key: f"{key!r} is there twice", "{n} rows", "once", "")
    assert len(found.problems) == 2
    (problem,) = found.problems
    assert str(problem) == "data frame, column 'goal': 2 rows, in rows 3 and 4. Valid: once."
    assert problem.what == "'a' is there twice, before in row 1"


def test_no_sum_depends_on_where_a_chunk_ends() -> None:
    weights = np.random.default_rng(1).lognormal(size=5000).tolist()
    found = opened(DistinctRows, {"goal": ["a"] * 5000, "weight": weights})
    assert found.read()
    total = 0.0
    for weight in weights:
        total += weight
    assert found.sum("weight_sum").tolist() == [total]
