import builtins
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pyreadstat
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.tables import open_table
from tests.readers import read, refused

COLUMNS: dict[str, list[Any]] = {
    "goal": ["Left", "Right", None, "Unsure", "Refused", "Left"],
    "group": ["s", "t", "s", "t", "s", "s"],
    "weight": [1.0, 0.5, 2.0, 3.0, 1.0, 0.25],
}
CODES = {"Left": 1, "Right": 2, "Unsure": 8, "Refused": 9}


def coded() -> pd.DataFrame:
    goals = [CODES[goal] if goal else None for goal in COLUMNS["goal"]]
    return pd.DataFrame(COLUMNS | {"goal": pd.Series(goals, dtype="float64")})


def write_csv(path: Path) -> Path:
    pd.DataFrame(COLUMNS).to_csv(path, index=False)
    return path


def write_tsv(path: Path) -> Path:
    pl.DataFrame(COLUMNS).write_csv(path, separator="\t")
    return path


def write_parquet(path: Path) -> Path:
    goals = pa.array(COLUMNS["goal"]).dictionary_encode()
    pq.write_table(pa.table(COLUMNS | {"goal": goals}), path, row_group_size=2)
    return path


def write_arrow(path: Path) -> Path:
    goals = pa.array(COLUMNS["goal"]).dictionary_encode()
    feather.write_feather(pa.table(COLUMNS | {"goal": goals}), path)
    return path


def write_json_lines(path: Path) -> Path:
    records = [
        dict(zip(COLUMNS, cells, strict=True)) for cells in zip(*COLUMNS.values(), strict=True)
    ]
    kept = [
        {key: value for key, value in record.items() if value is not None} for record in records
    ]
    path.write_text("\n".join(map(json.dumps, kept)))
    return path


def write_sav(path: Path) -> Path:
    labels = {"goal": {code: label for label, code in CODES.items()}}
    pyreadstat.write_sav(coded(), path, variable_value_labels=labels, missing_ranges={"goal": [9]})
    return path


def write_dta(path: Path) -> Path:
    labels = {"goal": {code: label for label, code in CODES.items()}}
    pyreadstat.write_dta(coded(), path, variable_value_labels=labels)
    return path


FILES: dict[str, Callable[[Path], Path]] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "parquet": write_parquet,
    "arrow": write_arrow,
    "jsonl": write_json_lines,
    "sav": write_sav,
    "dta": write_dta,
}
FRAMES: dict[str, Callable[[], Any]] = {
    "mapping": lambda: COLUMNS,
    "pandas": lambda: pd.DataFrame(COLUMNS),
    "pandas categories": lambda: pd.DataFrame(COLUMNS).astype({"goal": "category"}),
    "pandas objects": lambda: pd.DataFrame(COLUMNS).astype(object),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "polars lazy": lambda: pl.LazyFrame(COLUMNS),
    "polars categories": lambda: pl.DataFrame(COLUMNS).cast({"goal": pl.Categorical}),
    "pyarrow": lambda: pa.table(COLUMNS),
    "narwhals": lambda: nw.from_native(pl.DataFrame(COLUMNS)),
}


@pytest.mark.parametrize("name", [*FILES, *FRAMES])
def test_every_format_gives_the_same_evidence(name: str, tmp_path: Path) -> None:
    data = FILES[name](tmp_path / f"a.{name}") if name in FILES else FRAMES[name]()
    found = read(SingleChoice(data, "goal", "group", "weight"))
    expected = read(SingleChoice(COLUMNS, "goal", "group", "weight"))
    assert found.source == (f"a.{name}" if name in FILES else "data frame")
    assert replace(found, source="") == replace(expected, source="")
    np.testing.assert_array_equal(found.counts, [[2, 0, 0], [0, 1, 1]])
    np.testing.assert_array_equal(found.not_answers["Refused"], [1, 0])
    np.testing.assert_array_equal(found.not_asked, [1, 0])


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("csv", "tsv")])
def test_row_numbers_of_files_without_a_header_line(name: str, tmp_path: Path) -> None:
    table = open_table(FILES[name](tmp_path / f"a.{name}"), ["group"], Problems())
    assert table is not None
    assert [row for row, _ in table] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", list(FILES))
def test_a_missing_column_in_every_format(name: str, tmp_path: Path) -> None:
    path = FILES[name](tmp_path / f"a.{name}")
    text = refused(SingleChoice(path, "goals"))
    assert f"a.{name}: there is no column 'goals'" in text
    assert "did you mean 'goal'?" in text


@pytest.mark.parametrize("name", ["parquet", "arrow", "sav", "dta"])
def test_a_file_cut_short_is_an_error_not_less_data(name: str, tmp_path: Path) -> None:
    path = FILES[name](tmp_path / f"a.{name}")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 2 // 3])
    assert f"a.{name}" in refused(SingleChoice(path, "goal", "group", "weight"))


@pytest.mark.parametrize("name", ["parquet", "sav", "dta"])
def test_a_long_file_cut_short_is_an_error_not_less_data(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"goal": ["Left", "Right"] * 100_000, "x": np.arange(200_000.0)})
    path = tmp_path / f"a.{name}"
    if name == "parquet":
        pq.write_table(pa.Table.from_pandas(frame), path)
    else:
        (pyreadstat.write_sav if name == "sav" else pyreadstat.write_dta)(frame, path)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) - 20_000])
    assert f"a.{name}" in refused(SingleChoice(path, "goal"))


@pytest.mark.parametrize("name", ["sav", "dta"])
def test_labelled_files_without_their_reader(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = FILES[name](tmp_path / f"a.{name}")
    real = builtins.__import__

    def without(module: str, *args: Any, **kwargs: Any) -> Any:
        if module == "pyreadstat":
            raise ImportError(module)
        return real(module, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert 'pip install "bayes-misalign[spss]"' in refused(SingleChoice(path, "goal"))


def test_codes_with_the_same_label_are_not_merged(tmp_path: Path) -> None:
    labels = {"goal": {1: "Left", 2: "Left", 8: "Unsure", 9: "Refused"}}
    pyreadstat.write_sav(coded(), tmp_path / "a.sav", variable_value_labels=labels)
    text = refused(SingleChoice(tmp_path / "a.sav", "goal"))
    assert "the codes 1 and 2 of column 'goal' have the same label, 'Left'" in text
    codes = {"1": "Left", "2": "Left", "8": "Unsure", "9": "Refused"}
    assert codes["1"] in text
    answers = read(SingleChoice(tmp_path / "a.sav", "goal", codes=codes))
    assert answers.counts[0, 0] == (coded()["goal"] < 3).sum()


def test_long_labelled_files_are_read_in_parts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"goal": ["Left", "Right"] * 40_000})
    pyreadstat.write_sav(frame, tmp_path / "a.sav")
    np.testing.assert_array_equal(
        read(SingleChoice(tmp_path / "a.sav", "goal")).counts, [[40_000, 40_000, 0]]
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"goal": ', "row 2: the line is not JSON"),
        ("[1]", "row 2: the line is not an object"),
        ('{"goal": ["Left", "Right"]}', "row 2: in 'goal', a cell holds 2 values; only the model"),
        ('{"goal": {"x": 1}}', "row 2: in 'goal', a cell holds a dict"),
        ('{"goal": "Left", "goal": "Right"}', "row 2: a key is there twice"),
        ("[" * 100_000, "row 2: the line is not JSON"),
    ],
)
def test_damaged_json_lines(line: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"goal": "Left"}\n' + line + "\n")
    assert says in refused(SingleChoice(tmp_path / "a.jsonl", "goal"))


def test_other_json_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{\n  "goal": "Left"\n}')
    text = refused(SingleChoice(tmp_path / "a.json", "goal"))
    assert "neither an array of objects nor one object a line. Fix: write an array" in text


def test_keys_that_the_first_line_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n{"goal": "Left"}\n')
    counts = read(SingleChoice(tmp_path / "a.jsonl", "goal"))
    assert (counts.n, counts.not_asked) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame([["Left", "Right"]], columns=["goal", "goal"]),
        pa.table([pa.array(["Left"]), pa.array(["Right"])], names=["goal", "goal"]),
    ],
    ids=["pandas", "pyarrow"],
)
def test_frames_with_a_column_twice(data: Any) -> None:
    assert "2 columns are called 'goal'" in refused(SingleChoice(data, "goal"))


@pytest.mark.parametrize("data", [3, [3], pd.Series(["Left"]), object()])
def test_objects_that_are_no_table(data: Any) -> None:
    text = refused(SingleChoice(data, "goal"))
    assert f"an object of type {type(data).__name__} is not a table" in text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"goal": "Left"}, "the column 'goal' is not a list of cells"),
        ({"goal": 3}, "data holds a number for each name, not a list of cells"),
        ({"goal": ["Left"], "x": [1, 2]}, "columns differ in length"),
        ({"goal": [["Left", "Right"]]}, "row 1: a cell holds 2 values"),
        ({"goal": []}, "no responses"),
        ({"goal": [b"Left"]}, "row 1: a cell holds a bytes"),
    ],
)
def test_mappings_that_are_no_table(data: Any, says: str) -> None:
    assert says in refused(SingleChoice(data, "goal"))


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pd.Series([1, None, 3]), ("1", "", "3")),
        (pd.Series([1, None], dtype="Int64"), ("1", "")),
        (pd.Series([True, None, "x", 7], dtype=object), ("True", "", "x", "7")),
        (pd.Series(pd.to_datetime(["2020-01-02", None])), ("2020-01-02 00:00:00", "")),
        (pl.Series([1.5, float("nan"), None, 2.0]), ("1.5", "", "", "2")),
        (pl.Series(["007", "NA", None, ""]), ("007", "NA", "", "")),
        (np.array([0.1, 1e300], np.float64), ("0.1", "1e+300")),
        (np.array([0.1], np.float32), ("0.1",)),
        ([2**60 + 1, np.datetime64("NaT", "s"), float("inf")], (str(2**60 + 1), "", "inf")),
    ],
)
def test_cells_of_frames_are_the_text_a_person_would_write(values: Any, texts: Any) -> None:
    table = open_table({"c": values}, ["c"], Problems())
    assert table is not None
    assert tuple(cells[0] for _, cells in table) == texts


def test_columns_may_be_numbered() -> None:
    table = open_table(pd.DataFrame([["Left", 2]]), ["1", "0"], Problems())
    assert table is not None
    assert list(table) == [(1, ("2", "Left"))]
