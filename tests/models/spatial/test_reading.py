import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.models.spatial.declaration import Spatial
from bayes_misalign.models.spatial.reading import Placements
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.conflict_sources import read_conflict
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"])
ROWS = {"goal": ["b", "a", "c"], "position": [3, 2, 9], "se": [0.5, 1, 2]}
TWO = {
    "goal": ["a", "b", "a", "b"],
    "scale": ["economy", "economy", "society", "society"],
    "position": [1, 4, 60, 20],
    "se": [0.5, 0.25, 10, 5],
}
ENDS = {"economy": (1, 5), "society": (100, 0)}
PEOPLE = {
    "goal": ["a", "a", "b", "b", "c"],
    "position": [2, 3, 5, 7, 10],
    "who": ["Ann", "Bob", "Ann", "Bob", "Ann"],
}
RATED = {"goal": ["a", "b", "b"], "goal_other": ["b", "a", "c"], "rating": [2, 3, 5]}


def placed(data: Any = ROWS, **more: Any) -> Spatial:
    return Spatial(data, **{"ends": (0, 10), "error": "se", **more})


def rated(ratings: Any = RATED, **more: Any) -> Spatial:
    return placed(ratings=ratings, **{"rating_scale": (1, 5), **more})


def together(*declarations: Any, area: ProblemArea = AREA) -> ConflictEvidence:
    problems = Problems()
    evidence = read_conflict(declarations, area, problems)
    assert [str(problem) for problem in problems] == []
    assert evidence is not None
    return evidence


def not_together(*declarations: Any) -> str:
    problems = Problems()
    assert read_conflict(declarations, AREA, problems) is None
    return "\n".join(map(str, problems))


def test_positions_are_shares_of_the_scale_in_the_order_of_the_goals() -> None:
    found = read(placed(), AREA)
    assert (found.goals, found.dimensions, found.pairs) == (("a", "b", "c"), ("position",), ())
    np.testing.assert_allclose(found.mean[:, 0], [0.2, 0.3, 0.9])
    np.testing.assert_allclose(found.error[:, 0], [0.1, 0.05, 0.2])
    assert not found.learns_noise
    assert not found.is_exact
    assert found.in_units(0, 0.2) == 2


def test_dimensions_have_their_own_ends_and_weights() -> None:
    found = read(
        placed(TWO, dimension="scale", ends=ENDS, weights={"society": 1, "economy": 3}), AREA
    )
    assert found.dimensions == ("economy", "society")
    np.testing.assert_allclose(found.mean, [[0, 0.4], [0.75, 0.8]])
    np.testing.assert_allclose(found.error, [[0.125, 0.1], [0.0625, 0.05]])
    np.testing.assert_allclose(found.weights, [0.75, 0.25])
    assert found.in_units(1, 0.4) == pytest.approx(60)
    equal = read(placed(TWO, dimension="scale", ends=ENDS), AREA)
    np.testing.assert_allclose(equal.weights, [0.5, 0.5])


def test_one_error_for_all_positions_and_none() -> None:
    assert read(placed(error=0.5), AREA).error.tolist() == [[0.05]] * 3
    exact = read(placed(error=0, length=0.4), AREA)
    assert exact.is_exact
    assert exact.is_known


def test_several_placements_are_counted_with_their_mean_and_sum_of_squares() -> None:
    found = read(Spatial(PEOPLE, ends=(0, 10), placed_by="who"), AREA)
    np.testing.assert_allclose(found.number[:, 0], [2, 2, 1])
    np.testing.assert_allclose(found.mean[:, 0], [0.25, 0.6, 1])
    np.testing.assert_allclose(found.square[:, 0], [0.005, 0.02, 0])
    assert found.learns_noise
    assert found.people == 2
    nameless = read(Spatial(PEOPLE, ends=(0, 10)), AREA)
    np.testing.assert_array_equal(nameless.square, found.square)
    summaries = {
        "goal": ["a", "b", "c"],
        "position": [2.5, 6, 10],
        "sd": [0.5**0.5, 2**0.5, ""],
        "n": [2, 2, 1],
    }
    means = read(Spatial(summaries, ends=(0, 10), sd="sd", count="n"), AREA)
    np.testing.assert_allclose(means.square, found.square)
    np.testing.assert_allclose(means.mean, found.mean)


def test_ratings_are_counted_on_all_levels_whichever_way_a_pair_is_written() -> None:
    found = read(rated(), AREA)
    assert found.levels == ("1", "2", "3", "4", "5")
    assert found.rated_pairs == (("a", "b"), ("b", "c"))
    np.testing.assert_array_equal(found.counts, [[0, 1, 1, 0, 0], [0, 0, 0, 0, 1]])
    words = {**RATED, "rating": ["none", "full", "?"], "n": [4, 1, 1]}
    said = read(
        rated(
            words,
            rating_scale=None,
            rating_levels=["none", "some", "full"],
            not_ratings="?",
            rating_count="n",
        ),
        AREA,
    )
    np.testing.assert_array_equal(said.counts, [[4, 0, 1]])
    assert said.notes == ("One rating in data frame is declared to be none and left out.",)
    warm = read(
        rated({**RATED, "rating": [100, 45, 0]}, rating_scale=(100, 0), rating_step=5), AREA
    )
    assert len(warm.levels) == 21
    assert warm.counts[:, [0, 11, 20]].tolist() == [[1, 1, 0], [0, 0, 1]]


def test_distance_speaks_for_pairs_that_no_other_source_names() -> None:
    whole = together(placed())
    assert [source.model for source in whole.sources] == ["spatial", "fixed"]
    assert whole.sources[0].pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    some = together(rated(), bm.Fixed({("a", "b"): 0.5}))
    assert some.source_of("a", "b").model == "fixed"
    assert some.source_of("a", "c").model == "spatial"
    assert some.sources[0].rated_pairs == (("a", "b"), ("b", "c"))  # which teach the length
    two = {key: values[:2] for key, values in ROWS.items()}
    rest = together(placed(two, unnamed_pairs=0.3))
    assert rest.source_of("a", "b").model == "spatial"
    assert rest.source_of("a", "c").model == "fixed"
    last = {key: values[2:] for key, values in RATED.items()}
    beside = together(placed(two), bm.Rated(last, scale=(1, 5)))
    assert beside.source_of("a", "b").model == "spatial"
    assert beside.source_of("b", "c").model == "rated"
    assert beside.source_of("a", "c").model == "rated"  # c is not placed: ratings lend


def test_evidence_survives_a_dictionary() -> None:
    for declared in (placed(), rated(), Spatial(PEOPLE, ends=(0, 10)), placed(length=0.4)):
        found = together(declared).sources[0]
        assert from_plain(to_plain(found)) == found


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Spatial(ends=(0, 10)), "data is not stated"),
        (Spatial(ROWS, error="se"), "the ends of the scale are not stated"),
        (placed(ends=(3, 3)), "both ends of the scale are 3"),
        (placed(ends="0 to 10"), "the ends are '0 to 10'"),
        (placed(ends=("x", 10)), "the end of the scale is not a number: 'x'"),
        (placed(ends=ENDS), "ends of 2 dimensions are stated, and no column names"),
        (placed(form="gausian"), "Fix: did you mean 'gaussian'?"),
        (placed(length=0), "the length is 0"),
        (placed(length=-1), "the length is negative"),
        (placed(length="long"), "the length is not a number: 'long'"),
        (placed(error=True), "the error is not a number: True"),
        (placed(error=-1), "spatial, error: the error is negative"),
        (placed(placed_by="se"), "error and placed_by are both stated"),
        (Spatial(ROWS, ends=(0, 10), sd="se"), "sd is stated without count"),
        (Spatial(ROWS, ends=(0, 10), count="se"), "count is stated without sd"),
        (
            Spatial(PEOPLE, ends=(0, 10), placed_by="who", sd="who", count="who"),
            "placed_by and sd are both stated",
        ),
        (placed(weights={"position": 0}), "no weight is above 0"),
        (placed(weights={"positon": 1}), "there is no dimension 'positon'"),
        (placed(weights=[1]), "the weights are [1]"),
        (placed(rating_scale=(1, 5)), "rating_scale is stated, and there are no ratings"),
        (placed(ratings=RATED), "no rating_scale is stated. Valid: rating_scale, "),
        (rated(rating_step=3), "is not divided by steps of 3"),
        (rated(rating_step=0), "is not divided by steps of 0"),
        (rated(rating_scale=(0, 1000)), "is not divided by steps of 1. Valid: a whole number"),
        (placed({**ROWS, "position": [3, 11, 9]}), "row 2, column 'position': the position is off"),
        (placed({**ROWS, "position": [3, "x", 9]}), "the position is not a number: 'x'"),
        (placed({**ROWS, "se": [1, 0, 1]}), "Fix: state error=0 in place of a column"),
        (placed({**ROWS, "se": [1, -1, 1]}), "row 2, column 'se': the error is negative"),
        (placed({**ROWS, "se": [1, "", 1]}), "row 2, column 'se': the error is blank"),
        (
            placed({**ROWS, "goal": ["a", "a", "b"]}),
            "'a' is placed twice, before in data frame, row 1",
        ),
        (placed({**ROWS, "goal": ["a", "b", "d"]}), "row 3: there is no goal 'd'"),
        (placed({**ROWS, "goal": ["a", "b", "Unsure"]}), "'Unsure' means holding no goal"),
        (placed({key: values[:1] for key, values in ROWS.items()}), "one goal alone is placed"),
        (placed({**ROWS, "position": ["", "", ""]}), "no goal is placed"),
        (
            placed(TWO, dimension="scale", ends={"economy": (1, 5), "socety": (0, 100)}),
            "there is no dimension 'society'",
        ),
        (
            placed({key: values[:3] for key, values in TWO.items()}, dimension="scale", ends=ENDS),
            "'b' is not placed on 'society'",
        ),
        (
            placed(
                {**TWO, "scale": ["economy", "", "society", "society"]},
                dimension="scale",
                ends=ENDS,
            ),
            "the dimension is empty",
        ),
        (
            Spatial({**ROWS, "sd": ["", 1, 1], "n": [10, 1, 3]}, ends=(0, 10), sd="sd", count="n"),
            "row 1, column 'sd': the sd is blank",
        ),
        (Spatial(ROWS, ends=(0, 10)), "no goal is placed more than once, and no error is stated"),
        (
            Spatial({"goal": ["a", "a", "b"], "position": [2, 2, 5]}, ends=(0, 10)),
            "everybody places each goal alike",
        ),
        (
            Spatial({**PEOPLE, "who": ["Ann"] * 5}, ends=(0, 10), placed_by="who"),
            "2 placements are of a goal that the same person placed before",
        ),
        (
            Spatial(
                {**PEOPLE, "who": ["Ann", "", "Ann", "Bob", "Ann"]}, ends=(0, 10), placed_by="who"
            ),
            "who placed the goal is empty",
        ),
        (rated({**RATED, "goal_other": ["a", "a", "c"]}), "'a' is paired with itself"),
        (rated({**RATED, "rating": [2, 3, 6]}), "the rating is off the scale: '6'"),
        (rated({**RATED, "rating": [2, 2.5, 3]}), "ratings lie between two levels: '2.5'"),
        (
            rated({**RATED, "goal_other": ["b", "a", "Unsure"]}),
            "'no goal' is rated, and not placed",
        ),
    ],
)
def test_bad_input_is_named_with_its_place_and_remedy(declared: Spatial, said: str) -> None:
    found = refused(declared, AREA)
    assert said in found
    assert len(found.splitlines()) <= 2


def test_positions_beyond_the_ends_are_taken_where_this_is_stated() -> None:
    found = read(placed({**ROWS, "position": [3, 11, -1]}, beyond_ends=True), AREA)
    np.testing.assert_allclose(found.mean[:, 0], [1.1, 0.3, -0.1])


def test_positions_that_nobody_needs_and_two_sources_of_them_are_refused() -> None:
    assert "other sources name every pair" in not_together(placed(), bm.MutuallyExclusive())
    assert "2 sources of positions could speak for 3 pairs" in not_together(placed(), placed())
    two = {key: values[:2] for key, values in ROWS.items()}
    assert "nothing is said about the conflict of 2 pairs" in not_together(placed(two))


def test_a_study_file_states_the_same(tmp_path: Path) -> None:
    (tmp_path / "positions.csv").write_text("goal,scale,position,se\na,x,1,1\nb,x,4,1\n")
    (tmp_path / "ratings.csv").write_text("goal,goal_other,rating\na,b,3\n")
    (tmp_path / "answers.csv").write_text("goal\na\nb\n")
    (tmp_path / "study.toml").write_text(
        """
[problem_area]
name = "x"
goals = ["a", "b"]
[goals]
model = "single-choice"
data = "answers.csv"
goal = "goal"
[conflict]
model = "spatial"
data = "positions.csv"
dimension = "scale"
error = "se"
form = "exponential"
ratings = "ratings.csv"
rating_scale = [1, 5]
prior = { length = 0.3 }
[conflict.ends]
x = [0, 10]
"""
    )
    study = bm.read_study(tmp_path / "study.toml")
    source: Any = study.conflict.source_of("a", "b")
    assert source.form == "exponential"
    assert source.rated_in == "ratings.csv"
    assert source.counts.tolist() == [[0, 0, 1, 0, 0]]
    assert study.conflict_priors[0].length == 0.3


def random_placements(rng: np.random.Generator, odd: bool) -> dict[str, list[Any]]:
    """Placements by several people, some of them without a position, or odd."""
    people = [f"p{i}" for i in range(40)]
    every = [(g, d, who) for who in people for g in ("a", "b", "c") for d in ENDS]
    chosen = [every[i] for i in rng.permutation(len(every))[:170]]
    rows: dict[str, list[Any]] = {"goal": [], "scale": [], "position": [], "who": []}
    for g, d, who in chosen:
        low, high = ENDS[d]
        text = "" if rng.random() < 0.1 else f"{low + (high - low) * rng.integers(0, 9) / 8:g}"
        rows["goal"].append(f" {g}" if odd and rng.random() < 0.002 else g)
        rows["scale"].append("weather" if odd and rng.random() < 0.002 else d)
        rows["position"].append("far" if odd and rng.random() < 0.002 else text)
        rows["who"].append(people[0] if odd and rng.random() < 0.003 else who)
    return rows


@pytest.mark.parametrize("odd", [False, True])
def test_placements_are_taken_in_at_once_as_they_are_row_by_row(
    odd: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, at_once = np.random.default_rng(5), 0
    for _ in range(40):
        rows = random_placements(rng, odd)
        declared = Spatial(
            rows,
            dimension="scale",
            placed_by="who",
            ends=ENDS,
            weights={"economy": 2, "society": 1},
        )
        found: list[Any] = []
        for by_row in (False, True):
            taken: list[bool] = []
            with monkeypatch.context() as patch:
                whole = Placements._read_at_once
                patch.setattr(
                    Placements,
                    "_read_at_once",
                    lambda self, coded, by_row=by_row, taken=taken, whole=whole: (
                        not by_row and (taken.append(whole(self, coded)) or taken[-1])
                    ),
                )
                problems = Problems()
                evidence = declared.read(AREA, problems)
            at_once += sum(taken)
            told = None if evidence is None else json.dumps(to_plain(evidence), sort_keys=True)
            found.append((told, list(map(str, problems))))
        assert found[0] == found[1]
        assert odd or not found[0][1]
    assert at_once > (5 if odd else 39), "the other way is not all that was tried"
