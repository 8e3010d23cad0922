from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import ResultError
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"])
ROWS = {
    "goal": ["a", "b", "a", "c", "b", "a"],
    "goal_other": ["b", "a", "b", "a", "c", "c"],
    "conflict": ["Yes", "no", "YES", "no", "", None],
}
COUNTED = {
    "goal": ["a", "a", "c", "b"],
    "goal_other": ["b", "b", "a", "c"],
    "conflict": ["yes", "no", "no", ""],
    "n": ["2", "1", "1", "1"],
}
BY_PAIR = {"goal": ["b", "c"], "goal_other": ["a", "a"], "y": [2, 0], "n": [1, 1]}
SOUND = {
    "rows": Judged(ROWS),
    "truth values": Judged(ROWS | {"conflict": [True, False, True, False, None, None]}),
    "numbers": Judged(ROWS | {"conflict": [1, 0, 1.0, 0, None, None]}),
    "own words": Judged(
        ROWS | {"conflict": ["oui", "non", "oui", "non", "", ""]}, yes=("oui",), no=("non",)
    ),
    "counted rows": Judged(COUNTED, count="n"),
    "by pair": Judged(BY_PAIR, yes_count="y", no_count="n"),
    "yes of all": Judged({**BY_PAIR, "n": [3, 1]}, yes_count="y", count="n"),
    "percent of all": Judged({**BY_PAIR, "y": [67, 0], "n": [3, 1]}, yes_share="y", count="n"),
    "shares of all": Judged({**BY_PAIR, "y": [0.67, 0], "n": [3, 1]}, yes_share="y", count="n"),
    "agreement": Judged(
        {**BY_PAIR, "y": ["33 %", "100%"], "n": [3, 1]}, yes_share="y", count="n", agreement=True
    ),
    "rows of agreement": Judged(
        ROWS | {"conflict": [0, 1, 0, 1, None, None]}, agreement=True, unnamed_pairs=0.5
    ),
    "pairs with n": Judged(
        pairs=[
            {"between": ["b", "a"], "yes": 2, "n": 3},
            {"between": ["a", "c"], "yes_share": 0, "n": 1},
        ]
    ),
    "python": Judged(pairs={("a", "b"): (2, 1), ("a", "c"): (0, 1)}),
    "toml": Judged(
        pairs=[
            {"between": ["b", "a"], "yes": 2, "no": 1},
            {"between": ["a", "c"], "yes": 0, "no": 1},
        ]
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_every_way_of_stating_judgements_gives_the_same(name: str) -> None:
    evidence = read(SOUND[name], AREA)
    assert evidence.pairs == (("a", "b"), ("a", "c"))
    np.testing.assert_array_equal(evidence.yes, [2, 0])
    np.testing.assert_array_equal(evidence.no, [1, 1])


def test_empty_judgements_are_counted_in_a_note() -> None:
    assert read(Judged(ROWS), AREA).notes == ("2 judgements in data frame are empty and left out.",)
    assert "One judgement in" in read(Judged(COUNTED, count="n"), AREA).notes[0]


def test_a_pair_that_nobody_judged_is_noted() -> None:
    evidence = read(Judged(pairs={("a", "b"): (0, 0)}), AREA)
    assert evidence.notes == ("Nobody judged 'a' and 'b'; they are known by the prior alone.",)


@pytest.mark.parametrize(
    ("change", "more", "says"),
    [
        ({"conflict": ["maybe"] * 6}, {}, "row 1, column 'conflict': the judgement is neither yes"),
        ({"goal": ["x"] * 6}, {}, "data frame, row 1: there is no goal 'x'"),
        (
            {"goal": ["b", "b", "b", "b", "c", "a"]},
            {},
            "2 pairs are of a goal with itself, in rows 1 and 5",
        ),
        ({"w": ["x"] * 6}, {"count": "w"}, "the count is not a number in 6 rows, first rows 1, 2"),
        (
            {"w": ["1.5"] * 6},
            {"count": "w"},
            "the count is not whole in 6 rows, first rows 1, 2 and",
        ),
        (
            {"who": ["r"] * 6},
            {"rater": "who"},
            "2 judgements are of a pair that their rater judged before, in rows 2 and 3",
        ),
        (
            {"who": list("rstuvw"), "n": [1, 2, 1, 1, 1, 1]},
            {"rater": "who", "count": "n"},
            "row 2, column 'who': the rater 's' judged 'a' and 'b' more than once. Valid: one judg",
        ),
        (
            {"who": ["r", " ", "t", "u", "v", "w"]},
            {"rater": "who"},
            "the rater is empty in 1 row: 2",
        ),
        ({}, {"rater": "who"}, "there is no column 'who'"),
        ({}, {"yes_count": "y"}, "only one of yes_count and no_count"),
        (
            {},
            {"count": "n", "yes_count": "y", "no_count": "n"},
            "count, yes_count and no_count are all stated",
        ),
        ({}, {"yes_share": "y"}, "yes_share is stated without count"),
        ({}, {"yes_share": "y", "count": "n", "no_count": "x"}, "together with numbers of judge"),
        ({}, {"yes_share": "y", "count": "n", "rater": "r"}, "rater is stated together with yes_s"),
        (
            {},
            {"rater": "goal", "yes_count": "y", "no_count": "n"},
            "rater is stated together with yes_count",
        ),
        ({}, {"repeated": True}, "repeated is stated without rater"),
        ({}, {"yes": ("ja",), "no": ("JA",)}, "'ja' means both yes and no"),
        ({}, {"pairs": {}}, "pairs and data are both stated"),
    ],
)
def test_judgements_that_cannot_be(change: dict[str, Any], more: dict[str, Any], says: str) -> None:
    assert says in refused(Judged(ROWS | change, **more), AREA)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ({("a", "b"): (1.5, 0)}, "the number of yes judgements is not whole: 1.5"),
        ({("a", "b"): (1, -1)}, "the number of no judgements is negative: -1"),
        ({("a", "b"): 3}, "3 says nothing about a pair"),
        ([{"between": ["a", "b"], "yes": 1}], "the number of no judgements is blank"),
        ({("a", "b"): (1, 0), ("b", "a"): (1, 0)}, "is named twice"),
    ],
)
def test_counts_that_cannot_be(pairs: Any, says: str) -> None:
    assert says in refused(Judged(pairs=pairs), AREA)


def test_a_pair_counted_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    (tmp_path / "j.csv").write_text("goal,goal_other,y,n\na,b,1,2\nb,a,1,2\n")
    text = refused(Judged("j.csv", yes_count="y", no_count="n"), AREA, tmp_path)
    assert "j.csv, row 3: the pair 'a' and 'b' is named twice, before in j.csv, row 2" in text


NAMED = ROWS | {"who": ["r", " s", "t", "r", "r", ""]}  # the last two did not judge


def cells(evidence: JudgedConflict) -> dict[tuple[str, Any], tuple[float, float]]:
    rows = zip(evidence.rater, evidence.pair, evidence.cell_yes, evidence.cell_no, strict=True)
    return {
        (evidence.raters[who], evidence.pairs[pair]): (float(yes), float(no))
        for who, pair, yes, no in rows
    }


def test_judgements_of_named_raters_are_counted_by_rater_and_pair() -> None:
    evidence = read(Judged(NAMED, rater="who"), AREA)
    assert evidence.raters == ("r", "s", "t")
    assert cells(evidence) == {
        ("r", ("a", "b")): (1, 0),
        ("r", ("a", "c")): (0, 1),
        ("s", ("a", "b")): (0, 1),
        ("t", ("a", "b")): (1, 0),
    }
    nameless = read(Judged(ROWS), AREA)
    np.testing.assert_array_equal([evidence.yes, evidence.no], [nameless.yes, nameless.no])
    np.testing.assert_array_equal(evidence.raters_of_pair, [3, 1])
    assert evidence.by_rater == {"r": (1.0, 1.0), "s": (0.0, 1.0), "t": (1.0, 0.0)}
    assert not evidence.repeated
    assert read(Judged(ROWS), AREA).raters == ()


def test_raters_may_judge_again_if_that_is_stated() -> None:
    again = NAMED | {"who": ["r"] * 6, "n": [1, 2, 1, 3, 0, 1]}
    evidence = read(Judged(again, rater="who", repeated=True, count="n"), AREA)
    assert evidence.repeated
    assert cells(evidence) == {("r", ("a", "b")): (2, 2), ("r", ("a", "c")): (0, 3)}


def test_an_empty_judgement_is_none() -> None:
    """A rater who left a pair out may have judged it in another row."""
    columns = {
        "goal": ["a"] * 2,
        "goal_other": ["b"] * 2,
        "conflict": ["", "yes"],
        "who": ["r"] * 2,
    }
    evidence = read(Judged(columns, rater="who"), AREA)
    assert cells(evidence) == {("r", ("a", "b")): (1, 0)}


def test_a_rater_of_no_judgement_is_not_named() -> None:
    evidence = read(Judged(NAMED | {"n": [1, 0, 1, 1, 1, 1]}, rater="who", count="n"), AREA)
    assert evidence.raters == ("r", "t")


def test_pairs_name_no_rater() -> None:
    assert "rater is stated without data" in refused(Judged(pairs={("a", "b"): (1, 0)}, rater="w"))


def test_cells_that_do_not_add_up_are_refused() -> None:
    plain = to_plain(read(Judged(NAMED, rater="who"), AREA))
    assert from_plain(plain) == read(Judged(NAMED, rater="who"), AREA)
    for damage, says in (
        ({"yes": [3.0, 0.0]}, "do not add up"),
        ({"rater": [0, 0, 1, 3]}, "by a rater who is not named"),
        ({"rater": [0, 0, 0, 2]}, "in two cells"),
        ({"cell_yes": [2, 0, 0, 0]}, "more than once"),
    ):
        with pytest.raises(ResultError, match=says):
            from_plain(plain | damage)


def test_judgements_saved_before_raters_were_modelled_are_read() -> None:
    nameless = read(Judged(ROWS), AREA)
    kept = ("model", "pairs", "yes", "no", "origin", "notes")
    assert from_plain({key: to_plain(nameless)[key] for key in kept}) == nameless


def test_many_problems_of_one_kind_are_one_line() -> None:
    columns = {key: ["a" if key == "goal" else "b"] * 100 for key in ("goal", "goal_other")}
    columns |= {"conflict": ["yes"] * 100, "who": ["r"] * 100}
    text = refused(Judged(columns, rater="who"), AREA)
    assert "99 judgements are of a pair that their rater judged before, first rows 2, 3 and" in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("cells", "changes", "says"),
    [
        ([35, 7], {}, "35 % is no number of 7 judgements"),
        (
            [35, 100_000],
            {},
            "35 % of 100,000 judgements are 34,500 to 35,500, which rounding hides",
        ),
        ([135, 100], {}, "the share of yes is not from 0 to 100: '135'"),
        ([8, 7], {"yes_share": None, "yes_count": "y"}, "the number of yes is 8, of 7 judgements"),
        ([35, 12.5], {}, "the number of judgements is not whole"),
        (["much", 12], {}, "the share of yes is not a number: 'much'"),
    ],
)
def test_shares_that_cannot_be_are_refused(cells: Any, changes: Any, says: str) -> None:
    table = {"goal": ["a"], "goal_other": ["b"], "y": cells[:1], "n": cells[1:]}
    assert says in refused(Judged(table, **{"yes_share": "y", "count": "n", **changes}), AREA)


def test_percentages_of_agreement_are_judgements_of_conflict() -> None:
    table = {
        "goal": ["a", "a", "b"],
        "goal_other": ["b", "c", "c"],
        "agree_pct": [35, 80, 55],
        "n": [120, 90, 100],
    }
    wrong = refused(Judged(table, no_count="agree_pct"), AREA)
    assert "Fix: for shares write yes_share, their column, with count, and agreement" in wrong
    obeyed = read(Judged(table, yes_share="agree_pct", count="n", agreement=True), AREA)
    np.testing.assert_array_equal(obeyed.yes, [78, 18, 45])
    np.testing.assert_array_equal(obeyed.no, [42, 72, 55])


def test_agreement_of_named_raters_is_exchanged_too() -> None:
    table = {**ROWS, "who": ["x", "y", "z", "x", "", ""]}
    plain = read(Judged(table, rater="who"), AREA)
    other = read(Judged(table, rater="who", agreement=True), AREA)
    np.testing.assert_array_equal(other.cell_yes, plain.cell_no)
    np.testing.assert_array_equal(other.no, plain.yes)
