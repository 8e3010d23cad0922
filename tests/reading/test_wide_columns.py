"""Tables with a column for each pair of goals, or for each goal."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import Wide
from bayes_misalign.study.toml import read_study
from bayes_misalign.tables import blocks, melted, plain_text
from tests.readers import read, refused

CASE = Path("tests/data/cases/wide-ratings")
AREA = ProblemArea("area", ["A", "B", "C"], no_goal=["None"])
VOTES = ProblemArea("vote", ["Left", "Right"], not_answers=["Void"])
WIDE = "who,A_B,A_C,B_C\nr1,5,2,3\nr2,4,1,3\nr3,5,2,\n"
LONG = {
    "who": ["r1"] * 3 + ["r2"] * 3 + ["r3"] * 3,
    "goal": ["A", "A", "B"] * 3,
    "goal_other": ["B", "C", "C"] * 3,
    "rating": [5, 2, 3, 4, 1, 3, 5, 2, None],
}
COLUMNS = {"A_B": ["A", "B"], "A_C": ["A", "C"], "B_C": ["B", "C"]}
COUNTS = {
    "district": ["n", "n", "s"],
    "votes_left": [10, 20, 30],
    "votes_far_left": [1, 0, 2],
    "votes_right": [5, 5, 1],
    "void": [2, 0, 1],
    "w": [0.5, 1.5, 2.0],
}
OF_VOTES = {"votes_left": "Left", "votes_far_left": "Left", "votes_right": "Right", "void": "Void"}


@pytest.fixture(params=["rows", "blocks"])
def csv(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A file that is read row by row, or in blocks of a few rows."""
    if request.param == "blocks":
        monkeypatch.setattr(blocks, "WORTH", 0)
        monkeypatch.setattr(plain_text, "BLOCK", 40)
        monkeypatch.setattr(melted, "MANY", 7)

    def write(text: str) -> Path:
        (tmp_path / "a.csv").write_text(text)
        return tmp_path / "a.csv"

    return write


def same(one: Any, other: Any) -> None:
    for name in ("pairs", "raters", "levels", "populations"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("rater", "pair", "side", "population", "counts", "values"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("columns", [COLUMNS, "{goal}_{goal_other}"])
def test_a_column_for_each_pair_is_what_rows_are(csv: Callable[[str], Path], columns: Any) -> None:
    wide = read(Rated(csv(WIDE), scale=(1, 5), rater="who", columns=columns), AREA)
    same(wide, read(Rated(LONG, scale=(1, 5), rater="who"), AREA))
    assert wide.notes == ("One rating in a.csv is empty and left out.",)


def test_many_rows_in_blocks_are_what_they_are_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    names = ["rate_A_B", "rate_C_A", "rate_B_C", "rate_None_A"]
    lines = [",".join(["year", *names, "n"])]
    for _ in range(300):
        cells = rng.choice(["1", "2", "5", "", "dk", "3"], 4)
        lines.append(",".join([str(rng.integers(3)), *cells, str(rng.integers(4))]))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    rated = Rated(
        tmp_path / "a.csv",
        scale=(1, 5),
        columns="rate_{goal}_{goal_other}",
        population="year",
        count="n",
        not_ratings=("dk",),
    )
    one = read(rated, AREA)
    monkeypatch.setattr(blocks, "WORTH", 0)
    monkeypatch.setattr(plain_text, "BLOCK", 500)
    monkeypatch.setattr(melted, "MANY", 50)
    same(one, read(rated, AREA))
    n = np.array([[int(x) for x in line.split(",")[-1:]] for line in lines[1:]])[:, 0]
    told = np.array([[c not in ("", "dk") for c in line.split(",")[1:5]] for line in lines[1:]])
    assert one.counts.sum() == (n[:, None] * told).sum()


@pytest.mark.parametrize("lazy", ["polars", "duckdb"])
def test_a_lazy_frame_is_asked_for_distinct_rows(
    lazy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame(COUNTS)
    data: Any = frame.lazy() if lazy == "polars" else duckdb.sql("select * from frame")
    monkeypatch.setattr("bayes_misalign.tables.lazy.Lazy._rows", lambda self: 1 / 0)
    choice = SingleChoice(data, columns=OF_VOTES, population="district", where={"district": "n"})
    found = read(choice, VOTES)
    np.testing.assert_array_equal(found.counts, [[31, 10]])
    np.testing.assert_array_equal(found.not_answers["Void"], [2])
    assert found.notes[0].startswith("One row of data frame")
    assert sum("left out" in note for note in found.notes) == 1


def test_a_column_for_each_goal_counts_agents(csv: Callable[[str], Path]) -> None:
    text = "\n".join([",".join(COUNTS), *(",".join(map(str, r)) for r in zip(*COUNTS.values()))])  # noqa: B905
    path = csv(text + "\n")
    found = read(SingleChoice(path, columns=OF_VOTES, population="district", weight="w"), VOTES)
    assert found.populations == ("n", "s")
    np.testing.assert_array_equal(found.counts, [[31, 10], [32, 1]])
    np.testing.assert_array_equal(found.weight_sum, [[35.5, 10], [64, 2]])
    np.testing.assert_array_equal(found.not_answers["Void"], [2, 1])
    plain = SingleChoice({"votes_left": [3], "votes_right": [4]}, columns="votes_{goal}")
    np.testing.assert_array_equal(read(plain, VOTES).counts, [[3, 4]])


def test_judgements_may_stand_in_columns() -> None:
    rows = {"who": ["r", "s"], "A_B": ["yes", "no"], "A_C": ["yes", ""], "C_B": ["no", "no"]}
    found = read(Judged(rows, rater="who", columns="{goal}_{goal_other}"), AREA)
    assert found.pairs == (("A", "B"), ("A", "C"), ("B", "C"))
    np.testing.assert_array_equal(found.yes, [1, 1, 0])
    np.testing.assert_array_equal(found.no, [1, 0, 2])
    one = Judged({"A_B": ["yes", "maybe"]}, columns={"A_B": ["A", "B"]})
    assert (
        "data frame, row 2, column 'A_B': the judgement is neither yes nor no: 'maybe'"
        in refused(one, AREA)
    )


def test_messages_name_the_row_and_the_column_of_the_file(csv: Callable[[str], Path]) -> None:
    path = csv(WIDE.replace("r2,4,1", ",4,x").replace("r1,5", "r3,5"))
    text = refused(Rated(path, scale=(1, 5), rater="who", columns=COLUMNS), AREA)
    assert "a.csv, row 3, column 'A_C': the rating is not a number: 'x'" in text
    assert "a.csv, column 'who': the rater is empty in 1 row: 3." in text
    path = csv(WIDE.replace("r2", "r1").replace("r3", "r1"))
    text = refused(Rated(path, scale=(1, 5), rater="who", columns=COLUMNS), AREA)
    assert "5 ratings are of a pair that their rater rated before" in text
    assert "a.csv, column 'who'" in text
    (path.parent / "b.csv").write_text(WIDE.replace("5", "9"))
    both = Rated([path, path.parent / "b.csv"], scale=(1, 5), columns=COLUMNS)
    assert "b.csv, row 2, column 'A_B': the rating is off the scale: '9'" in refused(both, AREA)
    counts = SingleChoice(csv("Left,Right\n3,4\n5,\n6,x\n"), columns="{goal}")
    text = refused(counts, VOTES)
    assert "a.csv, row 3, column 'Right': the count is blank" in text
    assert "a.csv, row 4, column 'Right': the count is not a number: 'x'" in text


def test_a_wide_table_where_rows_are_wanted_is_recognised() -> None:
    text = refused(Rated(CASE / "r.csv", scale=(1, 5), rater="who"), AREA)
    line = str({"A_B": ["A", "B"], "A_C": ["A", "C"], "B_C": ["B", "C"]})
    assert text.count("\n") == 0
    assert "a rating is wanted in each row, in columns 'goal', 'goal_other', 'rating'" in text
    assert f"state columns={line}." in text
    text = refused(SingleChoice(COUNTS, "vote", population="district"), VOTES)
    assert "'void': 'Void', 'votes_right': 'Right'" not in text
    counts = {"county": ["x"], "votes_Left": [3], "votes Right": [4], "total": [7]}
    text = refused(SingleChoice(counts, "vote", population="county"), VOTES)
    assert "columns={'votes_Left': 'Left', 'votes Right': 'Right'} in place of goal" in text
    assert "it leaves out 'total'" in text
    judged = Judged({"A.vs.B": ["yes"], "A.vs.C": ["no"]})
    assert "'A.vs.B': ['A', 'B']" in refused(judged, AREA)
    assert "there is no column 'goal'" in refused(Judged({"x": ["yes"], "A_B": ["no"]}), AREA)


def test_the_study_of_the_case_is_sound_with_the_line_that_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes((CASE / "r.csv").read_bytes())
    line = 'columns = { "A_B" = ["A", "B"], "A_C" = ["A", "C"], "B_C" = ["B", "C"] }\n'
    (tmp_path / "study.toml").write_text((CASE / "study.toml").read_text() + line)
    [source] = read_study(tmp_path / "study.toml").conflict.sources
    np.testing.assert_allclose(source.raw_level[0], [11 / 12, 1 / 6, 1 / 2])


def test_many_columns_are_proposed_by_their_pattern() -> None:
    goals = [f"goal {i}" for i in range(5)]
    names = {f"rate_{a}-{b}": [1] for a, b in combinations(goals, 2)}
    text = refused(Rated(names, scale=(1, 5)), ProblemArea("x", goals))
    assert "columns='rate_{goal}-{goal_other}'" in text
    found = read(
        Rated(names, scale=(1, 5), columns="rate_{goal}-{goal_other}"), ProblemArea("x", goals)
    )
    assert len(found.pairs) == 10


def test_a_pattern_is_read_in_one_way_only() -> None:
    area = ProblemArea("x", ["a", "b_c", "a_b", "c"])
    rated = Rated({"a_b_c": [1]}, scale=(1, 5), columns="{goal}_{goal_other}")
    text = refused(rated, area)
    assert "the column 'a_b_c' may be about 'a' and 'b_c' or 'a_b' and 'c'" in text
    said = Rated({"a_b_c": [1]}, scale=(1, 5), columns={"a_b_c": ["a", "b_c"]})
    assert read(said, area).pairs == (("a", "b_c"),)
    counts = {"votes_left": [1], "Votes Right": [2], "votes_total": [3]}
    text = refused(SingleChoice(counts, columns="votes_{goal}"), VOTES)
    assert "'votes_total' fits the pattern 'votes_{goal}', but 'total' is no goal" in text
    stated = {"votes_left": "Left", "Votes Right": "Right"}
    assert f"columns={stated}" in text
    np.testing.assert_array_equal(
        read(SingleChoice(counts, columns=stated), VOTES).counts, [[1, 2]]
    )
    text = refused(
        Rated({"A_B": [1], "A_Z": [2]}, scale=(1, 5), columns="{goal}_{goal_other}"), AREA
    )
    assert "'A_Z' fits the pattern '{goal}_{goal_other}', but 'Z' is no goal" in text


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("{goal}_{other}", "each of {goal} and {goal_other} once"),
        ("{goal}x{goal_other}", "no column is called as the pattern"),
        ({"A_B": ["A", "D"]}, "there is no goal 'D'"),
        ({"A_B": "A"}, "columns, 'A_B': it is 'A'. Valid: goal and goal_other"),
        ({"A_B": ["A"]}, "goal and goal_other"),
        ({"A-B": ["A", "B"]}, "there is no column 'A-B'. Valid: one of 'A_B'"),
        ({}, "columns is {}. Valid: what each column is about"),
        (3, "columns is 3"),
    ],
)
def test_columns_that_say_too_little(columns: Any, says: str) -> None:
    assert says in refused(Rated({"A_B": [1]}, scale=(1, 5), columns=columns), AREA)


def test_rows_and_columns_are_not_stated_together() -> None:
    rated = Rated({"A_B": [1]}, scale=(1, 5), columns=COLUMNS, rating="r")
    assert "columns and rating are both stated" in refused(rated, AREA)
    choice = SingleChoice(COUNTS, "vote", columns=OF_VOTES)
    assert "columns and goal are both stated" in refused(choice, VOTES)
    assert "the key 'goal' is missing" in refused(SingleChoice(COUNTS), VOTES)
    judged = Judged(COUNTS, columns=COLUMNS, yes_count="y", no_count="n")
    assert "columns and yes_count are both stated" in refused(judged, AREA)


def test_ratings_of_a_goal_with_itself_are_left_out_where_the_study_says_so() -> None:
    rows = {"goal": ["A", "A", "B"], "goal_other": ["B", "A", "B"], "rating": [1, 2, 5]}
    text = refused(Rated(rows, scale=(1, 5)), AREA)
    assert "2 pairs are of a goal with itself, in rows 2 and 3" in text
    assert "Fix: state self_ratings='leave out' to leave ratings of a goal with itself out" in text
    found = read(Rated(rows, scale=(1, 5), self_ratings="leave out"), AREA)
    assert found.counts.sum() == 1
    left, doubt = found.notes
    assert left == "2 ratings of a goal with itself in data frame are left out."
    assert "if they are of agreement, state that" in doubt  # 2 and 5 of 5, of a goal with itself
    wide = Rated({"A_A": [1], "A_B": [5]}, scale=(1, 5), columns="{goal}_{goal_other}")
    said = refused(wide, AREA)
    assert "data frame, row 1, column 'A_A': 'A' is paired with itself" in said
    assert '"leave out"' in refused(Rated(rows, scale=(1, 5), self_ratings="yes"), AREA)
    judged = {"goal": ["A", "A"], "goal_other": ["A", "B"], "conflict": ["no", "yes"]}
    assert "self_judgements='leave out'" in refused(Judged(judged), AREA)
    left = read(Judged(judged, self_judgements="leave out"), AREA)
    np.testing.assert_array_equal(left.yes, [1])
    assert left.notes == ("One judgement of a goal with itself in data frame is left out.",)


def test_columns_of_hundreds_of_goals_are_recognised() -> None:
    goals = tuple(f"g{i}" for i in range(300))
    names = ["_".join(pair) for pair in combinations(goals, 2)]
    wide = Wide(("goal", "goal_other"), "rating", goals, "a rating")
    assert len(wide.recognised(names)) == len(names)
