"""Strata and clusters of agents who are counted by what they hold."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.measure import student_widening
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.lifted import levels_of_categories
from bayes_misalign.study.write import write_study
from tests.readers import read, refused

AREA = ProblemArea("travel", ["car", "bike"], ["none"])
RANKED = ProblemArea("travel", ["car", "bike"])
PERSONS = 36
RNG = np.random.default_rng(5)
KIND = RNG.integers(0, 4, PERSONS)  # what each person holds: nothing, one goal, the other, both


def table(times: int = 1, strengths: bool = False) -> dict[str, list[Any]]:
    """A table with rows of each person, all alike, in strata of persons."""
    kinds = np.repeat(KIND, times)
    worth = 0.5 if strengths else 1
    return {
        "car": ((kinds & 1) * worth).tolist(),
        "bike": (kinds >> 1).tolist(),
        "who": [f"p{i}" for i in np.repeat(np.arange(PERSONS), times)],
        "part": [f"h{i % 3}" for i in np.repeat(np.arange(PERSONS), times)],
        "label": [("none", "a", "b", "both")[i] for i in kinds],
        "row": [f"r{i}" for i in range(len(kinds))],
        "persons": [12 * 4] * len(kinds),
        "rows": [5 * times] * len(kinds),
        "place": [("x", "y")[i % 2] for i in np.repeat(np.arange(PERSONS), times)],
        "order": [("car > bike", "bike > car")[i % 2] for i in kinds],
    }


def declared(model: str, data: Any, **more: Any) -> Any:
    if model == "ranked":
        return bm.Ranked(data, order="order", **more)
    if model == "endorsement":
        return bm.Endorsement(data, columns="{goal}", room=False, **more)
    return bm.MultiSelect(data, columns="{goal}", **more)


MODELS = ["endorsement", "multi-select"]
DESIGNS = [
    {"cluster": "who"},
    {"cluster": "who", "strata": "part"},
    {"cluster": "who", "strata": "part", "fpc": "persons", "cluster2": "row", "fpc2": "rows"},
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("population", [None, "place"])
def test_variances_are_those_of_the_same_answers_as_one_goal_each(
    model: str, design: dict[str, str], population: str | None
) -> None:
    data = table(3)
    found = read(declared(model, data, population=population, **design), AREA)
    one = read(
        bm.SingleChoice(data, goal="label", population=population, **design),
        ProblemArea("x", ["a", "b", "both"], ["none"]),
    )
    assert found.design is not None
    assert found.counts.tolist() == one.counts.tolist()  # in the same order
    np.testing.assert_allclose(found.design.covariance, one.design.covariance)
    np.testing.assert_array_equal(found.clusters, one.clusters)
    np.testing.assert_allclose(found.design_effect, one.design_effect)


@pytest.mark.parametrize("model", [*MODELS, "ranked"])
def test_five_rows_of_a_person_tell_as_much_as_one(model: str) -> None:
    area = RANKED if model == "ranked" else AREA
    evidence = read(declared(model, table(5), cluster="who"), area)
    assert evidence.n.tolist() == [5 * PERSONS]
    two = _two()[:2, :2] if model == "ranked" else _two()
    levels = levels_of_categories(evidence, two)
    evidence = evidence.toward(levels)
    left = float(evidence.effective.counts.sum())
    # the variance of clusters is unbiased, that of answers is not: n / (n - 1)
    expected = (PERSONS - 1) / float(student_widening(np.array(PERSONS - 1.0)))
    assert left == pytest.approx(expected, rel=0.03)


def _two() -> Any:
    return np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]])


def test_the_study_meets_the_variance_of_its_own_question() -> None:
    data = table(3, strengths=True)
    goals = bm.Endorsement(data, columns="{goal}", cluster="who")
    area = bm.ProblemArea("travel", ["car", "bike"], no_goal=["none"])
    study = bm.Study.of(area, goals, bm.Fixed({("car", "bike"): 0.4}))
    assert study.goals.design is not None
    toward = study.goals.design.toward
    np.testing.assert_allclose(toward, levels_of_categories(study.goals, 0.4 * _two()))
    posterior = bm.fit(study)
    blind = bm.fit(
        area,
        bm.Endorsement(data, columns="{goal}"),
        bm.Fixed({("car", "bike"): 0.4}),
    )
    widths = [float(np.std(one.misalignment_draws())) for one in (posterior, blind)]
    assert widths[0] / widths[1] == pytest.approx(3**0.5, rel=0.15)


def test_populations_with_clusters_in_common_go_together() -> None:
    data = table(4)
    data["time"] = [("first", "second")[i % 2] for i in range(len(data["car"]))]
    evidence = read(declared("multi-select", data, cluster="who", population="time"), AREA)
    levels = levels_of_categories(evidence, _two())
    evidence = evidence.toward(levels)
    model = goals_model("multi-select")
    drawn: Any = model.draw(evidence, model.priors(None), 2000, np.random.default_rng(1))
    shares = drawn["proportion"]
    pma = (shares @ levels * shares).sum(axis=-1)
    assert np.corrcoef(pma.T)[0, 1] > 0.9  # persons say the same both times


def test_clusters_are_those_of_some_populations() -> None:
    evidence = read(declared("multi-select", table(2), cluster="who", population="place"), AREA)
    part = evidence.of_populations(np.array([1]))
    assert part.clusters.tolist() == [PERSONS / 2]
    np.testing.assert_array_equal(part.design.covariance[0], evidence.design.covariance[1])
    assert part.pair_sums is None
    assert part.unweighted(part.counts).design is None


@pytest.mark.parametrize("model", [*MODELS, "ranked"])
def test_what_cannot_be_is_refused(model: str) -> None:
    area = RANKED if model == "ranked" else AREA
    data = table(2)
    data["h"] = [f"h{i % 2}" for i in range(len(data["car"]))]
    assert "clusters are in two strata" in refused(
        declared(model, data, cluster="who", strata="h"), area
    )
    assert "nest is stated without strata and cluster" in refused(
        declared(model, data, nest=True), area
    )
    assert "lonely is stated without strata" in refused(
        declared(model, data, lonely="remove"), area
    )
    data["who"][0] = ""
    assert "the cluster" in refused(declared(model, data, cluster="who"), area)


def test_clusters_of_a_long_table_are_refused() -> None:
    data = {"id": [1, 1, 2], "g": ["car", "bike", "car"], "s": [1, 0.5, 1], "c": [1, 1, 2]}
    text = refused(bm.Endorsement(data, agent="id", goal="g", strength="s", cluster="c"), AREA)
    assert "cluster is stated of a table with a goal of an agent a row" in text


def test_too_many_kinds_have_no_covariance() -> None:
    n = 900
    data = {
        "car": [round(i / n, 5) for i in range(1, n + 1)],
        "bike": [0.5] * n,
        "c": [i // 2 for i in range(n)],
    }
    text = refused(bm.Endorsement(data, columns="{goal}", cluster="c"), AREA)
    assert "each two kinds have a covariance" in text
    assert "state its design effect" in text
    fine = bm.Endorsement(data, columns="{goal}", deff=2.0)  # as the message says
    assert read(fine, AREA).effective.counts.sum() == pytest.approx(n / 2)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_written_has_the_design_effect(model: str, tmp_path: Path) -> None:
    area = bm.ProblemArea("travel", ["car", "bike"], no_goal=["none"])
    study = bm.Study.of(area, declared(model, table(3), cluster="who"), bm.MutuallyExclusive())
    again = bm.read_study(write_study(study, tmp_path))
    np.testing.assert_allclose(
        again.goals.effective.counts.sum(), study.goals.effective.counts.sum(), rtol=1e-6
    )
