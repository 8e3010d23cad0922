"""Files as people have them, beside those of tests/data/cases: read right, or refused with help."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayes_misalign as bm
from bayes_misalign.tables.form import told_missing

AREA = bm.ProblemArea("vote", ["A", "B", "C"])
COUNTED = bm.SingleChoice(counts={"A": 50, "B": 33, "C": 20})


def choice(data: Any = None, **more: Any) -> Any:
    return bm.Study.of(AREA, bm.SingleChoice(data, **more), bm.MutuallyExclusive()).goals


def conflict(source: Any) -> Any:
    return bm.Study.of(AREA, COUNTED, source).conflict.sources[0]


def refused(made: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(bm.BayesMisalignError) as told:
        made(*given, **more)
    return str(told.value)


def text(folder: Path, content: str, name: str = "a.csv") -> Path:
    (folder / name).write_text(content)
    return folder / name


def test_shares_of_yes_with_decimal_commas(tmp_path: Path) -> None:
    rows = "goal;goal_other;s;n\nA;B;0,75;40\nA;C;0,2;25,0\nB;C;0,5;14\n"
    how = {"yes_share": "s", "count": "n", "separator": ";", "decimal": ","}
    found = conflict(bm.Judged(text(tmp_path, rows), **how))
    assert found.yes.tolist() == [30, 5, 7]


def test_positions_and_draws_with_decimal_commas(tmp_path: Path) -> None:
    how = {"separator": ";", "decimal": ","}
    rows = "goal;dimension;position;error\nA;x;1,5;0,5\nB;x;3,5;0,5\nC;x;9,25;0,4\n"
    found = conflict(bm.Spatial(text(tmp_path, rows), error="error", ends={"x": (0, 10)}, **how))
    assert found.pairs == (("A", "B"), ("A", "C"), ("B", "C"))
    draws = "A;B;C\n" + "0,25;0,5;0,25\n0,3;0,5;0,2\n" * 50
    shares = bm.DrawnShares(text(tmp_path, draws, "d.csv"), **how)
    assert bm.Study.of(AREA, shares, bm.MutuallyExclusive()).goals.populations == ("all",)


def test_counted_rows_given_twice_with_decimal_commas(tmp_path: Path) -> None:
    rows = "v;n;w\nA;480,0;1,5\nA;480,0;1,5\nB;200;2,5\nB;200;2,5\n"
    how = {"goal": "v", "count": "n", "weight": "w", "separator": ";", "decimal": ","}
    found = choice(text(tmp_path, rows), **how)
    assert found.counts.tolist() == [[960, 400, 0]]
    assert found.cautions


@pytest.mark.parametrize("column", [["47%", "53%"], ["1,470", "2,530"], ["470", "530"]])
def test_a_column_of_numbers_that_nobody_named(tmp_path: Path, column: list[str]) -> None:
    table = {"v": ["A", "B"], "n": column}
    assert any("does not name" in one.what for one in choice(table, goal="v").cautions)


def test_columns_of_the_population_are_named() -> None:
    table = {"v": ["A", "B"], "c": [1, 2], "y": [10, 7]}
    assert not choice(table, goal="v", population=["c", "y"]).cautions


@pytest.mark.parametrize("model", ["noisy", "published", "rated"])
def test_two_columns_are_one_population_in_every_model(model: str) -> None:
    both = {"c": ["D", "D", "R", "R"], "y": [1990] * 4}
    if model == "rated":
        table = {"goal": ["A"] * 4, "goal_other": ["B", "C", "B", "C"], "rating": [1, 2, 3, 4]}
        rated = bm.Rated(table | both, scale=(1, 5), population=["c", "y"], unnamed_pairs=None)
        found: Any = rated.read(AREA, problems := bm.errors.Problems())
        assert not problems
        assert found.measured_in == ("D, 1990", "R, 1990")
        return
    goals: Any = bm.NoisyLabels(
        {"agent": [1, 1, 2, 2], "rater": ["x", "y"] * 2, "label": list("ABAB")} | both,
        agent="agent",
        rater="rater",
        label="label",
        population=["c", "y"],
    )
    if model == "published":
        figures = {"goal": list("ABAB"), "percent": [47, 53, 40, 60], "n": [500] * 4}
        goals = bm.Published(
            figures | both, goal="goal", percent="percent", n="n", population=["c", "y"]
        )
    study = bm.Study.of(AREA, goals, bm.MutuallyExclusive())
    assert study.goals.populations == ("D, 1990", "R, 1990")


def test_populations_whose_names_would_become_the_same() -> None:
    table = {"v": ["A", "B"], "c": ["a, b", "a"], "y": ["c", "b, c"]}
    assert "make up the same name" in refused(choice, table, goal="v", population=["c", "y"])


def test_ids_of_a_panel_that_became_fractions() -> None:
    table = {"id": ["1", "2", "1.0", "2.0"], "w": [1, 1, 2, 2], "v": ["A", "B", "A", "A"]}
    found = choice(table, goal="v", population="w", respondent="id")
    assert found.pattern_counts.sum() == 2


def test_other_takes_no_code_that_is_written_otherwise() -> None:
    table = {"v": ["1", "2", "01", " 1"]}
    told = refused(choice, table, goal="v", codes={"1": "A", "2": "B"}, other="C")
    assert "'01'" in told
    assert "' 1'" in told


def test_labels_of_two_codes_in_a_column_of_populations(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    labels = {"v": {1: "A", 2: "B"}, "r": {1: "N", 2: "S", 3: "S"}}
    table = pd.DataFrame({"v": [1, 2, 2, 1], "r": [1, 2, 3, 3]})
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(table, str(path), variable_value_labels=labels)
    found = choice(path, goal="v", population="r")
    assert found.populations == ("N", "S (2)", "S (3)")
    assert choice(path, goal="v", where={"r": 3}).counts.tolist() == [[1, 1, 0]]


def test_a_total_under_a_name_of_its_own() -> None:
    table = {"r": list("NNSSGG"), "v": list("ABABAB"), "n": [40, 12, 10, 20, 50, 32]}
    found = choice(table, goal="v", count="n", population="r")
    assert any("are the sum of those of the others" in note for note in found.notes)
    half = {"v": ["A", "B", "C"], "n": [300, 100, 400]}  # as many as half of all may have a goal
    assert not choice(half, goal="v", count="n").cautions


@pytest.mark.parametrize("cells", [["x", "", "x"], ["TRUE", "FALSE", "TRUE"], ["A", "", "A"]])
def test_options_that_are_marked_are_no_numbers_of_agents(cells: list[str]) -> None:
    table = {"a": cells, "b": cells[::-1]}
    told = refused(choice, table, columns={"a": "A", "b": "B"})
    assert "options of which agents chose several" in told


def test_several_goals_apart_by_white_space() -> None:
    assert "a cell names several goals" in refused(choice, {"v": ["A", "A B"]}, goal="v")


def test_counts_of_pandas() -> None:
    votes = pd.Series(list("AABAC"))
    assert choice(counts=votes.value_counts()).counts.tolist() == [[3, 1, 1]]
    told = refused(choice, {"A": 3, "B": 1}, goal="v")
    assert "counts={'a': 480, 'b': 20}" in told
    table = pd.DataFrame({"v": ["A", "B"], "n": [3, 4]}).set_index("v")
    assert ".reset_index()" in refused(choice, table, goal="v", count="n")
    assert choice(table.reset_index(), goal="v", count="n").counts.tolist() == [[3, 4, 0]]


def test_a_matrix_of_lists_and_one_of_correlations() -> None:
    levels = [[0.0, 0.5, 0.2], [0.5, 0.0, 1.0], [0.2, 1.0, 0.0]]
    np.testing.assert_array_equal(conflict(bm.Fixed(levels)).conflict, [0.5, 0.2, 1.0])
    like = [[1, -0.5, 0.2], [-0.5, 1, 0.9], [0.2, 0.9, 1]]
    told = refused(conflict, bm.Fixed(matrix=like))
    assert "agreement" not in told
    found = conflict(bm.Fixed(matrix=like, scale=(1, -1)))
    np.testing.assert_allclose(found.conflict, [0.75, 0.4, 0.05])


def test_a_folder_of_text_files(tmp_path: Path) -> None:
    (tmp_path / "waves").mkdir()
    for wave in "12":
        text(tmp_path / "waves", "v\nA\nB\n", f"{wave}.csv")
    assert "waves/*.csv" in refused(choice, tmp_path / "waves", goal="v")


def test_the_sheet_that_has_the_columns(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["about"])
    sheet = book.create_sheet("Data")
    for row in (["v"], ["A"], ["B"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert "sheet='Data'" in refused(choice, tmp_path / "a.xlsx", goal="v")
    assert choice(tmp_path / "a.xlsx", goal="v", sheet="Data").counts.tolist() == [[1, 1, 0]]


def test_a_star_for_what_rounds_to_nothing() -> None:
    table = {"v": ["A", "B", "C"], "p": ["47", "53", "*"]}
    goals = bm.Published(table, goal="v", percent="p", n=1000)
    told = refused(bm.Study.of, AREA, goals, bm.MutuallyExclusive())
    assert "write 0: what is less than half the rounding rounds to it" in told


def test_one_number_written_in_two_ways_is_no_population_nor_rater() -> None:
    table = {"v": ["A", "B", "A"], "p": ["1", "1.0", "2"]}
    assert "populations are one number, written in two ways: '1', '1.0'" in refused(
        choice, table, goal="v", population="p"
    )
    kept = choice({**table, "p": ["01", "1", "2"]}, goal="v", population="p")
    assert set(kept.populations) == {"01", "1", "2"}


def test_populations_that_differ_by_accents_are_noted() -> None:
    table = {"v": ["A", "B", "A"], "p": ["Québec", "Quebec", "Ontario"]}
    found = choice(table, goal="v", population="p")
    assert any("'Québec', 'Quebec' differ only by accents" in note for note in found.notes)


def test_codes_and_labels_are_both_missing(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"v": [1.0, 2.0, 1.0], "r": [1.0, 2.0, 9.0]})
    labels = {"v": {1: "A", 2: "B"}, "r": {1: "N", 2: "S", 9: "DK"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    for word in ("9", "9.0", "DK"):
        how = {"missing": {"r": [word]}, "empty_population": "leave out"}
        assert choice(path, goal="v", population="r", **how).populations == ("N", "S")


def test_labels_of_ratings_that_are_missing(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "a.sav"
    frame = pd.DataFrame(
        {"goal": list("AAB"), "goal_other": list("BCC"), "rating": [1.0, 9.0, 5.0]}
    )
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"rating": {9: "DK"}})
    found = conflict(bm.Rated(path, scale=(1, 5), missing=["DK"], unnamed_pairs=0.5))
    assert found.counts.sum() == 2


def test_what_missing_names_and_no_cell_holds_is_noted() -> None:
    table = {"v": ["A", "B", "NA"], "p": ["n", "s", "s"]}
    (note,) = (
        n for n in choice(table, goal="v", population="p", missing=["NA", "-9"]).notes if "-9" in n
    )
    assert note == "No cell of data frame that is read is '-9', which missing names."
    found = choice(table, goal="v", missing={"v": ["NA", "."]})
    assert any("in the column 'v' is '.', which missing names" in note for note in found.notes)


def test_several_completions_of_one_request(tmp_path: Path) -> None:
    rows = '{"id": 1, "c": [{"m": {"t": "A"}}]}\n'
    rows += '{"id": 2, "c": [{"m": {"t": "A"}}, {"m": {"t": "B"}}]}\n'
    assert "row 2: in 'c.m.t', a cell holds 2 values" in refused(
        choice, text(tmp_path, rows, "a.jsonl"), goal="c.m.t"
    )
    told = '{"id": 1, "o": [{"k": "thought"}, {"t": "A"}]}\n'  # of which one has the key
    assert choice(text(tmp_path, told, "b.jsonl"), goal="o.t").counts.tolist() == [[1, 0, 0]]


def test_a_second_line_of_names_is_no_answer(tmp_path: Path) -> None:
    rows = "id,Which?,,w\n,A,B,\n1,A,,1\n2,,B,1\n"
    path = text(tmp_path, rows)
    assert "columns without a name stand to the right of 'Which?'" in refused(
        choice, path, goal="Which?"
    )
    ticks = bm.MultiSelect(path, columns={"A": "A", "B": "B"})
    two = bm.ProblemArea("vote", ["A", "B"])
    assert "skip_rows=1" in refused(bm.Study.of, two, ticks, bm.MutuallyExclusive())
    # what stands beside a table is none, nor are cells without anything
    for kept in ("id,v,\n1,A,note\n2,B,\n", "id,v,,\n,A,,\n2,B,,\n"):
        assert choice(text(tmp_path, kept), goal="v").n.sum() == 2


def test_totals_in_a_column_that_nobody_named() -> None:
    wide = {"at": ["n", "s", "Total"], "A": [10, 20, 30], "B": [5, 5, 10]}
    columns = {"A": "A", "B": "B"}
    (caution,) = choice(wide, columns=columns).cautions
    assert "rows with 'Total' in the column 'at'" in caution.what
    assert not choice(wide, columns=columns, where={"at": {"not": "Total"}}).cautions
    sexes = {
        "r": list("nnnsss"),
        "sex": ["m", "f", "both", "m", "f", "all"],
        "A": [3] * 6,
        "B": [2] * 6,
    }
    (caution,) = choice(sexes, columns=columns, population="r").cautions
    assert "'all' in the column 'sex'" in caution.what
    only = {"at": ["Total"], "A": [30], "B": [10]}
    assert not choice(only, columns=columns).cautions


def test_weights_that_overflow(tmp_path: Path) -> None:
    told = refused(choice, {"v": ["A", "B"], "w": [1e300, 1]}, goal="v", weight="w")
    assert "the weight is too large" in told
    assert choice({"v": ["A", "B"], "w": [1e90, 1]}, goal="v", weight="w").n.sum() == 2


def test_fractions_on_a_scale_of_percent() -> None:
    pairs = {"goal": list("AAB"), "goal_other": list("BCC")}
    for ratings, doubtful in (([0.8, 0.2, 0.5], True), ([0.8, 20, 5], False), ([0, 1, 1], False)):
        for scale in ((0, 100), (100, 0)):
            found = conflict(bm.Rated({**pairs, "rating": ratings}, scale=scale))
            assert bool(found.cautions) is doubtful
    assert not conflict(bm.Rated({**pairs, "rating": [0.8, 0.2, 0.5]}, scale=(0, 1))).cautions


def test_scores_are_no_places() -> None:
    two = bm.ProblemArea("vote", ["A", "B"])
    for places, noted in (([10, 2], True), ([1, 2], False)):
        ranked = bm.Ranked({"a": places, "b": places[::-1]}, columns={"a": "A", "b": "B"})
        found = bm.Study.of(two, ranked, bm.MutuallyExclusive()).goals
        assert any("Places go up to 10, in 2 columns" in note for note in found.notes) is noted


def test_a_label_is_missing_where_all_its_codes_are() -> None:
    codes = {"Other": {"95", "96"}, "DK": {"9"}}
    for text, gaps, told in (
        ("Other", {"95"}, set()),
        ("Other", {"95", "96"}, {"95", "96"}),
        ("DK", {"9", "Other"}, {"9"}),
        ("9", {"DK"}, {"DK"}),
        (" 9.0", {"9"}, {"9"}),
        ("A", {"9"}, set()),
    ):
        assert told_missing(text, codes, frozenset(gaps)) == told
