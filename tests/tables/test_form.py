"""How a table is written, and which of its rows and cells count, whatever it is read from."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import blocks, open_table, plain_text
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.form import LEAVE_OUT, TableForm, Wanted
from tests.readers import AREA, read, refused

WEIGHTS = {"goal": ["Left", "Right", "NA", "Left"], "weight": ["1.5", "-99", "2", "0.5"]}


@pytest.fixture(params=["rows", "blocks"])
def csv(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A file that is read row by row, or in blocks of a few rows."""
    if request.param == "blocks":
        monkeypatch.setattr(blocks, "WORTH", 0)
        monkeypatch.setattr(plain_text, "BLOCK", 60)

    def write(text: str, name: str = "a.csv") -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_codes_are_the_same_with_a_point_and_zeros() -> None:
    assert [same_code(text) for text in ("1.0", "-9.", "1", "1.50", "01.0", "x1.0")] == [
        *("1", "-9", "1", "1.50", "01", "x1.0")
    ]


def test_words_for_missing_hold_in_every_column(csv: Callable[..., Path]) -> None:
    path = csv("goal,region,weight\nLeft,n,1\nNA,n,NA\nRight,NA,2\nRight,s,4\n")
    answers = SingleChoice(
        path, "goal", "region", "weight", missing=["NA"], empty_population="elsewhere"
    )
    found = read(answers)
    assert found.populations == ("n", "elsewhere", "s")
    np.testing.assert_array_equal(found.weight_sum, [[1, 0, 0], [0, 2, 0], [0, 4, 0]])
    np.testing.assert_array_equal(found.not_asked, [1, 0, 0])
    assert found.notes[:3] == (
        "One cell of column 'goal' in a.csv is missing, as the study declares: 'NA'.",
        "One cell of column 'region' in a.csv is missing, as the study declares: 'NA'.",
        "One cell of column 'weight' in a.csv is missing, as the study declares: 'NA'.",
    )


def test_words_for_missing_by_column(csv: Callable[..., Path]) -> None:
    path = csv("goal,weight\n-99,1\n1,-99.0\n2,3\n")
    codes = {"1": "Left", "2": "Right", "-99": "Refused"}
    text = refused(SingleChoice(path, "goal", weight="weight", codes=codes))
    assert "row 3, column 'weight': the weight is negative: '-99.0'" in text
    stated = SingleChoice(
        path, "goal", weight="weight", codes=codes, missing={"weight": ["-99"]}, count=None
    )
    assert "row 3, column 'weight': the weight is blank" in refused(stated)
    text = refused(SingleChoice(path, "goal", codes=codes, missing={"wieght": ["-99"]}))
    assert "missing names the column 'wieght', which is not read" in text


def test_rows_are_filtered(csv: Callable[..., Path]) -> None:
    path = csv("goal,wave,done\n" + "Left,3,TRUE\nRight,3.0,False\nRight,2,true\nRight,,true\n" * 9)
    found = read(SingleChoice(path, "goal", where={"wave": 3}))
    np.testing.assert_array_equal(found.counts, [[9, 9, 0]])
    assert found.notes[0] == "18 rows of a.csv are left out, by where = wave = 3."
    found = read(SingleChoice(path, "goal", where={"wave": ["2", "3"], "done": True}))
    np.testing.assert_array_equal(found.counts, [[9, 9, 0]])
    text = refused(SingleChoice(path, "goal", where={"wave": "4"}))
    assert "no row is left by where = wave = '4'. Valid: a value that the column has: '3'" in text
    assert "there is no column 'wav'" in refused(SingleChoice(path, "goal", where={"wav": 1}))


def test_rows_without_a_population_are_left_out_or_named(csv: Callable[..., Path]) -> None:
    path = csv("goal,place\nLeft,n\nRight,\nRight, \nLeft,s\n")
    assert "the population is empty in 2 rows: 3, 4" in refused(SingleChoice(path, "goal", "place"))
    found = read(SingleChoice(path, "goal", "place", empty_population=LEAVE_OUT))
    assert found.populations == ("n", "s")
    assert "2 rows of a.csv are left out, with an empty cell in 'place'." in found.notes
    found = read(SingleChoice(path, "goal", "place", empty_population="none"))
    assert found.populations == ("n", "none", "s")


def test_two_columns_are_one_population(csv: Callable[..., Path]) -> None:
    path = csv("party,year,goal\n" + "D,1990,Left\nR,1990,Right\nD,2000,Left\n,2000,Left\n" * 5)
    stated = SingleChoice(path, "goal", ["party", "year"])  # type: ignore[arg-type]
    assert "the population is empty in 5 rows: 5, 9, 13" in refused(stated)
    stated = SingleChoice(path, "goal", ["party", "year"], empty_population=LEAVE_OUT)  # type: ignore[arg-type]
    found = read(stated)
    assert found.populations == ("D, 1990", "R, 1990", "D, 2000")
    np.testing.assert_array_equal(found.n, [5, 5, 5])


def test_decimal_commas(csv: Callable[..., Path]) -> None:
    path = csv("goal;weight\nLeft;1,25\nRight;0,75\n")
    text = refused(SingleChoice(path, "goal", weight="weight", separator=";"))
    assert "the weight holds a comma in rows 2 and 3: '1,25'; '0,75'" in text
    assert "Fix: state decimal=','" in text
    found = read(SingleChoice(path, "goal", weight="weight", separator=";", decimal=","))
    np.testing.assert_array_equal(found.weight_sum, [[1.25, 0.75, 0]])
    path = csv("goal;weight\nLeft;1.250\nRight;0,75\n")
    text = refused(SingleChoice(path, "goal", weight="weight", separator=";", decimal=","))
    assert "row 2, column 'weight': the weight holds a point: '1.250'" in text


@pytest.mark.parametrize("kind", ["xlsx", "jsonl", "frame"])
def test_decimal_commas_of_texts_beside_numbers(kind: str, tmp_path: Path) -> None:
    """Cells that are numbers stay what they are."""
    frame = pd.DataFrame({"goal": ["Left", "Right", "Left"], "weight": ["1,25", 0.75, 2]})
    data: Any = frame
    if kind == "xlsx":
        frame.to_excel(data := tmp_path / "a.xlsx", index=False)
    elif kind == "jsonl":
        frame.to_json(data := tmp_path / "a.jsonl", orient="records", lines=True)
    assert "Fix: state decimal=','" in refused(SingleChoice(data, "goal", weight="weight"))
    found = read(SingleChoice(data, "goal", weight="weight", decimal=","))
    np.testing.assert_array_equal(found.weight_sum, [[3.25, 0.75, 0]])
    stated = {"goal": ["a"], "goal_other": ["b"], "low": ["0,25"], "high": [0.5]}
    area = ProblemArea("vote", ["a", "b"])
    assert read(Elicited(data=stated, decimal=","), area).low.tolist() == [0.25]


def test_what_may_be_thousands_is_not_taken_for_decimals(csv: Callable[..., Path]) -> None:
    path = csv('goal,weight\nLeft,"1,234"\n')
    text = refused(SingleChoice(path, "goal", weight="weight"))
    assert "write numbers without a separator of thousands, as in 1234; or state decimal" in text


def test_rows_above_and_below_the_header(csv: Callable[..., Path]) -> None:
    path = csv("A survey,\nof plans,\ngoal,n\nLeft,2\nRight,3\n")
    text = refused(SingleChoice(path, "goal", count="n"))
    assert "the names of the columns stand in row 3, below a title" in text
    assert "Fix: state skip_rows=2." in text
    found = read(SingleChoice(path, "goal", count="n", skip_rows=2))
    np.testing.assert_array_equal(found.counts, [[2, 3, 0]])
    path = csv('goal,n\nWhich one?,How many?\n"{""ImportId"":""QID1""}",x\nLeft,2\nRight,3\n')
    text = refused(SingleChoice(path, "goal", count="n"))
    assert "rows 2 and 3 describe the columns" in text
    assert "Fix: state skip_rows=[2, 3]." in text
    found = read(SingleChoice(path, "goal", count="n", skip_rows=[2, 3]))  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.counts, [[2, 3, 0]])
    text = refused(SingleChoice(path, "goal", count="n", skip_rows=[2]))  # type: ignore[arg-type]
    assert "rows 3 describe the columns" in text
    assert "skip_rows=[2, 3]" in text
    text = refused(SingleChoice(path, "goal", skip_rows=9))
    assert "no row is left to be the header" in text
    assert "skip_rows is -1" in refused(SingleChoice(path, "goal", skip_rows=-1))


def test_row_numbers_are_those_of_the_file(csv: Callable[..., Path]) -> None:
    path = csv("title,\ngoal,n\nLeft,2\nRight,-1\n")
    assert "a.csv, row 4, column 'n'" in refused(SingleChoice(path, "goal", count="n", skip_rows=1))


def test_a_catch_all(csv: Callable[..., Path]) -> None:
    path = csv("goal\nLeft\nGreen\nBlue\nGreen\nUnsure\n\n")
    found = read(SingleChoice(path, "goal", other="Right"))
    np.testing.assert_array_equal(found.counts, [[1, 3, 1]])
    assert (
        "3 answers in none of the lists (2 different ones) count as 'Right': 'Green', 'Blue'."
        in found.notes
    )
    assert "other is 'Centre', which is in none" in refused(
        SingleChoice(path, "goal", other="Centre")
    )
    # what may be misspelt, or no answer, is no answer of its own
    path = csv("goal\nleft \nNA\nGreen\n")
    text = refused(SingleChoice(path, "goal", other="Right"))
    assert "'left '" in text
    assert "'NA'" in text
    assert "Green" not in text


def forms(draw: random.Random) -> TableForm:
    """Some way in which rows and cells count."""
    return TableForm(
        missing=draw.choice([(), ("NA",), ("7", "s"), {"weight": ("1", "3")}, {"agent": ("r3",)}]),
        where=draw.choice([{}, {}, {"other": "a"}, {"goal": ["Left", "", 7]}, {"population": "s"}]),
    )


@pytest.mark.parametrize("write", ["csv", "parquet", "polars", "pandas"])
def test_blocks_and_rows_count_the_same(
    write: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(3)
    monkeypatch.setattr(blocks, "WORTH", 0)
    accepted = 0
    for _ in range(40):
        n = draw.randrange(1, 40)
        columns = {
            "goal": draw.choices(["Left", "Right", "7", "NA", "7.0"], k=n),
            "population": draw.choices(["s", "t", ""], k=n),
            "agent": [f"r{draw.randrange(30)}" for _ in range(n)],
            "weight": draw.choices(["1", "3.0", "0.5"], k=n),
            "other": draw.choices(["a", "b"], k=n),
        }
        frame = pd.DataFrame(columns)
        data: Any = tmp_path / f"a.{write}"
        if write == "csv":
            frame.to_csv(data, index=False)
        elif write == "parquet":
            frame.to_parquet(data)
        else:
            data = pl.DataFrame(columns) if write == "polars" else frame
        wanted = [
            Wanted("goal"),
            Wanted("population", empty=draw.choice([None, "none", LEAVE_OUT])),
            Wanted("goal, other", parts=("goal", "other")),
            Wanted("agent"),
            Wanted("weight"),
        ]
        kinds: list[Any] = ["text", "text", "text", "id", "number"]
        form = forms(draw)
        by_row = open_table(data, wanted, Problems(), form=form)
        in_blocks = open_table(data, wanted, Problems(), form=form)
        assert by_row is not None
        assert in_blocks is not None
        assert in_blocks.blocks is not None
        rows = list(by_row)
        found: list[tuple[int, tuple[Any, ...]]] = []
        try:
            for block in in_blocks.blocks(kinds):
                cells = [
                    [texts[code] for codes, texts in column.parts for code in codes]
                    if isinstance(column, blocks.Coded)
                    else column.tolist()
                    if isinstance(column, np.ndarray)
                    else column.to_pylist()
                    for column in block.columns
                ]
                found += zip(block.rows.tolist(), zip(*cells, strict=True), strict=True)
        except blocks.Odd:
            continue
        accepted += 1
        assert [row for row, _ in found] == [row for row, _ in rows]
        for (_, one), (_, other) in zip(found, rows, strict=True):
            assert one[:4] == other[:4]
            assert str(one[4]) == other[4] or float(one[4] or "nan") == pytest.approx(
                float(other[4] or "nan"), nan_ok=True
            )
        assert in_blocks.remarks() == by_row.remarks()
    assert accepted > 25


@pytest.mark.parametrize("library", ["polars", "duckdb"])
def test_lazy_frames_are_chosen_from_where_they_live(library: str) -> None:
    frame = pl.DataFrame(
        {
            "goal": ["Left", "Right", "NA", "Left", "Right"],
            "party": ["D", "R", "D", None, "D"],
            "year": [1, 1, 2, 2, 1],
            "id": ["1", "2", "3", "4", "NA"],
            "wave": [3, 3, 3, 3, 2],
        }
    )
    if library == "duckdb":
        import duckdb

        lazy: Any = duckdb.sql("select * from frame")
    else:
        lazy = frame.lazy()
    found = read(
        SingleChoice(
            lazy,
            "goal",
            ["party", "year"],  # type: ignore[arg-type]
            respondent="id",
            missing=["NA"],
            where={"wave": 3},
            empty_population=LEAVE_OUT,
        )
    )
    assert set(found.populations) == {"D, 1", "R, 1", "D, 2"}
    assert found.counts.sum() == 2
    assert found.not_asked.sum() == 1
    assert any(note.startswith("One row of data frame") for note in found.notes)
    text = refused(SingleChoice(lazy, "goal", respondent="id", missing=["NA"]))
    assert "the respondent's id is empty in 1 row" in text


def survey_of_codes(path: Path, name: str = "a.sav", **more: Any) -> Path:
    frame = pd.DataFrame(
        {
            "goal": [1.0, 2.0, 8.0, 9.0, 1.0],
            "region": [1.0, 1.0, 2.0, 9.0, 2.0],
            "w": [1.0, 2.0, 99.0, 1.0, 1.0],
        }
    )
    labels = {"goal": {1: "Left", 2: "Right", 8: "Unsure", 9: "Refused"}, "region": {1: "n"}}
    pyreadstat.write_sav(
        frame,
        path / name,
        variable_value_labels=labels,
        missing_ranges={"goal": [8, 9], "region": [9], "w": [{"lo": 97, "hi": 99}]},
    )
    return path / name


def test_what_a_file_declares_missing_is_missing_in_every_role(tmp_path: Path) -> None:
    path = survey_of_codes(tmp_path)
    text = refused(SingleChoice(path, "goal", "region", "w"))
    assert "the population is empty in 1 row: 4" in text
    assert "row 3, column 'w': the weight is blank" in text
    # the study's lists say what two of the codes that are declared missing mean
    found = read(SingleChoice(path, "goal", "region", empty_population=LEAVE_OUT))
    np.testing.assert_array_equal(found.counts, [[1, 1, 0], [1, 0, 1]])
    assert found.populations == ("n", "2")
    assert any(
        note == "One cell of column 'region' in a.sav is missing, as the file declares: '9'."
        for note in found.notes
    )


def test_codes_of_a_numeric_scale_are_read_not_their_labels(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"goal": ["Left"] * 5, "goal_other": ["Right"] * 5, "rating": [0.0, 10, 5, 98, 99]}
    )
    labels = {"rating": {0: "not at all", 10: "wholly", 98: "don't know", 99: "refused"}}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame, path, variable_value_labels=labels, missing_ranges={"rating": [98, 99]}
    )
    found = read(Rated(path, scale=(0, 10)))
    assert found.raw_level.ravel() == pytest.approx([0.5])
    assert (
        "2 cells of column 'rating' in a.sav are missing, as the file declares: "
        "\"don't know\" 1, 'refused' 1." in found.notes
    )


def test_tagged_missing_values_are_no_letters(tmp_path: Path) -> None:
    frame = pd.DataFrame({"goal": [1, 2, 1, "a", "b"], "w": [1.0, "a", 1.0, 1.0, 1.0]})
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(
        frame,
        path,
        variable_value_labels={"goal": {1: "Left", 2: "Right", "b": "Refused"}},
        missing_user_values={"goal": ["a", "b"], "w": ["a"]},
    )
    found = read(SingleChoice(path, "goal"))
    np.testing.assert_array_equal(found.counts, [[2, 1, 0]])
    np.testing.assert_array_equal(found.not_asked, [1])
    np.testing.assert_array_equal(found.not_answers["Refused"], [1])
    assert "One cell of column 'goal' in a.dta is missing, as the file declares: '.a'." in (
        found.notes
    )
    assert "row 2, column 'w': the weight is blank" in refused(
        SingleChoice(path, "goal", weight="w")
    )


def test_a_code_with_a_point_is_the_same_code() -> None:
    codes = {"1": "Left", "2.0": "Right"}
    found = read(SingleChoice({"goal": ["1", "1.0", "2", 2.0]}, "goal", codes=codes))
    np.testing.assert_array_equal(found.counts, [[2, 2, 0]])
    labels = NoisyLabels({"x": ["1.0", "2", "1"]}, raters=("x",), error_rate=0.1, codes=codes)
    np.testing.assert_array_equal(read(labels).reports, [[1, 0, 0], [0, 1, 0]])
    pairs = {"goal": ["Left"] * 2, "goal_other": ["Right"] * 2, "conflict": ["1.0", "0.0"]}
    np.testing.assert_array_equal(read(Judged(pairs)).yes, [1])


def test_decimal_commas_of_statements_and_known_errors(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("goal;goal_other;low;high\nLeft;Right;0,2;0,6\n")
    stated = Elicited(data=tmp_path / "a.csv", separator=";", decimal=",")
    np.testing.assert_array_equal(read(stated).high, [0.6])
    (tmp_path / "a.csv").write_text("goal;goal_other;low;high\nLeft;Right;0.2;0,6\n")
    assert "not a number: '0.2, which has a point'" in refused(stated)


def test_missing_may_name_any_column_that_the_study_reads() -> None:
    answers = SingleChoice(
        {"id": ["1", "2"], "goal": ["Left", "Right"], "w": ["1", "2"]},
        "goal",
        weight="w",
        respondent="id",
        missing={"w": ["-99"]},
    )
    read(answers)
    problems = Problems()
    # agents by their ids, of whom weights are not asked
    assert answers.roster(AREA, problems) is not None
    assert list(problems) == []
    counts = {"goal": ["Left", "Right"], "label": ["Left", "Right"], "n": ["8", "9"]}
    read(NoisyLabels({"x": ["Left"]}, raters=("x",), validation=counts, missing={"n": ["-99"]}))
