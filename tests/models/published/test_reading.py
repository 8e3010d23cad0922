"""Published percentages as tables and studies hold them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.models.published.declaration import Published
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

HALVES = {"Left": 47, "Right": 38, "Unsure": 15}


def published(**changes: Any) -> Published:
    return Published(**{"shares": HALVES, "n": 1013, **changes})


def test_percentages_keep_their_number_and_rounding() -> None:
    found = read(published())
    np.testing.assert_array_equal(found.percent, [[47, 38, 15]])
    np.testing.assert_array_equal(found.rounding, [1.0])
    np.testing.assert_array_equal(found.counts, [[476, 385, 152]])
    np.testing.assert_array_equal(found.n, [1013])
    assert found.stated_deff is None
    assert not found.stated.any()


@pytest.mark.parametrize(
    ("shares", "rounding"),
    [
        ({"Left": 43.5, "Right": 39, "Unsure": 17.5}, 0.1),
        ({"Left": "43.50", "Right": "39", "Unsure": "17.5 %"}, 0.01),
        ({"Left": 43, "Right": 39, "Unsure": 18}, 1.0),
        ({"Left": 0.47, "Right": 0.38, "Unsure": 0.15}, 1.0),
        ({"Left": 0.4, "Right": 0.5, "Unsure": 0.1}, 1.0),  # a frame drops the last zero
        ({"Left": 0.471, "Right": 0.379, "Unsure": 0.15}, 0.1),
    ],
)
def test_rounding_is_that_of_the_digits(shares: Any, rounding: float) -> None:
    found = read(published(shares=shares, deff=1.0))
    np.testing.assert_allclose(found.rounding, [rounding])
    assert found.percent.sum() == pytest.approx(100)


def test_tables_by_population(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "poll,vote,pct,n\nP1,Left,43.5,1012\nP1,Right,39,1012\nP1,Unsure,17.5,1012\n"
        "P2,Left,41,880\nP2,Right,44,880\nP2,Unsure,13,880\nP2,Refused,2,880\n"
    )
    columns = {"goal": "vote", "percent": "pct", "population": "poll"}
    found = read(Published(tmp_path / "a.csv", n="n", **columns))  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.asked, [1012, 880])
    np.testing.assert_allclose(found.rounding, [0.1, 1])
    np.testing.assert_array_equal(found.not_answers["Refused"], [0, 18])
    np.testing.assert_array_equal(found.n, [1012, 862])
    inline = {
        "P1": {"Left": 43.5, "Right": 39, "Unsure": 17.5},
        "P2": {"Left": 41, "Right": 44, "Unsure": 13, "Refused": 2},
    }
    again = read(published(shares=inline, n={"P1": 1012, "P2": 880}))
    for name in ("percent", "rounding", "asked", "counts"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))


def test_a_margin_of_error_says_what_a_sample_is_worth() -> None:
    # Pew Research Center, January 2015: 2,002 adults, 3.1 points
    shares = {"Left": 37, "Right": 57, "Unsure": 6}
    found = read(published(shares=shares, n=2002, margin_of_error=3.1))
    assert found.stated_deff[0] == pytest.approx(4 * 2002 * (0.031 / 1.959964) ** 2, rel=1e-6)
    assert found.n_effective[0] == pytest.approx(2002 / found.stated_deff[0])
    # what a simple random sample has, rounded, is one
    assert read(published(margin_of_error=3.1)).stated_deff[0] == 1.0
    other = read(published(margin_of_error=2.6, margin_level=0.9, margin_share=0.47))
    assert other.stated_deff[0] == pytest.approx(1, abs=0.02)
    two = {"s": HALVES, "t": HALVES}
    mixed = read(published(shares=two, n=500, deff={"s": 1.4}))
    np.testing.assert_array_equal(mixed.stated, [True, False])


def test_labels_of_no_goal_are_one_category() -> None:
    area = ProblemArea("vote", ["a", "b"], no_goal=["Unsure", "None"], not_answers=["Refused"])
    shares = {"a": 40, "b": 30, "None": 10, "Unsure": 15, "Refused": 5}
    found = read(Published(shares=shares, n=400), area)
    assert found.labels == ("a", "b", "no goal", "None", "Refused")
    np.testing.assert_array_equal(found.counts, [[160, 120, 100]])
    one = read(Published(shares={"a": 60, "b": 30, "None": 10}, n=400), area)
    np.testing.assert_array_equal(one.percent, [[60, 30, 10]])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shares": {"Left": 70, "Right": 60}}, "the percentages sum to 130, and no shares of"),
        ({"shares": {"Left": 50, "Right": 35}}, "Fix: add the rest as a label of no_goal"),
        (
            {"shares": {"Left": 43.5, "Right": 56.5}, "n": 50},
            "43.5 % of 'Left' is no number of agents out of 50, rounded to 0.1 points",
        ),
        ({"n": 0}, "the percentages of 'all' are of 0 agents"),
        ({"n": 10.5}, "the number of agents is not whole: 10.5. Valid: a whole number, 1 or more."),
        ({"n": None}, "n is missing: how many agents"),
        ({"n": "n"}, "n is 'n', a column, and shares have no columns"),
        ({"shares": {"Left": -1, "Right": 101}}, "the percentage is not from 0 to 100"),
        ({"shares": {"Left": "<1", "Right": 99}}, "Fix: write 0: what is less than half"),
        ({"shares": {"Left": "43,5", "Right": 56.5}}, "holds a comma"),
        ({"shares": {"Leaft": 47, "Right": 53}}, "did you mean 'Left'?"),
        ({"shares": {"s": HALVES}, "n": {"t": 5}}, "there is no population 't'"),
        ({"rounding": 0}, "rounding is 0"),
        ({"rounding": {"x": 1.0}}, "there is no population 'x'"),
        ({"margin_of_error": 3.1, "deff": 1.2}, "a design effect are both stated"),
        ({"margin_of_error": 0.031}, "points, and of 1,013 agents drawn at random it would be 3.1"),
        ({"margin_of_error": 3.1, "margin_level": 95}, "margin_level is 95"),
        ({"deff": -1.0}, "a design effect is a positive number"),
        ({"data": "a.csv"}, "shares and data are both stated"),
        ({"shares": None}, "neither data nor shares is stated"),
        ({"shares": None, "data": "a.csv", "goal": "g"}, "the key 'percent' is missing"),
    ],
)
def test_percentages_that_cannot_be_are_refused(changes: dict[str, Any], says: str) -> None:
    try:
        said = refused(published(**changes))
    except bm.StudyError as error:  # of another type than a field takes
        said = str(error)
    assert says in said


def test_fixes_can_be_obeyed() -> None:
    # weighted percentages are no numbers of agents
    shares = {"Left": 43.5, "Right": 56.5}
    assert "state deff" in refused(published(shares=shares, n=50))
    assert read(published(shares=shares, n=50, deff=1.0)).n[0] == 50
    rest = read(published(shares={"Left": 50, "Right": 35, "Unsure": 15}))
    np.testing.assert_array_equal(rest.percent, [[50, 35, 15]])
    # percentages may miss 100 by their rounding
    for third in ({"Left": 33, "Right": 33, "Unsure": 33}, {"Left": 34, "Right": 34, "Unsure": 33}):
        assert read(published(shares=third)).ranges[0].possible


def test_a_table_says_each_label_once_with_one_n() -> None:
    table = {"g": ["Left", "Left", "Right"], "pct": [47, 47, 53], "n": [9, 8, 9]}
    said = refused(Published(table, "g", "pct", n="n"))
    assert "'Left' is there twice, before in row 1" in said
    assert "n of 'all' is 8 here and 9 before" in said


def test_populations_of_which_nothing_was_published() -> None:
    found = read(published(shares={"s": HALVES}, n={"s": 500}, populations=("t", "s")))
    np.testing.assert_array_equal(found.n, [0, 500])
    assert any("Nothing was published of population 't'" in note for note in found.notes)


def test_evidence_is_stored_and_written_whole(tmp_path: Path) -> None:
    area = ProblemArea("vote", ["a", "b"], no_goal=["Unsure", "None"], not_answers=["Refused"])
    shares = {
        "s": {"a": 40.5, "b": 29.5, "None": 10, "Unsure": 15, "Refused": 5},
        "t": {"a": 51, "b": 44, "Unsure": 5},
    }
    goals = Published(shares=shares, n={"s": 400, "t": 812}, deff={"t": 1.3})
    study = bm.Study.of(area, goals, bm.MutuallyExclusive())
    assert bm.Study.from_plain(study.to_plain()).goals == study.goals
    from bayes_misalign.contract.registry import goals_model

    table = dict(
        goals_model("published").write(study.goals, study.goal_prior, area, tmp_path) or {}
    )
    assert table.pop("model") == "published"
    table.pop("prior")
    again = Published(**table).read(area, Problems(), tmp_path)
    assert isinstance(again, PublishedShares)
    for name in ("percent", "rounding", "asked", "labels", "stated_deff"):
        np.testing.assert_array_equal(getattr(again, name), getattr(study.goals, name))


def test_a_fit_of_the_published_figures_of_experts() -> None:
    # Pew Research Center, 3 April 2025: 47 % more excited, 15 % more concerned of 1,013 experts
    area = ProblemArea("AI", ["excited", "concerned"], no_goal=["neither"])
    shares = {"excited": 47, "concerned": 15, "neither": 38}

    def fitted(goals: Any) -> Any:
        return bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1).misalignment()["all"]

    found = fitted(Published(shares=shares, n=1013))
    assert found.mean == pytest.approx(0.141, abs=0.001)
    assert found.interval == pytest.approx((0.122, 0.161), abs=0.002)
    # as counts of 100 it would be three times as wide
    low, high = fitted(bm.SingleChoice(counts=shares)).interval
    assert high - low > 2.9 * (found.interval[1] - found.interval[0])


def test_a_census_of_rounded_percentages_keeps_their_rounding() -> None:
    area = ProblemArea("vote", ["a", "b"])
    goals = Published(shares={"a": 52, "b": 48}, n=100_000, population_size=100_000)
    study = bm.Study.of(area, goals, bm.MutuallyExclusive())
    share = bm.fit(study).proportions()["all"]["a"].draws.ravel()
    assert share.min() >= 0.515
    assert share.max() <= 0.525
    assert share.std() == pytest.approx(0.01 / np.sqrt(12), rel=0.1)


WIDE = {
    "wave": [2019, 2021, 2023],
    "asked": [1013, 850, 1204],
    "moe": ["3.1", "±3.5 %", ""],
    "Left, %": [47, 44, 40.5],
    "Right, %": ["38%", "42%", "45%"],
    "Unsure": [15, 14, 14.5],
    "Total": [100, 100, 100],
}
BY_COLUMN = {"Left, %": "Left", "Right, %": "Right", "Unsure": "Unsure"}
OF_WAVES = {"population": "wave", "n": "asked", "margin_of_error": "moe"}


def test_a_column_for_each_goal_says_what_rows_say() -> None:
    by_columns = read(Published(WIDE, columns=BY_COLUMN, **OF_WAVES))  # type: ignore[arg-type]
    names = [(place, name) for place in range(3) for name in BY_COLUMN]
    long = {
        "goal": [BY_COLUMN[name] for _, name in names],
        "percent": [WIDE[name][place] for place, name in names],
        **{key: [WIDE[key][place] for place, _ in names] for key in ("wave", "asked", "moe")},
    }
    by_rows = read(Published(long, "goal", "percent", **OF_WAVES))  # type: ignore[arg-type]
    np.testing.assert_array_equal(by_columns.percent, by_rows.percent)
    np.testing.assert_array_equal(by_columns.asked, [1013, 850, 1204])
    np.testing.assert_array_equal(by_columns.rounding, by_rows.rounding)
    np.testing.assert_array_equal(by_columns.rounding, [1, 1, 0.1])
    np.testing.assert_array_equal(by_columns.stated_deff, by_rows.stated_deff)
    margins = {"2019": 3.1, "2021": 3.5}
    stated = read(
        Published(WIDE, columns=BY_COLUMN, population="wave", n="asked", margin_of_error=margins)
    )
    np.testing.assert_array_equal(by_columns.stated_deff, stated.stated_deff)


def test_names_of_columns_may_tell_the_population() -> None:
    data = {"Left_2019": ["47"], "Right_2019": ["53"], "Left_2023": ["41"], "Right_2023": ["59"]}
    n = {"2019": 1013, "2023": 800}
    found = read(Published(data, columns="{goal}_{population}", n=n))
    assert found.populations == ("2019", "2023")
    np.testing.assert_array_equal(found.percent[:, :2], [[47, 53], [41, 59]])


def test_design_effects_stand_in_a_column(tmp_path: Path) -> None:
    stated = {"columns": "{goal}", "population": "wave", "n": 1000, "deff": "deff"}
    stated |= {"separator": ";", "decimal": ","}
    file = tmp_path / "a.csv"
    file.write_text("wave;Left;Right;deff\na;47,5;52,5;1,4\nb;44;56;\n")
    found = read(Published(file, **stated))  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.stated_deff, [1.4, np.nan])
    file.write_text("wave;Left;Right;deff\na;47,5;52,5;0\nb;44;56;1.2\n")
    said = refused(Published(file, **stated))  # type: ignore[arg-type]
    assert "row 2, column 'deff': the design effect is 0." in said
    assert "row 3, column 'deff': the design effect holds a point: '1.2'." in said


def test_the_cell_of_a_row_that_cannot_be_read_is_named_once() -> None:
    data = {
        **WIDE,
        "moe": ["3.1", "few", "3"],
        "asked": [1013, 850.5, 1204],
        "Unsure": [15, 140, 14.5],
    }
    said = refused(Published(data, columns=BY_COLUMN, **OF_WAVES))  # type: ignore[arg-type]
    assert len(said.splitlines()) == 3
    for column in ("moe", "asked", "Unsure"):
        assert f"row 2, column {column!r}: " in said


def test_a_wave_that_is_told_twice_is_refused() -> None:
    data = {**WIDE, "wave": [2019, 2019, 2023]}
    said = refused(Published(data, columns=BY_COLUMN, **OF_WAVES))  # type: ignore[arg-type]
    assert "row 2: 3 percentages are of a label that their population has before" in said


def test_figures_in_columns_need_a_table() -> None:
    said = refused(published(margin_of_error="moe"))
    assert "margin_of_error is 'moe', a column, and shares have no columns" in said


def test_rows_that_are_left_out_are_noted() -> None:
    data = {"vote": ["Left", "Right", "Left"], "pct": [47, 53, 9], "final": ["1", "1", "0"]}
    found = read(Published(data, "vote", "pct", n=900, where={"final": 1}))
    assert any("final" in note for note in found.notes)
