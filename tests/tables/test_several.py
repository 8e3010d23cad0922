from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import blocks
from tests.readers import read, refused

WAVES = {"w1.csv": ["Left", "Right", ""], "w2.csv": ["Right", "Right"], "w10.csv": ["Unsure"]}


@pytest.fixture(params=["by row", "in blocks"])
def waves(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files of one panel, read in both ways."""
    if request.param == "in blocks":
        monkeypatch.setattr(blocks, "WORTH", 0)
    for name, goals in WAVES.items():
        rows = "".join(f"{name[:2]}{i},{goal},1.5\n" for i, goal in enumerate(goals))
        write(tmp_path / "waves" / name, "id,goal,weight\n" + rows)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ("waves/*.csv", "waves/*.csv"),
        (["waves/w1.csv", "waves/w10.csv", "waves/w2.csv"], "w1.csv and 2 more"),
        (["waves/w1*.csv", "waves/w2.csv"], "w1*.csv and 1 more"),
    ],
)
def test_several_files_are_one_table(waves: Path, data: Any, source: str) -> None:
    found = read(SingleChoice(data, "goal", "source", weight="weight"), base=waves)
    assert found.populations == ("w1.csv", "w10.csv", "w2.csv")
    np.testing.assert_array_equal(found.counts, [[1, 1, 0], [0, 0, 1], [0, 2, 0]])
    np.testing.assert_array_equal(found.weight_sum, found.counts * 1.5)
    np.testing.assert_array_equal(found.not_asked, [1, 0, 0])
    assert found.source == source


def test_messages_name_the_file_and_its_row(waves: Path) -> None:
    survey = SingleChoice("waves/*.csv", "goal", respondent="id", weight="weight")
    write(waves / "waves/w2.csv", "id,goal,weight\nw10,Right,1\nx,Rihgt,1\n")
    write(waves / "waves/w3.csv", "id,goal,weight\nw10,Left,1\n")
    text = refused(survey, base=waves)
    assert "first rows 2 of w1.csv and 2 of w10.csv" in text
    assert "the label 'Rihgt' in row 3 of w2.csv is in none" in text
    write(waves / "waves/w2.csv", "id,goal,weight\n,Right,1\nx,Left,0.5x\n")
    text = refused(survey, base=waves)
    assert "w2.csv, row 3, column 'weight': the weight is not a number: '0.5x'" in text
    assert "the respondent's id is empty in 1 row: 2 of w2.csv" in text
    write(waves / "waves/w2.csv", "id,goal,weight\nx,Right\n")
    assert "w2.csv, row 2: the row has 2 cells, the header has 3" in refused(survey, base=waves)


def test_repeated_labels_are_named_with_their_files(waves: Path) -> None:
    labels = NoisyLabels("waves/*.csv", label="goal", agent="id")
    write(waves / "waves/w2.csv", "id,goal,weight\nw10,Right,1\nw21,Left,1\n")
    text = refused(labels, ProblemArea("vote", ["Left", "Right"], no_goal=["Unsure"]), base=waves)
    assert "rows 2 of w1.csv and 2 of w10.csv" in text


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"w2.csv": "id,vote\na,Left\n"}, "w2.csv: there is no column 'goal'"),
        ({"w2.csv": "id,goal\n"}, "w2.csv: no responses: there is a header but no row below it"),
        ({"w2.csv": ""}, "w2.csv' is empty"),
        ({"w2.csv": "id;goal\na;Left\n"}, "w2.csv, row 1: the header is separated by semicolon"),
    ],
)
def test_each_file_must_be_sound(waves: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        write(waves / "waves" / name, text)
    assert says in refused(SingleChoice("waves/*.csv", "goal"), base=waves)


def test_a_pattern_that_no_file_matches(tmp_path: Path) -> None:
    assert "no file matches 'waves/*.csv'" in refused(
        SingleChoice("waves/*.csv", "goal"), base=tmp_path
    )
    text = refused(SingleChoice(["a.csv", "b.csv"], "goal"), base=tmp_path)
    assert "the file 'a.csv' does not exist" in text.replace(f"{tmp_path}/", "")
    assert "the file 'b.csv' does not exist" in text.replace(f"{tmp_path}/", "")


def test_a_source_column_of_the_files_is_theirs(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "goal,source\nLeft,web\nRight,phone\n")
    write(tmp_path / "b.csv", "goal,source\nRight,web\n")
    found = read(SingleChoice("*.csv", "goal", "source"), base=tmp_path)
    assert found.populations == ("web", "phone")


def test_a_folder_of_partitioned_parquet(tmp_path: Path) -> None:
    columns = {
        "goal": ["Left", "Right", "Right", "Left"],
        "year": [2020, 2020, 2024, 2024],
        "place": ["a b", "c", "c", None],
    }
    table = pa.table(columns)
    parts = ds.partitioning(
        pa.schema([("year", pa.int64()), ("place", pa.string())]), flavor="hive"
    )
    ds.write_dataset(table, tmp_path / "votes", format="parquet", partitioning=parts)
    pq.write_table(table, tmp_path / "votes" / "_metadata.parquet")
    by_year = read(SingleChoice("votes", "goal", "year"), base=tmp_path)
    assert by_year.source == "votes"
    assert by_year.populations == ("2020", "2024")
    np.testing.assert_array_equal(by_year.counts, [[1, 1, 0], [1, 1, 0]])
    text = refused(SingleChoice("votes", "goal", "place"), base=tmp_path)
    assert "the population is empty in 1 row: 1 of year=2024/place=__HIVE" in text
    text = refused(SingleChoice("votes", "goal", "region"), base=tmp_path)
    assert "there is no column 'region'" in text
    assert "'year'" in text


def test_a_folder_without_parquet_is_a_directory(tmp_path: Path) -> None:
    assert "is a directory" in refused(SingleChoice(tmp_path, "goal"))
