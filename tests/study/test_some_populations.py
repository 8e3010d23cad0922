"""A study of some populations is that of their evidence alone."""

import numpy as np

import bayes_misalign as bm
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.some_populations import of_populations

AREA = bm.ProblemArea("vote", goals=["a", "b"])
NAMES = ["p", "q", "r", "s"]
COUNTS = np.array([[3.0, 4], [5, 6], [0, 0], [7, 8]])


def study(**more: object) -> bm.Study:
    counted = ChoiceCounts.from_counts(
        ["a", "b"],
        NAMES,
        COUNTS,
        weight_sum=COUNTS * 1.5,
        weight_sq_sum=COUNTS * 3,
        population_size=[100, 200, 300, 400],
        stated_deff=[1.0, np.nan, 2.0, np.nan],
    )
    return bm.Study.of(AREA, counted, bm.MutuallyExclusive(), **more)  # type: ignore[arg-type]


def test_evidence_is_that_of_the_rows() -> None:
    found = of_populations(study(), [3, 1])
    assert found is not None
    assert found.goals.populations == ("s", "q")
    alone = ChoiceCounts.from_counts(
        ["a", "b"],
        ["s", "q"],
        COUNTS[[3, 1]],
        weight_sum=COUNTS[[3, 1]] * 1.5,
        weight_sq_sum=COUNTS[[3, 1]] * 3,
        population_size=[400, 200],
        stated_deff=[np.nan, np.nan],
    )
    for name in ("counts", "weight_sum", "effective_counts", "population_size", "n", "completed"):
        np.testing.assert_array_equal(getattr(found.goals, name), getattr(alone, name))
    np.testing.assert_array_equal(found.goals.stated_deff, alone.stated_deff)


def test_choices_of_populations_that_are_left_out_go_with_them() -> None:
    chosen = bm.Populations(contrasts=(("p", "q"), ("q", "r")), mix=("p", "r"), shares="sizes")
    found = of_populations(study(populations=chosen), [0, 1])
    assert found is not None
    assert found.populations == bm.Populations(contrasts=(("p", "q"),))
    assert found.union is None


def test_agents_in_several_populations_are_not_parted() -> None:
    panel = {
        "who": ["x", "y", "z"] * 2,
        "wave": ["1"] * 3 + ["2"] * 3,
        "goal": ["a", "b", "a", "a", "a", "b"],
    }
    answers = bm.SingleChoice(panel, goal="goal", population="wave", respondent="who")
    paired = bm.Study.of(AREA, answers, bm.MutuallyExclusive())
    assert of_populations(paired, [0]) is None


def test_goals_behind_reports_are_not_parted() -> None:
    labels = {"one": ["a", "b", "a"], "two": ["a", "b", "b"]}
    given = bm.NoisyLabels(labels, raters=["one", "two"], error_rate=0.1)
    assert of_populations(bm.Study.of(AREA, given, bm.MutuallyExclusive()), [0]) is None
