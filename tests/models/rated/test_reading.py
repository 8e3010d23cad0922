from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.rating_scale import GRID, MOST_LEVELS, RatingScale
from bayes_misalign.models.fixed.declaration import Fixed
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.rated.evidence import FIRST, NOBODY, SECOND, RatedConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.conflict_sources import read_conflict
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"])
ROWS = {
    "goal": ["a", "a", "a", "b"],
    "goal_other": ["b", "b", "c", "c"],
    "rating": [1, 3, 5, None],
    "who": ["r", "s", "r", "s"],
}
LEVELS = ["none", "some", "full"]
DIRECTED = {
    "goal": ["a", "b", "b", "a"],
    "goal_other": ["b", "a", "a", "b"],
    "rating": [80, 100, 20, 80],
    "n": [3, 1, 1, 1],
    "year": [1, 1, 2, 2],
}


def test_ratings_of_named_raters() -> None:
    rated = read(Rated(ROWS, scale=(1, 5), rater="who"), AREA)
    assert rated.pairs == (("a", "b"), ("a", "c"))
    assert rated.raters == ("r", "s")
    assert rated.levels == ("1", "3", "5")
    np.testing.assert_array_equal(rated.values, [0, 0.5, 1])
    np.testing.assert_array_equal(rated.rater, [0, 0, 1])
    np.testing.assert_array_equal(rated.pair, [0, 1, 0])
    np.testing.assert_array_equal(rated.counts, [[1, 0, 0], [0, 0, 1], [0, 1, 0]])
    np.testing.assert_array_equal(rated.raw_level, [[0.25, 1.0]])
    assert rated.notes == ("One rating in data frame is empty and left out.",)


def test_words_are_levels_from_no_conflict_to_full_conflict() -> None:
    rows = ROWS | {"rating": ["none", "full", "some", "don't know"]}
    rated = read(Rated(rows, levels=LEVELS, not_ratings=["don't know"]), AREA)
    assert rated.levels == tuple(LEVELS)
    np.testing.assert_array_equal(rated.raw_level, [[0.5, 0.5]])
    assert rated.rater.tolist() == [NOBODY, NOBODY]
    assert "One rating in data frame is declared to be none" in rated.notes[0]
    worth = read(Rated(rows, levels=LEVELS, values=[0, 0.2, 1], not_ratings="don't know"), AREA)
    np.testing.assert_array_equal(worth.raw_level, [[0.5, 0.2]])


def test_directed_ratings_of_warmth_by_population() -> None:
    declared = Rated(DIRECTED, scale=(100, 0), directed=True, count="n", population="year")
    rated = read(declared, AREA)
    assert rated.populations == ("1", "2")
    assert rated.side.tolist() == [FIRST, SECOND, FIRST, SECOND]
    np.testing.assert_array_equal(rated.sizes, [3, 1, 1, 1])
    # 1 - warmth / 100, the mean of both sides however many ratings each has
    np.testing.assert_allclose(rated.raw_level, [[0.1], [0.5]])
    turned = rated.ordered(["2", "1"])
    np.testing.assert_allclose(turned.raw_level, [[0.5], [0.1]])
    more = rated.ordered(["1", "3", "2"])
    np.testing.assert_allclose(more.raw_level, [[0.1], [np.nan], [0.5]])
    assert more.notes == ("Nobody rated conflict in '3'; its levels are borrowed from others.",)


def test_one_side_alone_has_no_raw_level() -> None:
    rows = {"goal": ["a"], "goal_other": ["b"], "rating": [3]}
    assert np.isnan(read(Rated(rows, scale=(1, 5), directed=True), AREA).raw_level).all()


def test_pairs_that_nobody_rated_borrow_or_take_a_stated_level() -> None:
    problems = Problems()
    both = [Rated(ROWS, scale=(1, 5)), Fixed({("a", "c"): 0.3})]
    rows = ROWS | {"goal_other": ["b", "b", "b", "c"], "rating": [1, 3, 5, None]}
    both[0] = Rated(rows, scale=(1, 5))
    found = read_conflict(both, AREA, problems)
    assert not problems
    assert found is not None
    ratings = found.source_of("b", "c")
    assert isinstance(ratings, RatedConflict)
    assert ratings.pairs == (("a", "b"), ("b", "c"))
    assert ratings.unrated == (("b", "c"),)
    assert found.source_of("a", "c").model == "fixed"
    stated = read_conflict([Rated(rows, scale=(1, 5), unnamed_pairs=0.5)], AREA, problems)
    assert stated is not None
    assert stated.source_of("b", "c").model == "fixed"
    twice = read_conflict([Rated(rows, scale=(1, 5)), Rated(ROWS, scale=(1, 5))], AREA, problems)
    assert twice is None
    assert "two sources name the same pair" in str(next(iter(problems)))


def test_two_tables_of_ratings_cannot_both_speak_for_a_third_pair() -> None:
    problems = Problems()
    other = {"goal": ["a"], "goal_other": ["c"], "rating": [2]}
    rows = {"goal": ["a"], "goal_other": ["b"], "rating": [2]}
    sources = [Rated(rows, scale=(1, 5)), Rated(other, scale=(1, 5))]
    assert read_conflict(sources, AREA, problems) is None
    assert "2 sources of ratings could speak for 1 pairs that nobody rated" in str(
        next(iter(problems))
    )


@pytest.mark.parametrize(
    ("change", "more", "says"),
    [
        ({"rating": [1, 3, 6, 2]}, {}, "row 3, column 'rating': the rating is off the scale: '6'"),
        ({"rating": [1, 3, "x", 2]}, {}, "the rating is not a number: 'x'"),
        ({}, {"scale": None}, "rated: no scale is stated"),
        ({}, {"levels": LEVELS}, "scale and levels are both stated"),
        ({}, {"scale": (1, 1)}, "both ends of the scale are 1"),
        ({}, {"scale": (1, 3, 5)}, "the scale is (1, 3, 5)"),
        ({}, {"scale": (1, "x")}, "the end of the scale is not a number"),
        ({}, {"values": (0, 1)}, "values go with levels"),
        ({}, {"scale": None, "levels": ["1"]}, "levels is ('1',)"),
        ({}, {"scale": None, "levels": ["1", "1"]}, "a level is named twice: '1'"),
        ({}, {"scale": None, "levels": LEVELS}, "the rating is no level in rows 1, 2 and 3: '1'"),
        ({}, {"scale": None, "levels": LEVELS, "values": [0, 1]}, "3 levels and 2 values"),
        ({}, {"scale": None, "levels": LEVELS, "values": [0, 1, 1]}, "do not increase"),
        ({}, {"scale": None, "levels": LEVELS, "values": [0, 1, 2]}, "outside [0, 1]"),
        ({}, {"scale": None, "levels": LEVELS, "values": "abc"}, "values is 'abc'"),
        ({"who": ["r"] * 4}, {"rater": "who"}, "the rater 'r' rated 'a' and 'b' more than once"),
        (
            {"who": ["r", "", "r", "s"]},
            {"rater": "who"},
            "column 'who': the rater is empty in 1 row: 2",
        ),
        ({"goal": ["a", "x", "a", "b"]}, {}, "row 2: there is no goal 'x'"),
        ({"goal": ["b", "a", "a", "b"]}, {}, "row 1: 'b' is paired with itself"),
        (
            {"goal": ["a", "b", "a", "b"], "goal_other": ["b", "a", "c", "c"]},
            {},
            "the pair 'a' and 'b' is written in both directions, the other way round in row 1",
        ),
        ({"n": [1, -1, 1, 1]}, {"count": "n"}, "the count is negative"),
        ({"n": [2, 1, 1, 1]}, {"count": "n", "rater": "who"}, "more than once"),
        ({"y": ["s", "", "s", "s"]}, {"population": "y"}, "the population is empty"),
        ({}, {"rating": "score"}, "there is no column 'score'"),
        ({}, {"data": None}, "data is not stated"),
    ],
)
def test_ratings_that_cannot_be(change: dict[str, Any], more: dict[str, Any], says: str) -> None:
    given = {"data": ROWS | change, "scale": (1, 5)} | more
    assert says in refused(Rated(**given), AREA)


def test_the_same_mistake_in_many_rows_is_told_once() -> None:
    rows = {"goal": ["a"] * 500, "goal_other": ["b"] * 500, "rating": [9] * 500}
    assert refused(Rated(rows, scale=(1, 5)), AREA).count("\n") == 0


def test_a_rater_may_rate_again_where_that_is_declared() -> None:
    rows = ROWS | {"who": ["r"] * 4}
    rated = read(Rated(rows, scale=(1, 5), rater="who", repeated=True), AREA)
    np.testing.assert_array_equal(rated.sizes, [2, 1])
    assert rated.repeated


def test_ratings_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("goal,goal_other,rating\na,b,2\n")
    rated = read(Rated("r.csv", scale=(1, 3)), AREA, base=tmp_path)
    assert rated.origin == "r.csv"
    np.testing.assert_array_equal(rated.raw_level, [[0.5]])
    assert "s.csv" in refused(Rated("s.csv", scale=(1, 3)), AREA, base=tmp_path)


def test_no_rating_at_all_speaks_for_no_pair_yet() -> None:
    rows = {"goal": ["a"], "goal_other": ["b"], "rating": [""]}
    rated = read(Rated(rows, scale=(1, 5)), AREA)
    assert rated.silent
    assert rated.pairs == ()


def test_evidence_survives_json() -> None:
    declared = Rated(DIRECTED, scale=(100, 0), directed=True, count="n", population="year")
    rated = read(declared, AREA)
    assert from_plain(to_plain(rated)) == rated


RATINGS = st.lists(st.floats(0, 1), min_size=1, max_size=200)


@given(RATINGS)
def test_levels_keep_the_mean_and_the_order(ratings: list[float]) -> None:
    distinct, counts = np.unique(np.round(ratings, 12), return_counts=True)
    found = RatingScale(ends=(0.0, 1.0)).sort(distinct, counts.astype(float))
    values = np.array(found.values)
    assert values[0] == 0
    assert values[-1] == 1
    assert (np.diff(values) > 0).all()
    assert len(values) == len(found.labels) <= MOST_LEVELS
    mean = counts @ values[found.place] / counts.sum()
    assert mean == pytest.approx(counts @ distinct / counts.sum(), abs=1e-12)
    assert (np.diff(found.place) >= 0).all()


def test_fine_ratings_are_sorted_into_a_grid_whose_ends_are_levels() -> None:
    fine = np.linspace(0, 1, 101)
    found = RatingScale(ends=(0.0, 1.0)).sort(fine, np.ones(101))
    assert len(found.labels) == GRID
    assert (found.place == 0).sum() == (found.place == GRID - 1).sum() == 1
    assert np.abs(np.array(found.values)[found.place] - fine).max() <= 1 / (GRID - 2)
    rows = {"goal": ["a"] * 101, "goal_other": ["b"] * 101, "rating": fine}
    assert "101 different ratings" in read(Rated(rows, scale=(0, 1)), AREA).notes[0]


def test_ratings_with_a_decimal_comma(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("goal;goal_other;rating\na;b;1,5\na;b;2\n")
    rated = Rated("r.csv", scale=(1, 2), separator=";", decimal=",")
    np.testing.assert_allclose(read(rated, AREA, tmp_path).raw_level, [[0.75]])


SAME = ("pairs", "raters", "values", "rater", "pair", "side", "population", "counts")


@pytest.mark.parametrize(
    ("stated", "turned"),
    [
        ({"scale": (1, 5)}, {"rating": [5, 3, 1, None]}),
        ({"scale": (5, 1)}, {"scale": (1, 5)}),
        ({"scale": (0, 7)}, {"rating": [6, 4, 2, None]}),
        ({"levels": ["1", "2", "3", "5"]}, {"levels": ["5", "3", "2", "1"]}),
        (
            {"levels": ["1", "2", "3", "5"], "values": [0, 0.1, 0.7, 1]},
            {"levels": ["5", "3", "2", "1"], "values": [0, 0.3, 0.9, 1]},
        ),
    ],
)
def test_agreement_is_what_turned_ratings_are(stated: Any, turned: Any) -> None:
    by_word = read(Rated(ROWS, rater="who", agreement=True, **stated), AREA)
    rows = {**ROWS, "rating": turned.get("rating", ROWS["rating"])}
    by_hand = {**stated, **turned}
    by_hand.pop("rating", None)
    expected = read(Rated(rows, rater="who", **by_hand), AREA)
    for name in SAME:
        np.testing.assert_array_equal(getattr(by_word, name), getattr(expected, name))
    conflict = read(Rated(ROWS, rater="who", **stated), AREA)
    assert (by_word.raw_level != conflict.raw_level).any()


def test_finer_ratings_of_agreement_are_sorted_as_turned_ones_are() -> None:
    numbers = [round(0.5 + 3.7 * place, 1) for place in range(27)]
    rows = {"goal": ["a"] * 27, "goal_other": ["b"] * 27, "rating": numbers}
    by_word = read(Rated(rows, scale=(0, 100), agreement=True), AREA)
    turned = {**rows, "rating": [round(100 - number, 1) for number in numbers]}
    expected = read(Rated(turned, scale=(0, 100)), AREA)
    for name in SAME:
        np.testing.assert_array_equal(getattr(by_word, name), getattr(expected, name))


def test_goals_that_seem_to_conflict_with_themselves_are_noted() -> None:
    rows = {"goal": ["a", "a", "b"], "goal_other": ["b", "a", "b"], "rating": [20, 90, 100]}
    left_out = {"scale": (0, 100), "self_ratings": "leave out"}
    found = read(Rated(rows, **left_out), AREA)  # type: ignore[arg-type]
    assert any("mean conflict of 0.95 on average" in note for note in found.notes)
    found = read(Rated(rows, agreement=True, **left_out), AREA)  # type: ignore[arg-type]
    assert not any("on average" in note for note in found.notes)
