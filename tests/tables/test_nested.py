"""Fields of structs in frames and files, and keys of mappings in cells, are columns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.tables import open_table
from tests.readers import read, refused

GOALS = ["Left", "Right", None, "Unsure", "Left", "Left"]
CELLS: list[Any] = [{"g": goal, "more": {"w": 1.5}} for goal in GOALS]
CELLS[2] = None
ROWS = [{"v": cell, "at": "s" if i % 2 else "t", "x": i} for i, cell in enumerate(CELLS)]
ARROW = pa.Table.from_pylist(ROWS)
STATED = {"goal": "v.g", "population": "at", "weight": "v.more.w", "where": {"at": ["s", "t"]}}


def as_pandas() -> Any:
    return ARROW.to_pandas(types_mapper=pd.ArrowDtype)


NO_FIELDS = "make a column of each field, or give the path of the file in place of the frame"
FRAMES: dict[str, Callable[[], Any]] = {
    "Polars": lambda: pl.DataFrame(ROWS),
    "lazy Polars": lambda: pl.DataFrame(ROWS).lazy(),
    "PyArrow": lambda: ARROW,
    "DuckDB": lambda: duckdb.from_arrow(ARROW),
    "pandas with Arrow": as_pandas,
    "pandas with dicts": lambda: pd.DataFrame(ROWS),
    "mapping": lambda: {name: [row[name] for row in ROWS] for name in ROWS[0]},
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_field_is_a_column(frame: Callable[[], Any]) -> None:
    found = read(SingleChoice(frame(), **STATED))
    places = {name: i for i, name in enumerate(found.populations)}
    assert found.counts[places["s"]].tolist() == [1, 1, 1]
    assert found.counts[places["t"]].tolist() == [2, 0, 0]
    assert found.weight_sum.sum() == 1.5 * 5
    assert found.not_asked.sum() == 1


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_column_of_fields_is_none(frame: Callable[[], Any]) -> None:
    data = frame()
    said = refused(SingleChoice(data, goal="v"))
    if isinstance(data, pd.DataFrame):  # whose types are not looked at without need
        assert "row 1: a cell holds a dict" in said
    else:
        assert "the column 'v' holds several fields in each cell" in said
        assert "Valid: one of 'v.g', 'v.more.w'. Fix: name the field, as in \"v.g\"." in said
    said = refused(SingleChoice(frame(), goal="v.h"))
    assert "there is no column 'v.h'" in said
    assert "'v.g', 'v.more.w'" in said


def test_a_column_with_a_point_in_its_name_stays_one() -> None:
    frame = pl.DataFrame({"v": [{"g": "Left"}], "v.g": ["Right"]})
    for data in (frame, frame.lazy(), frame.to_arrow()):
        assert read(SingleChoice(data, goal="v.g")).counts.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("write", [pq.write_table, feather.write_feather])
def test_fields_in_files(write: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / f"a.{'parquet' if write is pq.write_table else 'arrow'}"
    write(ARROW, file)
    found = read(SingleChoice(file, **STATED))
    expected = read(SingleChoice(ARROW, **STATED))
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_array_equal(found.weight_sum, expected.weight_sum)
    assert "the column 'v' holds several fields" in refused(SingleChoice(file, goal="v"))
    several = read(SingleChoice(str(tmp_path / "a.*"), **STATED))
    np.testing.assert_array_equal(several.counts, expected.counts)


def test_blocks_of_fields_say_what_rows_say(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(ARROW, file)
    for data in (file, ARROW, pl.DataFrame(ROWS)):
        table = open_table(data, ["v.g", "v.more.w"], Problems())
        assert table is not None
        assert table.blocks is not None
        (block,) = table.blocks(["text", "number"])
        codes, texts = block.columns[0].parts[0]
        assert [texts[code] for code in codes] == [cells[0] for _, cells in table.read()]
        np.testing.assert_array_equal(block.columns[1], [1.5, 1.5, np.nan, 1.5, 1.5, 1.5])


@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
def test_fields_of_a_frame_that_gives_none_are_refused(tmp_path: Path) -> None:
    said = refused(SingleChoice(dd.from_pandas(as_pandas(), npartitions=2), goal="v.g"))
    assert "fields of 'v' cannot be read from a lazy frame of Dask" in said
    assert NO_FIELDS in said
    file = tmp_path / "a.parquet"
    pq.write_table(ARROW, file)
    assert read(SingleChoice(file, goal="v.g")).counts.tolist() == [[3, 1, 1]]
