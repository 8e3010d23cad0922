"""Waves of answers with weights and designs, of labels and of actions, nothing sampled."""

from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.waves import walk
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.study import Study

AREA = bm.ProblemArea("vote", goals=["a", "b"], no_goal=["none"])
YEARS = ("2000", "2002", "2003")
AGENTS = 90  # of all waves together
CATEGORIES = ("a", "b", NO_GOAL)


def table() -> dict[str, list[Any]]:
    """Return a row for each agent; those of goal "a" were sampled twice as often as others."""
    goals = ["a", "b", "a", "none", "a"]
    return {
        "goal": [goals[i % 5] for i in range(AGENTS)],
        "year": [YEARS[i % 3] for i in range(AGENTS)],
        "weight": [1.0 if goals[i % 5] == "a" else 2.0 for i in range(AGENTS)],
        "alike": [2.0] * AGENTS,
        "village": [f"{YEARS[i % 3]}, {i // 9}" for i in range(AGENTS)],
    }


def answers(**columns: Any) -> bm.SingleChoice:
    return bm.SingleChoice(table(), goal="goal", population="year", **columns)


def study(goals: Any) -> Study:
    return Study.of(AREA, goals, bm.MutuallyExclusive(), shares=bm.WavesPrior())


def drawn() -> dict[str, np.ndarray]:
    """Return one draw of the prior of the shares."""
    places = bm.WavesPrior(populations=YEARS).places(3)
    return walk.draw_prior(bm.WavesPrior(), places, CATEGORIES, 1, np.random.default_rng(1))


def at(model: Any, name: str, of: dict[str, np.ndarray]) -> np.ndarray:
    """Return a variable of a study's model for one draw."""
    given = {
        model["log_proportion_walk"]: of["log_walk"][0],
        model["log_proportion_level"]: of["log_level"][0],
        model["no_goal_proportion_level"]: of["no_goal_level"][0],
    }
    found = model[name].eval(given, mode="FAST_COMPILE", on_unused_input="ignore")
    return np.asarray(found)


def test_weights_tilt_what_walks_to_who_was_sampled() -> None:
    made = study(answers(weight="weight"))
    model, of = made.to_pymc(), drawn()
    tilt = made.goals.tilt
    assert tilt is not None
    np.testing.assert_allclose(at(model, "proportion", of), of["proportion"][0], atol=1e-12)
    sampled = of["proportion"][0] / tilt
    sampled /= sampled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(at(model, "sampled_proportion", of), sampled, atol=1e-12)


@pytest.mark.parametrize(
    ("columns", "worth"), [({}, 1.0), ({"weight": "alike"}, 1.0), ({"deff": 2.0}, 0.5)]
)
def test_answers_count_for_what_their_design_leaves_of_them(
    columns: dict[str, Any], worth: float
) -> None:
    plain, own = study(answers()), study(answers(**columns))
    np.testing.assert_allclose(own.goals.effective_counts, worth * plain.goals.counts)
    model = own.to_pymc()
    if own.goals.tempered:
        np.testing.assert_allclose(
            model["effective_answers"].get_value(), own.goals.effective_counts
        )
    assert own.goals.tempered or not columns


def test_clusters_of_one_wave_each_are_taken() -> None:
    made = study(answers(cluster="village"))
    assert made.goals.design is not None
    assert not made.goals.design.shared
    counts = made.goals.effective_counts
    assert np.all(counts.sum(axis=1) != made.goals.counts.sum(axis=1))
    model = made.to_pymc()
    np.testing.assert_allclose(model["effective_answers"].get_value(), counts)


def labels() -> bm.NoisyLabels:
    rows = table()
    agents = [str(i) for i in range(AGENTS)]
    return bm.NoisyLabels(
        {
            "agent": agents * 2,
            "rater": ["x"] * AGENTS + ["y"] * AGENTS,
            "label": [*rows["goal"], *rows["goal"][1:], rows["goal"][0]],
            "year": rows["year"] * 2,
            "weight": rows["weight"] * 2,
        },
        agent="agent",
        rater="rater",
        label="label",
        population="year",
        weight="weight",
        error_rate=0.2,
    )


def actions() -> bm.Behaviour:
    rows = table()
    chances = {"a": {"l": 0.8, "r": 0.2}, "b": {"l": 0.1, "r": 0.9}, "none": {"l": 0.5, "r": 0.5}}
    return bm.Behaviour(
        {
            "agent": [str(i) for i in range(AGENTS)],
            "action": ["l" if goal == "a" else "r" for goal in rows["goal"]],
            "year": rows["year"],
        },
        agent="agent",
        action="action",
        population="year",
        expected=chances,
    )


@pytest.mark.parametrize("goals", [labels, actions])
def test_goals_behind_reports_walk(goals: Any) -> None:
    model, of = study(goals()).to_pymc(), drawn()
    assert {"drift", "log_proportion_walk"} <= {variable.name for variable in model.free_RVs}
    np.testing.assert_allclose(at(model, "proportion", of), of["proportion"][0], atol=1e-12)
    start = model.initial_point()
    assert np.isfinite(model.compile_logp(mode="FAST_COMPILE")(start))
