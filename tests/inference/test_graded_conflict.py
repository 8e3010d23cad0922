"""Few answers under graded conflict are cautioned; goals that all conflict alike are not."""

import pytest

import bayes_misalign as bm
from bayes_misalign.inference.graded_conflict import few_answers

GOALS = ["a", "b", "c", "d"]
LINE = {("a", "b"): 0.3, ("b", "c"): 0.3, ("c", "d"): 0.3, ("a", "c"): 0.6, ("b", "d"): 0.6}
BLOCKS = {("a", "b"): 0.2, ("c", "d"): 0.2}
CLASSES = {("a", "b"): 0.0, ("c", "d"): 0.0}


def study(pairs: object, answers: int, **choices: object) -> bm.Study:
    data = {"goal": ["a", "b", "a"], "group": ["few", "few", "many"], "n": [1, answers - 1, 500]}
    return bm.Study.of(
        bm.ProblemArea("plan", goals=GOALS, no_goal=["none"]),
        bm.SingleChoice(data, goal="goal", population="group", count="n"),
        bm.Fixed(pairs, unnamed_pairs=1.0),  # type: ignore[arg-type]
        **choices,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "pairs", [LINE, BLOCKS, {("a", "b"): 0.0}, {("a", "b"): 0.0, ("a", "c"): 0.5}]
)
def test_graded_conflict(pairs: object) -> None:
    graded = pairs != {("a", "b"): 0.0}
    assert (few_answers(study(pairs, 19)) is not None) == graded
    assert few_answers(study(pairs, 20)) is None


def test_one_level_for_all_classes_is_not_graded() -> None:
    assert few_answers(study(CLASSES, 10)) is None
    assert few_answers(study({}, 5)) is None


def test_a_stated_dirichlet_vector_does_not_take_goals_for_alike() -> None:
    vector = dict.fromkeys([*GOALS, "no goal"], 1.0)
    assert few_answers(study(LINE, 10, prior={"dirichlet": vector})) is None
    assert few_answers(study(LINE, 10, prior={"concentration": 2.0})) is not None


def test_the_report_says_so() -> None:
    diagnosis = bm.fit(study(LINE, 12), draws=200).diagnosis
    assert diagnosis.state == "caution"
    said = next(reason for reason in diagnosis.reasons if "graded" in reason.what)
    assert "few (12)" in said.what
    assert "many" not in said.what
    assert "at least 20 agents" in said.remedy
