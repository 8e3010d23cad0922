"""The same agents in several populations, and rows in clusters, on every face."""

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from rich.console import Console

import bayes_misalign as bm
from bayes_misalign.report import render_json
from bayes_misalign.report.check_text import print_study
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.study.options import Fitting
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.study import Study
from bayes_misalign.study.write import write_study

SCHEMA = json.loads(Path(render_json.__file__).with_name("summary.schema.json").read_text())
WAVES = np.array([[0] * 60 + [1] * 40, [0] * 58 + [1] * 42, [0] * 57 + [1] * 43])
SENTENCE = (
    "100 agents are in several populations; contrasts use these pairs: 100 in 1 and 2, 100 in 1 "
    "and 3, 100 in 2 and 3."
)


def panel(respondent: bool = True, **more: Any) -> Study:
    """A hundred agents in three waves, of whom two and one change."""
    columns: dict[str, Any] = {
        "id": [*range(100)] * 3,
        "wave": np.repeat(["1", "2", "3"], 100).tolist(),
        "vote": np.array(["A", "B"])[WAVES.ravel()].tolist(),
        "w": (1 + WAVES.ravel() / 4).tolist(),
    }
    return bm.Study.of(
        bm.ProblemArea("vote", ["A", "B"]),
        bm.SingleChoice(
            columns, goal="vote", population="wave", respondent="id" if respondent else None, **more
        ),
        bm.MutuallyExclusive(),
    )


@cache
def fitted(respondent: bool = True) -> bm.Posterior:
    """The panel's posterior, with pairs or without."""
    return bm.fit(panel(respondent))


def width(estimate: Any) -> float:
    low, high = estimate.interval
    return float(high - low)


def test_contrasts_use_the_pairs_and_populations_keep_their_posterior() -> None:
    with_pairs, without = fitted(), fitted(False)
    for one, other in (("2", "1"), ("3", "1"), ("3", "2")):
        paired = with_pairs.contrast(one, other).difference
        assert width(paired) < 0.4 * width(without.contrast(one, other).difference)
    for wave, estimate in with_pairs.misalignment().items():
        expected = without.misalignment()[wave]
        assert estimate.mean == pytest.approx(expected.mean, abs=0.003)
        assert width(estimate) == pytest.approx(width(expected), rel=0.1)
    # all from one joint draw
    first, second, third = (with_pairs.misalignment()[wave].draws for wave in "123")
    np.testing.assert_allclose(
        with_pairs.contrast("3", "1").difference.draws,
        third - second + (second - first),
        atol=1e-12,
    )


def test_every_face_says_how_many_agents_populations_share() -> None:
    findings = gather(fitted())
    assert SENTENCE in to_markdown(findings)
    assert SENTENCE in " ".join(as_text(fitted()).split())
    found = summary(fitted())
    jsonschema.validate(found, SCHEMA)
    (area,) = found["problem_areas"]
    assert area["agents_in_common"][0] == {"populations": ["1", "2"], "agents": 100, "used": True}
    assert area["contrasts"][0]["difference"]["mean"] == pytest.approx(
        fitted().contrast("2", "1").difference.mean
    )
    assert "contrasts.csv" in csv_tables(findings)
    console = Console(file=io.StringIO(), width=200)
    print_study(panel(), console)
    assert f"pairs: {SENTENCE}" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_sampled_study_says_that_its_contrasts_do_not_use_them() -> None:
    study = replace(panel(), fitting=Fitting(method="nuts"))
    console = Console(file=io.StringIO(), width=400)
    print_study(study, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "contrasts do not use these pairs" in text
    assert "caution: some agents are in several populations" in text
    assert "too wide" in text


def test_a_design_is_named_on_every_face() -> None:
    study = panel(False, cluster="id")
    np.testing.assert_array_equal(study.goals.clusters, [100, 100, 100])
    one = "100 clusters, 100 rows, 99 degrees of freedom"
    console = Console(file=io.StringIO(), width=400)
    print_study(study, console)
    assert f"design: Taylor linearisation. 1: {one}; 2: {one}" in console.file.getvalue()  # type: ignore[attr-defined]
    posterior = bm.fit(study)
    assert posterior.diagnosis.state == "ok"
    sampled = replace(study, fitting=Fitting(method="nuts"))
    print_study(sampled, console)
    assert "caution: some clusters have answers of several" in console.file.getvalue()  # type: ignore[attr-defined]
    findings = gather(posterior)
    assert f"Design: Taylor linearisation. 1: {one}" in to_markdown(findings)
    assert "populations have clusters in common." in to_markdown(findings)
    assert "by Taylor linearisation of clusters, at the posterior mean" in to_markdown(findings)
    assert "Wolter, K. M. (2007)" in to_markdown(findings)
    told = summary(posterior)
    jsonschema.validate(told, SCHEMA)
    assert told["problem_areas"][0]["design"].startswith("Taylor linearisation. 1: ")


def test_few_clusters_are_a_caution() -> None:
    rows = {"goal": ["A", "B", "A"] * 100, "prompt": ["x", "y", "z"] * 100}
    area = bm.ProblemArea("vote", ["A", "B"])
    few = bm.fit(area, bm.SingleChoice(rows, goal="goal", cluster="prompt"), bm.MutuallyExclusive())
    whats = [reason.what for reason in few.diagnosis.reasons]
    assert few.diagnosis.state == "caution"
    assert any("2 degrees of freedom" in what for what in whats)
    assert few.n_effective[0] < 3
    assert "3 clusters, 300 rows, 2 degrees of freedom." in to_markdown(gather(few))
    # one prompt tells nothing of others
    rows["prompt"] = ["x"] * 300
    one = bm.fit(area, bm.SingleChoice(rows, goal="goal", cluster="prompt"), bm.MutuallyExclusive())
    whats = [reason.what for reason in one.diagnosis.reasons]
    assert any("the design tells no variance" in what for what in whats)
    assert one.n_effective[0] == 1


@pytest.mark.parametrize("weighted", [False, True])
def test_a_study_with_pairs_is_stored_and_written_whole(weighted: bool, tmp_path: Path) -> None:
    study = panel(weight="w") if weighted else panel()
    stored = from_plain(json.loads(json.dumps(to_plain(study.goals))))
    assert stored == study.goals
    again = bm.read_study(write_study(study, tmp_path))
    assert np.array_equal(again.goals.patterns, study.goals.patterns)
    for figure in ("counts", "weight_sum", "weight_sq_sum", "pattern_counts", "pattern_alike"):
        np.testing.assert_allclose(getattr(again.goals, figure), getattr(study.goals, figure))
    for figure in ("pattern_weight_sum", "pattern_weight_sq_sum"):
        np.testing.assert_allclose(getattr(again.goals, figure), getattr(study.goals, figure))


def test_finite_populations_say_that_the_unseen_are_drawn_apart() -> None:
    from bayes_misalign.study.agents_again import pairs_sentence

    study = panel(population_size={"1": 400, "2": 400, "3": 400})
    assert "drawn apart" in pairs_sentence(study)
    assert bm.fit(study).contrast("1", "2").difference.sd > 0


def test_a_panel_in_clusters_has_the_variance_of_its_clusters() -> None:
    from bayes_misalign.study.agents_again import design_cautions, pairs_sentence

    rng = np.random.default_rng(5)
    cluster, switched = np.repeat(np.arange(40), 20), np.repeat(rng.random(40) < 0.3, 20)
    first = rng.random(800) < 0.8  # whole clusters switch
    second = np.where(switched, rng.random(800) < 0.3, first)
    data = {
        "id": [*range(800)] * 2,
        "wave": ["1"] * 800 + ["2"] * 800,
        "vote": np.where(np.append(first, second), "A", "B").tolist(),
        "c": [*cluster.tolist()] * 2,
    }
    study = bm.Study.of(
        bm.ProblemArea("vote", ["A", "B"]),
        bm.SingleChoice(data, goal="vote", population="wave", respondent="id", cluster="c"),
        bm.MutuallyExclusive(),
    )
    assert "which know of them" in pairs_sentence(study)
    assert design_cautions(study) == []
    # linearised: dP = 2 (1 - 2p) dp in each wave, summed by cluster
    change = sum(
        sign * 2 * (1 - 2 * x.mean()) * (x - x.mean()) for sign, x in ((1, second), (-1, first))
    )
    sums = np.bincount(cluster, change / 800)
    expected = np.sqrt(40 / 39 * (sums**2).sum())
    assert bm.fit(study).contrast("2", "1").difference.sd == pytest.approx(expected, rel=0.06)
