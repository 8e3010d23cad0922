"""Clusters as tables have them, designs of other sizes, and what a report says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.errors import Problems
from bayes_misalign.models.clustered.calibration import clusters
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.write import write_study
from tests.readers import refused

AREA = bm.ProblemArea("vote", ["Left", "Right"], ["none"], ["Refused"])
MODEL: Any = evidence_model("clustered")
RUNS = {
    "task": ["x", "x", "x", "x", "y", "y", "y", "y", "y"],
    "prompt": [1, 1, 1, 2, 1, 1, 2, "", 2],
    "said": ["Left", "Left", "Right", "none", "Right", "Right", "Right", "", "Refused"],
}


def read(data: Any = RUNS, area: bm.ProblemArea = AREA, **more: Any) -> ClusterCounts:
    problems = Problems()
    stated = {"goal": "said", "cluster": "prompt", **more}
    found = bm.Clustered(data, **stated).read(area, problems)
    problems.raise_if_any(bm.DataError)
    assert found is not None
    return found


def test_clusters_are_counted_and_those_alike_are_one() -> None:
    found = read(population="task")
    assert found.populations == ("x", "y")
    by_hand = [[[0, 0, 1], [2, 1, 0]], [[0, 1, 0], [0, 2, 0]]]
    for s, patterns in enumerate(by_hand):
        np.testing.assert_array_equal(found.patterns[found.population == s], patterns)
    np.testing.assert_array_equal(found.clusters, [2, 2])
    np.testing.assert_array_equal(found.counts, [[2, 1, 1], [0, 3, 0]])
    np.testing.assert_array_equal(found.not_asked, [0, 1])
    np.testing.assert_array_equal(found.not_answers["Refused"], [0, 1])
    np.testing.assert_array_equal(found.unanimous, [[0, 1], [1, 1]])
    assert any("Clusters are in several populations" in note for note in found.notes)


def test_several_columns_may_tell_the_cluster() -> None:
    one, two = read(), read(cluster=["task", "prompt"])
    assert (one.clusters.tolist(), two.clusters.tolist()) == ([2.0], [4.0])
    assert one.n == two.n == [7]


def test_numbers_of_answers_are_read() -> None:
    counted = {
        "said": ["Left", "Right", "Left"],
        "prompt": ["a", "a", "b"],
        "n": [2, 1, 40],
    }
    found = read(counted, count="n")
    np.testing.assert_array_equal(found.patterns, [[2, 1, 0], [40, 0, 0]])


def test_lazy_frames_are_read_where_they_live() -> None:
    pl = pytest.importorskip("polars")
    data = {key: [str(x) or None for x in column] for key, column in RUNS.items()}
    frame = pl.DataFrame(data)
    assert read(frame.lazy(), population="task") == read(frame, population="task")


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        ({"said": ["Left", "Right"], "prompt": [1, 2]}, {}, "each of 2 clusters has one answer"),
        ({"said": ["Left", "Right"], "prompt": [1, ""]}, {}, "cluster"),
        ({"said": ["Left", "Rigth"], "prompt": [1, 1]}, {}, "did you mean 'Right'"),
        (RUNS, {"weight": "task"}, "state SingleChoice(...), whose variance by the design"),
        (RUNS, {"strata": "task"}, "strata is stated, and clusters are modelled"),
        (RUNS, {"cluster": None}, "the key 'cluster' is missing"),
        (RUNS, {"goal": None}, "the key 'goal' is missing"),
    ],
)
def test_what_cannot_be_is_told(data: Any, more: dict[str, Any], said: str) -> None:
    stated = {"goal": "said", "cluster": "prompt", **more}
    assert said in refused(bm.Clustered(data, **stated), AREA)


def test_one_cluster_is_a_caution() -> None:
    data = {"said": ["Left", "Right", "Left"], "prompt": [1, 1, 1]}
    (caution,) = read(data).cautions
    assert "all answers are of one cluster" in caution.what
    assert not read(population="task").cautions


def test_a_study_is_written_and_read_again(tmp_path: Path) -> None:
    study = bm.Study.of(
        AREA,
        bm.Clustered(RUNS, "said", cluster=("task", "prompt"), population="task"),
        bm.MutuallyExclusive(),
        prior={"correlation": 0.2, "by_population": True},
    )
    again = bm.read_study(write_study(study, tmp_path))
    for name in ("patterns", "population", "number"):
        np.testing.assert_array_equal(getattr(again.goals, name), getattr(study.goals, name))
    assert again.goals.populations == study.goals.populations
    assert again.goal_prior == study.goal_prior


def test_designs_have_as_many_answers_as_are_asked_for() -> None:
    rng, design = np.random.default_rng(1), clusters([[2, 2, 5, 9, 20], [1, 3, 8]])
    np.testing.assert_array_equal(MODEL.sized(design, 50, rng).n, [50, 50])
    np.testing.assert_array_equal(MODEL.sized(design, np.array([7, 0]), rng).n, [7, 0])
    more = MODEL.resized(design, "clusters", 16, rng).design
    np.testing.assert_array_equal(more.clusters, [10, 6])
    longer = MODEL.resized(design, "agents", 100, rng).design
    np.testing.assert_array_equal(longer.clusters, design.clusters)
    np.testing.assert_array_equal(longer.n, [76, 24])
    assert [one.name for one in MODEL.measurements(design)] == ["clusters", "agents"]


def test_priors_say_what_they_are() -> None:
    assert MODEL.priors().correlation_beta == (1.0, 1.0)
    for wrong in ({"correlation": 1.0}, {"by_population": 1}, {"rho": 0.1}):
        with pytest.raises(bm.StudyError):
            MODEL.priors(wrong)
    one, two = clusters([[2, 2]]), clusters([[2, 2], [3]])
    assert len(MODEL.alternatives(MODEL.priors(), two)) == 1 + len(
        MODEL.alternatives(MODEL.priors(), one)
    )


@pytest.mark.slow
def test_a_report_tells_agents_of_one_cluster_from_those_of_two() -> None:
    rng = np.random.default_rng(2)
    truth = {"proportion": np.array([[0.6, 0.3, 0.1]]), "correlation": np.asarray(0.3)}
    evidence = MODEL.simulate(truth, clusters([[10] * 30], no_goal=False), rng)
    runs: dict[str, list[Any]] = {"said": [], "prompt": []}
    for d, pattern in enumerate(evidence.patterns):
        for j in range(int(evidence.number[d])):
            for k, n in enumerate(pattern.astype(int)):
                runs["said"] += ["abc"[k]] * n
                runs["prompt"] += [f"{d} {j}"] * n
    area = bm.ProblemArea("choice", ["a", "b", "c"])
    posterior = bm.fit(
        area, bm.Clustered(runs, "said", cluster="prompt"), bm.MutuallyExclusive(), random_seed=1
    )
    found = posterior.results("goals")
    rho = posterior.tree["posterior"]["correlation"].values.ravel()
    np.testing.assert_allclose(found.correlation["all"].draws.ravel(), rho)
    within = (1 - rho) * posterior.misalignment_draws()[:, 0]
    np.testing.assert_allclose(found.within["all"].draws.ravel(), within)
    worth = 300 / (1 + 9 * rho)
    np.testing.assert_allclose(found.worth["all"].draws.ravel(), worth)
    np.testing.assert_allclose(found.worth_of_one["all"].draws.ravel(), worth / 30)
    text = to_markdown(gather(posterior))
    assert "Two agents of the same cluster conflict less" in text
    assert "300 answers come from 30 clusters" in text
