"""What several experts state, in every form, and everything that can be wrong with it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.experts.declaration import ExpertConflict, Experts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"], not_answers=["Refused"])
CSV = """who,goal,goal_other,low,high,probability,mean,strength
Bob,b,a,0.7,1,,,
Ann,a,b,0.5,0.9,0.8,,
Bob,c,a,0.1,0.4,,,
Ann,b,c,,,,0.6,12
"""
RANGE = {"range": (0.1, 0.4)}
SOUND = {
    "by expert": Experts(
        {
            "Bob": {("a", "b"): (0.7, 1.0), ("c", "a"): (0.1, 0.4)},
            "Ann": {
                ("b", "a"): {"range": (0.5, 0.9), "probability": 0.8},
                ("b", "c"): {"mean": 0.6, "strength": 12},
            },
        }
    ),
    "by expert, lists": Experts(
        {
            "Bob": [
                {"between": ["a", "b"], "range": [0.7, 1.0]},
                {"between": ["a", "c"], "low": 0.1, "high": 0.4},
            ],
            "Ann": [
                {"between": ["a", "b"], "range": [0.5, 0.9], "probability": 0.8},
                {"between": ["c", "b"], "mean": 0.6, "strength": 12},
            ],
        }
    ),
    "one list": Experts(
        [
            {"expert": "Bob", "between": ["a", "b"], "range": [0.7, 1.0]},
            {"expert": "Ann", "between": ["a", "b"], "range": [0.5, 0.9], "probability": 0.8},
            {"expert": " Bob ", "between": ["a", "c"], "range": [0.1, 0.4]},
            {"expert": "Ann", "between": ["b", "c"], "mean": 0.6, "strength": 12},
        ]
    ),
    "file": Experts(data="e.csv", expert="who"),
}


@pytest.mark.parametrize("name", SOUND)
def test_every_way_of_stating_gives_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(CSV)
    evidence = read(SOUND[name], AREA, tmp_path)
    assert isinstance(evidence, ExpertConflict)
    assert evidence.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    assert evidence.experts == ("Bob", "Ann")
    assert evidence.origin == ("e.csv" if name == "file" else "stated in the study")
    assert evidence.pooling == "hierarchical"
    n = np.nan
    for field, values in {
        "pair": [0, 0, 1, 2],
        "expert": [0, 1, 0, 1],
        "low": [0.7, 0.5, 0.1, n],
        "high": [1, 0.9, 0.4, n],
        "probability": [0.9, 0.8, 0.9, n],
        "mean": [n, n, n, 0.6],
        "strength": [n, n, n, 12],
        "weights": [1, 1],
        "spoke": [[True, True, False], [True, False, True]],
    }.items():
        np.testing.assert_array_equal(getattr(evidence, field), values)
    assert evidence.notes == ("2 experts spoke about 3 pairs of goals, in 4 statements.",)


@pytest.mark.parametrize("pooling", ["hierarchical", "linear"])
def test_statements_survive_strict_json_exactly(pooling: Any) -> None:
    evidence = read(Experts(SOUND["one list"].pairs, pooling=pooling), AREA)
    again = from_plain(json.loads(json.dumps(to_plain(evidence), allow_nan=False)))
    assert isinstance(again, ExpertConflict)
    assert again == evidence
    assert again.pair.dtype == np.int64


def test_a_table_of_a_study_fills_the_declaration() -> None:
    table = {"data": "e.csv", "pooling": "linear", "weights": {"Ann": 2, "Bob": 1}}
    adapter = TypeAdapter(Experts)
    assert adapter.validate_python(table) == Experts(**table)
    for wrong in ({"poolling": "linear"}, {"pooling": "lineal"}):
        with pytest.raises(ValidationError):
            adapter.validate_python(table | wrong)


def test_pairs_with_no_goal_can_be_stated() -> None:
    evidence = read(Experts({"Ann": {("Unsure", "b"): (0.0, 0.2)}}), AREA)
    assert evidence.pairs == (("b", "no goal"),)


def test_nothing_stated_names_no_pair() -> None:
    evidence = read(Experts(unnamed_pairs=0.5), AREA)
    assert (evidence.pairs, evidence.experts, evidence.notes) == ((), (), ())


def test_what_experts_say_can_be_weighted() -> None:
    stated = {"Ann": {("a", "b"): RANGE}, "Bob": {("a", "b"): RANGE, ("a", "c"): RANGE}}
    weighted = Experts(stated, pooling="linear", weights={"Bob": 1, "Ann": 0})
    np.testing.assert_array_equal(read(weighted, AREA).weights, [0, 1])
    assert read(weighted, AREA).pooling == "linear"
    np.testing.assert_array_equal(read(Experts(stated, pooling="linear"), AREA).weights, [1, 1])


def notes(*ranges: Any, pooling: Any = "hierarchical") -> tuple[str, ...]:
    """Return the notes on ranges of Ann, Bob and Cid for one pair."""
    names = ("Ann", "Bob", "Cid")
    stated = {name: {("b", "a"): one} for name, one in zip(names, ranges, strict=False)}
    found: tuple[str, ...] = read(Experts(stated, pooling=pooling), AREA).notes
    return found


def test_ranges_without_a_common_level_are_named() -> None:
    mean = {"mean": 0.01, "strength": 1000}
    assert len(notes((0.1, 0.4), (0.4, 0.6), (0.3, 0.9))) == 1
    assert len(notes((0.7, 0.9), mean)) == 1
    assert notes((0.1, 0.4), (0.35, 0.6), (0.5, 0.9))[1:] == (
        "The ranges for 'a' and 'b' do not overlap: 'Cid' says 0.5 to 0.9, 'Ann' says 0.1 to 0.4.",
    )


def test_many_pairs_apart_are_counted() -> None:
    area = ProblemArea("area", [f"g{i}" for i in range(7)])
    pairs = [(f"g{i}", f"g{j}") for i in range(7) for j in range(i)]
    stated = {"Ann": dict.fromkeys(pairs, (0.1, 0.2)), "Bob": dict.fromkeys(pairs, (0.8, 0.9))}
    found = read(Experts(stated), area).notes
    assert len(found) == 1 + 12 + 1
    assert found[-1] == "For 9 more pairs some ranges do not overlap either."


def test_one_expert_is_said_to_be_alone() -> None:
    alone = "There is one expert: how far experts disagree rests on the prior alone."
    said = "1 expert spoke about 1 pair of goals, in 1 statement."
    assert notes((0.1, 0.4)) == (said, alone)
    assert notes((0.1, 0.4), pooling="linear") == (said,)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        (
            {"Ann": {("a", "b"): RANGE, ("b", "a"): RANGE}},
            "pairs of 'Ann', 'b' and 'a': 'Ann' states the pair 'a' and 'b' twice, before in pairs "
            "of 'Ann', 'a' and 'b'. Valid: one statement of each pair by each expert",
        ),
        (
            [{"expert": "Ann", "between": ["a", "b"], "range": [0.1, 0.2]}] * 2,
            "pairs, entry 2: 'Ann' states the pair 'a' and 'b' twice, before in pairs, entry 1",
        ),
        ({"Ann": {("a", "a"): RANGE}}, "pairs of 'Ann', 'a' and 'a': 'a' is paired with itself"),
        ({"Ann": {("a", "d"): RANGE}}, "pairs of 'Ann', 'a' and 'd': there is no goal 'd'"),
        ({"Ann": {("a", "Refused"): RANGE}}, "'Refused' is declared not to be an answer"),
        ({"Ann": {("a", "b"): (0.4, 0.1)}}, "the range is [0.4, 0.1]. Valid: low below high"),
        ({"Ann": {("a", "b"): {"mean": 0.5}}}, "the pair states mean. Valid: a range (low, high)"),
        ({"Ann": {("a", "b"): {"meen": 1}}}, "pairs of 'Ann', 'a' and 'b': there is no key 'meen'"),
        ({"Ann": 3}, "pairs of 'Ann': pairs is 3. Valid: a list, as in"),
        ({("a", "b"): (0.1, 0.4)}, "pairs: ('a', 'b') is not the name of an expert. Valid: as in"),
        ({" ": {("a", "b"): RANGE}}, "' ' is not the name of an expert"),
        (
            {"Ann": {("a", "b"): RANGE}, "ann": {("a", "b"): RANGE}},
            "experts, stated in the study: experts differ only by case, white space or Unicode "
            "form: 'Ann', 'ann'. Fix: write each in one way.",
        ),
        ({"#REF!": {("a", "b"): RANGE}}, "the expert '#REF!' is an error value of a spreadsheet"),
        (
            [{"between": ["a", "b"], "range": [0.1, 0.2]}],
            'pairs, entry 1: the statement names no expert. Valid: {expert = "Ann", between',
        ),
        ([{"expert": "Ann", "range": [0.1, 0.2]}], "does not name two goals with between"),
        ("a.csv", "pairs is 'a.csv'"),
    ],
)
def test_statements_that_cannot_be(pairs: Any, says: str) -> None:
    text = refused(Experts(pairs), AREA)
    assert says in text
    assert text.count("\n") == 0, "one message for one problem"


HEADER = "expert,goal,goal_other,low,high\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            f"{HEADER},a,b,0.5,1\nAnn,a,b,0.5,1\n  ,a,c,0.5,1\n",
            "e.csv, column 'expert': the expert is empty in 2 rows: 2, 4. Valid: the name of an "
            "expert in every row.",
        ),
        (f"{HEADER}Ann,a,b,0.5,1\nAnn,b,a,0.5,1\n", "e.csv, row 3: 'Ann' states the pair"),
        (f"{HEADER}Ann,a,b,0.5,x\n", "row 2: the high end of the range is not a number: 'x'"),
        (f"{HEADER}Ann,a,d,0.5,1\n", "e.csv, row 2: there is no goal 'd'"),
        ("who,goal,goal_other,low,high\nAnn,a,b,0.5,1\n", "there is no column 'expert'"),
        ("expert,goal,goal_other,low\nAnn,a,b,0.5\n", "there is no column 'high'"),
        (HEADER, "no elicited levels of conflict"),
    ],
)
def test_files_that_cannot_be(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(content)
    text = refused(Experts(data="e.csv"), AREA, tmp_path)
    assert says in text
    assert text.count("\n") == 0, "one message for one problem"


TWO = {"Ann": {("a", "b"): RANGE}, "Bob": {("a", "c"): RANGE}}


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"Ann": -1, "Bob": 1}, "experts, weights: the weight of 'Ann' is negative: -1"),
        ({"Ann": "many", "Bob": 1}, "the weight of 'Ann' is not a number: 'many'"),
        ({"Ann": 1}, "there is no weight of 'Bob'. Valid: a weight for each expert. Fix: state 0"),
        ({"Ann": 1, "Bob": 1, "Anne": 1}, "there is no expert 'Anne'. Valid: 'Ann', 'Bob'. Fix: d"),
        (
            {"Ann": 0, "Bob": 1},
            "all who spoke about 'a' and 'b' have weight 0: 'Ann'. Valid: a weight above 0",
        ),
        ([1, 2], "the weights are [1, 2]. Valid: as in"),
    ],
)
def test_weights_that_cannot_be(weights: Any, says: str) -> None:
    text = refused(Experts(TWO, pooling="linear", weights=weights), AREA)
    assert says in text
    assert text.count("\n") == 0, "one message for one problem"


def test_weights_go_with_a_linear_pool() -> None:
    text = refused(Experts(TWO, weights={"Ann": 1, "Bob": 1}), AREA)
    assert text.startswith("experts, weights: weights are stated, and the pooling is 'hierarchical")
    assert "Fix: state pooling='linear', or leave weights out" in text


def test_other_choices_that_cannot_be() -> None:
    pooling: Any = "lineal"
    assert refused(Experts(TWO, pooling=pooling), AREA) == (
        "experts: the pooling is 'lineal'. Valid: 'hierarchical', 'linear'. "
        "Fix: did you mean 'linear'?"
    )
    text = refused(Experts(TWO, probability=90), AREA)
    assert "experts: the probability is outside [0, 1]: 90. Valid: a number from 0 to 1." in text
    assert len(text.splitlines()) == 1
    assert "pairs and data are both stated" in refused(Experts(TWO, data="e.csv"), AREA)


def test_one_person_s_model_points_to_this_one(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(f"{HEADER}Ann,a,b,0.5,1\nBob,b,a,0.2,0.4\n")
    assert refused(Elicited(data="e.csv"), AREA, tmp_path) == (
        "e.csv, row 3: the pair 'a' and 'b' is named twice, before in e.csv, row 2. Valid: each "
        "pair once, in either order. Fix: use Experts(...) if these are statements of "
        "several people."
    )


def test_agreement_is_what_turned_statements_are() -> None:
    agree = {"Bob": {("a", "b"): (0.7, 1.0)}, "Ann": {("a", "b"): {"mean": 0.6, "strength": 9}}}
    turned = {"Bob": {("a", "b"): (0.0, 0.3)}, "Ann": {("a", "b"): {"mean": 0.4, "strength": 9}}}
    assert read(Experts(agree, agreement=True), AREA) == read(Experts(turned), AREA)
