"""Agents in clusters whose goals are seen through reports."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.models.behaviour.declaration import Behaviour
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea

AREA = ProblemArea("x", ["a", "b"])
RNG = np.random.default_rng(5)
CLASSES, PUPILS = 30, 12
CLASS = np.repeat(np.arange(CLASSES), PUPILS)
GOAL = (RNG.random(CLASS.size) < RNG.beta(2.8, 1.2, CLASSES)[CLASS]).astype(int)  # ICC 0.2
ERR = RNG.random((2, CLASS.size)) < 0.1


def table(**more: Any) -> dict[str, Any]:
    """Labels of two raters, and the class of each pupil."""
    labels = np.where(ERR, 1 - GOAL, GOAL)
    return {
        "who": [f"p{i}" for i in range(CLASS.size)],
        "class": [f"c{i}" for i in CLASS],
        **{f"r{j}": np.array(["a", "b"])[one].tolist() for j, one in enumerate(labels)},
        **more,
    }


def labelled(data: dict[str, Any] | None = None, **more: Any) -> DistinctReports:
    """What a study reads of them."""
    problems = Problems()
    stated = {"raters": ["r0", "r1"], "cluster": "class", "error_rate": 0.1, **more}
    found = NoisyLabels(data or table(), **stated).read(AREA, problems)
    assert found is not None, str(list(problems))
    return found


def test_labels_without_errors_are_worth_what_answers_are() -> None:
    data = table(goal=np.array(["a", "b"])[GOAL].tolist())
    seen = SingleChoice(data, goal="goal", cluster="class").read(AREA, Problems())
    found = labelled({**data, "r0": data["goal"], "r1": data["goal"]}, error_rate=0.0)
    assert seen is not None
    assert found.effective_agents.sum() == pytest.approx(seen.effective_counts.sum(), rel=0.01)
    assert found.design_effect[0] == pytest.approx(seen.design_effect[0], rel=0.01)
    np.testing.assert_allclose(found.effective_counts, seen.effective_counts, rtol=0.01)


def test_agents_in_clusters_count_for_fewer() -> None:
    found, blind = labelled(), replace(labelled(), design=None)
    assert found.design is not None
    assert found.design.df.tolist() == [CLASSES - 1]
    assert 1.5 < found.design_effect[0] < 6
    ratio = found.effective_agents.sum() / blind.effective_agents.sum()
    widened = (2.045229642132703 / 1.959963984540054) ** 2  # R: qt(.975, 29) / qnorm(.975)
    assert ratio == pytest.approx(1 / (found.design_effect[0] * widened), rel=1e-6)
    assert found.tempered
    met = found.toward(exclusive_conflict(2))
    np.testing.assert_allclose(met.effective_agents, found.effective_agents)
    assert labelled(deff=2.0).effective_agents.sum() == pytest.approx(CLASS.size / 2)


def test_weights_and_clusters_of_agents_go_together() -> None:
    weight = RNG.gamma(4.0, 0.25, CLASS.size).tolist()
    found = labelled(table(w=weight), weight="w")
    blind = replace(found, design=None)
    assert found.design_effect[0] > 1.4 * blind.design_effect[0] > 1.4
    assert found.effective_agents.sum() < 0.7 * blind.effective_agents.sum()
    assert found.n_effective[0] == pytest.approx(CLASS.size / found.design_effect[0])


def test_an_agent_is_in_one_cluster() -> None:
    data = {"who": ["x", "x", "y"], "by": ["1", "2", "1"], "says": ["a", "a", "b"]}
    for classes, words in (
        (["c", "d", "c"], ("rows 1 and 2 say that the same agent is in two clusters",)),
        (["c", "c", ""], ("the cluster is empty in 1 row: 3",)),
    ):
        problems = Problems()
        declared = NoisyLabels(
            {**data, "class": classes}, label="says", agent="who", rater="by", cluster="class"
        )
        assert declared.read(AREA, problems) is None
        assert all(word in "\n".join(map(str, problems)) for word in words)


def test_actions_of_agents_in_clusters() -> None:
    act = np.where(ERR[0], 1 - GOAL, GOAL)
    data = {
        "who": [f"p{i}" for i in range(CLASS.size)],
        "class": [f"c{i}" for i in CLASS],
        "did": np.array(["give", "take"])[act].tolist(),
    }
    expected = {"a": {"give": 0.9, "take": 0.1}, "b": {"give": 0.1, "take": 0.9}}
    problems = Problems()
    stated: dict[str, Any] = {"agent": "who", "action": "did", "expected": expected}
    found = Behaviour(data, **stated, cluster="class").read(AREA, problems)
    alone = Behaviour(data, **stated).read(AREA, problems)
    assert found is not None
    assert alone is not None
    assert found.design_effect[0] > 1.4
    assert found.effective_agents.sum() < 0.7 * alone.effective_agents.sum()
