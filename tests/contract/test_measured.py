"""What a study can have more of: every model's designs of another size."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract import registry
from bayes_misalign.contract.measured import AGENTS, CLUSTERS, agents_worth, goals_measured
from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.families.raters.more_raters import RATERS, other_raters, scaled
from bayes_misalign.families.reports.resized import GOLD

AREA = bm.ProblemArea("vote", goals=["a", "b"])


def every_design() -> list[Any]:
    """Return each model with evidence of each of its designs, and each of its measurements."""
    found = []
    for name in registry.names_of("goals") + registry.names_of("conflict"):
        model = registry.evidence_model(name)
        for design, evidence in model.designs().items():
            own = model.for_design(evidence)
            for one in own.measurements(evidence):
                label = f"{name}-{design}-{one.name}"
                found.append(pytest.param(own, evidence, one, id=label))
    return found


@pytest.mark.parametrize(("model", "evidence", "measurement"), every_design())
@pytest.mark.parametrize("times", [0.5, 1.0, 3.0])
def test_a_design_of_another_size_has_as_many_as_it_should(
    model: Any, evidence: Any, measurement: Any, times: float
) -> None:
    rng = np.random.default_rng(1)
    number = max(2, round(measurement.now * times))
    resized = model.resized(evidence, measurement.name, number, rng)
    drawn = model.draw_prior(evidence, model.priors(), 1, rng)
    truth = {name: values[0] for name, values in drawn.items()}
    made = model.simulate(resized.parameters(truth), resized.design, rng)
    counts = {one.name: one.now for one in model.measurements(made)}
    # reports of an agent are whole numbers, and rounded so that they are right on average
    apart = 0.5 * made.n.sum() if measurement.same == "the same agents" else 0.5
    if measurement.name == RATERS:
        apart = 0.5
    assert abs(counts[measurement.name] - number) <= apart
    others = {n: x for n, x in counts.items() if n != measurement.name}
    before = {one.name: one.now for one in model.measurements(evidence)}
    if measurement.name not in (AGENTS, CLUSTERS, RATERS):
        assert others.get(AGENTS) == before.get(AGENTS)


def test_models_of_other_kinds_have_nothing_to_plan() -> None:
    model = registry.evidence_model("elicited")
    evidence = next(iter(model.designs().values()))
    assert model.measurements(evidence) == ()
    with pytest.raises(StudyError, match="has no other size"):
        model.resized(evidence, "agents", 10, np.random.default_rng(1))


def clustered(each: int, clusters: int) -> Any:
    """Return answers that are the same within a cluster: its design effect is its size."""
    rows = [(c, "a" if c % 2 else "b") for c in range(clusters) for _ in range(each)]
    data = {"goal": [goal for _, goal in rows], "place": [str(c) for c, _ in rows]}
    declared = bm.SingleChoice(data, goal="goal", cluster="place")
    return declared.read(AREA, Problems())


def test_clusters_are_measurements_and_keep_their_design_effect() -> None:
    evidence = clustered(5, 40)
    clusters, agents = goals_measured(evidence)
    assert (clusters.name, clusters.now, clusters.same) == (CLUSTERS, 40, "5 agents in each")
    assert (agents.name, agents.now, agents.same) == (AGENTS, 200, "40 clusters")
    assert clusters.tells_all
    assert not agents.tells_all
    deff = float(evidence.design_effect[0])
    assert deff > 3
    assert agents_worth(evidence, CLUSTERS, 80).tolist() == [round(400 / deff)]
    # more agents in clusters that are alike tell nothing more: 1 + (m - 1) r with r near 1
    alike = min((deff - 1) / 4, 1)
    assert agents_worth(evidence, AGENTS, 400).tolist() == [round(400 / (1 + 9 * alike))]
    assert agents_worth(evidence, AGENTS, 200).tolist() == [round(200 / (1 + 4 * alike))]


def test_a_stated_design_effect_stays_and_parts_stay_in_proportion() -> None:
    data = {"goal": ["a", "b", "a", "b"], "of": ["x", "x", "y", "y"], "n": [30, 30, 15, 15]}
    declared = bm.SingleChoice(data, goal="goal", population="of", count="n", deff=2.0)
    evidence = declared.read(AREA, Problems())
    assert evidence is not None
    assert agents_worth(evidence, AGENTS, 180).tolist() == [60, 30]
    assert goals_measured(evidence)[0].same == "the same design effect"
    nobody = replace(evidence, counts=np.zeros((2, 2)), weight_sum=np.zeros((2, 2)))
    assert goals_measured(nobody) == ()


def test_other_raters_are_like_those_there_are() -> None:
    rng = np.random.default_rng(3)
    more = other_raters(["p", "q", "r"], 7, rng)
    assert sorted(np.bincount(more.like).tolist()) == [2, 2, 3]
    assert len(set(more.names)) == 7
    places, rater = more.cells(np.array([0, 1, 2, 2, -1]))
    assert places[0] == 4
    assert rater[0] == -1
    for number, like in enumerate(more.like):
        assert places[rater == number].tolist() == np.flatnonzero(like == [0, 1, 2, 2, -1]).tolist()
    drawn = {"severity": np.array([1.0, 2.0, 3.0]), "again": np.arange(5.0), "sd": np.array(1.0)}
    found = more.of(drawn, raters=["severity"], cells=["again"], places=places)
    assert found["severity"].tolist() == (more.like + 1.0).tolist()
    assert found["again"].tolist() == places.tolist()
    assert found["sd"] == 1.0
    assert len(set(other_raters(["p", "q", "r"], 2, rng).like)) == 2


def test_sizes_are_scaled_to_a_sum() -> None:
    assert scaled(np.array([1.0, 2.0, 0.0, 1.0]), 10).tolist() == [3, 5, 0, 2]
    assert scaled(np.zeros(2), 10).tolist() == [0, 0]


def test_known_goals_are_drawn_among_the_agents() -> None:
    model = registry.evidence_model("noisy-labels")
    evidence = model.designs()["labels"]
    resized = model.resized(evidence, GOLD, 30, np.random.default_rng(1))
    known = resized.design.gold >= 0
    assert resized.design.agents[known].sum() == 30
    assert resized.design.agents.sum() == evidence.agents.sum()
