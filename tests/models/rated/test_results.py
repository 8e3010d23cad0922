"""What ratings say beside the levels, from posteriors that are made up, and of one real fit."""

from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.attribution import attribute
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.results import rating_results, raw_mean_misalignment
from bayes_misalign.page.blocks import Grid, Paragraph
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary_of
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.study.study import Study
from tests.report.cases import section_of

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"])
BY_RATER = {
    "goal": ["a", "a", "a", "a"],
    "goal_other": ["b", "b", "c", "c"],
    "rating": [1, 3, 5, 4],
    "who": ["Ann", "Bob", "Ann", "Bob"],
}
BY_SIDE = {
    "goal": ["a", "b", "a", "b"],
    "goal_other": ["b", "a", "b", "a"],
    "rating": [20, 60, 40, 40],
    "year": ["1", "1", "2", "2"],
}
CHAINS, DRAWS = 4, 30


def made_up(study: Study, *, trustworthy: bool = True) -> Posterior:
    """Return a result whose draws are those of the prior."""
    source = next(s for s in study.conflict.sources if isinstance(s, RatedConflict))
    total, rng = CHAINS * DRAWS, np.random.default_rng(1)
    drawn = rated.draw_prior(source, rated.priors(), total, rng)
    k, places = len(study.goals.categories), len(study.goals.populations)
    shares = rng.dirichlet(np.ones(k), size=(total, places))
    matrix = np.zeros((total, *([places] if source.populations else []), k, k))
    for p, (a, b) in enumerate(source.pairs):
        i, j = study.goals.categories.index(a), study.goals.categories.index(b)
        matrix[..., i, j] = matrix[..., j, i] = drawn["conflict_level"][..., p]
    each = matrix if source.populations else matrix[:, None]
    misalignment = np.einsum("dsi,dsij,dsj->ds", shares, each, shares)

    def variable(values: Any, *dims: str) -> Any:
        values = np.asarray(values)
        names = dims or tuple(f"dim_{values.ndim}_{i}_{n}" for i, n in enumerate(values.shape[1:]))
        return ((*tree.SAMPLE_DIMS, *names), values.reshape(CHAINS, DRAWS, *values.shape[1:]))

    posterior = {
        "proportion": variable(shares, "population", "goal"),
        "conflict": variable(
            matrix, *(["population"] if source.populations else []), "goal", "goal_other"
        ),
        "misalignment": variable(misalignment, "population"),
    }
    pairs = np.zeros((total, len(source.pairs), 2 if source.directed else 1))
    latent = drawn["location"][:, None, None] + pairs
    posterior["latent_rated"] = variable(latent)
    posterior |= {
        f"{key}_rated": variable(x) for key, x in drawn.items() if key != "conflict_level"
    }
    state = "ok" if trustworthy else "not_converged"
    diagnosis = {
        "state": state,
        "method": "nuts",
        "reasons": [],
        "figures": {},
    }
    groups = {tree.POSTERIOR: posterior, tree.PRIOR: posterior}
    coords = {"population": study.goals.populations, "goal": study.goals.categories}
    metadata = {"study": study.to_plain(), "diagnosis": diagnosis, "schema": 1}
    return Posterior(tree.Groups(groups, coords, metadata))


def ratings_of(findings: Findings) -> Any:
    (area,) = summary_of(findings)["problem_areas"]
    return area["ratings"]


def by_rater(**more: Any) -> Study:
    goals = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
    declared = bm.Rated(BY_RATER, scale=(1, 5), rater="who")
    return Study.of(AREA, goals, [declared, *more.values()])


def by_side() -> Study:
    answers = {"goal": ["a", "b"] * 2, "n": [5, 3, 2, 4], "year": ["1", "1", "2", "2"]}
    goals = bm.SingleChoice(answers, goal="goal", count="n", population="year")
    declared = bm.Rated(BY_SIDE, scale=(100, 0), directed=True, population="year")
    return Study.of(AREA, goals, declared)


def over_time() -> Study:
    years = ["2000", "2004", "2006"]
    answers = {"goal": ["a", "b"] * 3, "n": [5, 3, 2, 4, 3, 3], "year": np.repeat(years, 2)}
    goals = bm.SingleChoice(answers, goal="goal", count="n", population="year")
    rows = {"goal": ["a"] * 4, "goal_other": ["b"] * 4, "rating": [1, 2, 5, 4]}
    declared = bm.Rated(
        {**rows, "year": ["2000"] * 2 + ["2006"] * 2},
        scale=(1, 5),
        population="year",
        over_time="walk",
    )
    return Study.of(AREA, goals, declared)


def test_the_report_says_how_far_conflict_went() -> None:
    result = made_up(over_time())
    (found,) = rating_results(result)
    assert found.drift is not None
    drift = result.groups.values(tree.POSTERIOR, "drift_rated")
    assert found.drift.mean == pytest.approx(drift.mean())
    assert result.results("conflict")["rated"].drift.mean == pytest.approx(drift.mean())
    findings = gather(result)
    section = section_of(findings, "ratings")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "3 waves, 2000 to 2006, is related by a random walk" in texts
    assert found.drift.text() in texts
    assert "Nobody rated in 2004" in texts
    assert ratings_of(findings)["sources"][0]["drift"]["mean"] == pytest.approx(drift.mean())
    assert "conflict_over_time.csv" in csv_tables(findings)
    # P(ma) is a line over the waves, and a change has both of its parts
    assert findings.places == (2000, 2004, 2006)
    change = result.contrast("2006", "2000")
    assert set(change.parts) == {"conflict levels", "goal shares"}
    parts = np.sum([part.draws for part in change.parts.values()], axis=0)
    np.testing.assert_allclose(parts, change.difference.draws)
    assert 0 < change.difference.probability_above(0.0) < 1
    assert rating_results(made_up(by_side()))[0].drift is None
    assert "drift" not in ratings_of(gather(made_up(by_side())))["sources"][0]


def test_severities_average_to_zero_and_follow_the_raters() -> None:
    (found,) = rating_results(made_up(by_rater()))
    assert found.severity is not None
    assert tuple(found.severity) == ("Ann", "Bob")
    assert found.ratings == {"Ann": 2.0, "Bob": 2.0}
    ann, bob = (found.severity[name].draws for name in ("Ann", "Bob"))
    np.testing.assert_allclose(ann + bob, 0, atol=1e-12)
    severe = made_up(by_rater()).groups.values(tree.POSTERIOR, "severity_rated")[..., 0]
    assert np.corrcoef(severe.ravel()[: ann.size], ann.ravel()[: severe.size])[0, 1] > 0.5
    assert found.sides == ()


def test_sides_are_levels_whose_mean_is_the_conflict() -> None:
    result = made_up(by_side())
    (found,) = rating_results(result)
    assert found.severity is None
    assert [side.population for side in found.sides] == ["1", "1", "1", "2", "2", "2"]
    side = found.sides[0]
    middle = (side.first.draws + side.second.draws) / 2
    np.testing.assert_allclose(middle.ravel(), result.conflict(population="1")[:, 0, 1])
    np.testing.assert_allclose(side.difference.draws, side.first.draws - side.second.draws)


def test_raw_means_are_put_in_as_if_they_were_known() -> None:
    result = made_up(by_rater())
    raw = raw_mean_misalignment(result)
    assert raw is not None
    # 1 and 3 of five for a and b; 5 and 4 for a and c; the mean of these for b and c
    level = np.array([[0, 0.25, 0.875], [0.25, 0, 0.5625], [0.875, 0.5625, 0]])
    shares = result.shares()[:, 0]
    expected = np.einsum("di,ij,dj->d", shares, level, shares)
    np.testing.assert_allclose(raw["all"].draws.ravel(), expected)


def test_raw_means_of_sides_by_population() -> None:
    result = made_up(by_side())
    raw = raw_mean_misalignment(result)
    assert raw is not None
    for s, (year, level) in enumerate({"1": 0.6, "2": 0.6}.items()):
        matrix = np.full((3, 3), level) - level * np.eye(3)
        shares = result.shares()[:, s]
        expected = np.einsum("di,ij,dj->d", shares, matrix, shares)
        np.testing.assert_allclose(raw[year].draws.ravel(), expected)


def test_conflict_that_was_not_rated_has_no_ratings() -> None:
    goals = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
    posterior = bm.fit(AREA, goals, bm.MutuallyExclusive())
    assert rating_results(posterior) == ()
    assert raw_mean_misalignment(posterior) is None
    assert gather(posterior).of_models == {}


def test_the_report_names_raters_sides_and_pairs_that_were_never_rated() -> None:
    findings = gather(made_up(by_rater()))
    section = section_of(findings, "ratings")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "4 ratings of 2 of 3 pairs of goals, by 2 raters" in texts
    assert "These pairs were never rated" in texts
    grids = {block.caption: block for block in section.blocks if isinstance(block, Grid)}
    assert [row[0] for row in grids["Raters"].rows] == ["Ann", "Bob"]
    plain = ratings_of(findings)
    assert plain["sources"][0]["never_rated"] == [["b", "c"]]
    assert {"severity.csv", "raw_means.csv"} <= set(csv_tables(findings))
    assert "1 of 3 pairs was never rated" in as_text(findings.result)
    other = gather(made_up(by_side()))
    assert "sides.csv" in csv_tables(other)
    assert "holders of" in as_text(other.result)


def test_withheld_results_keep_back_severities_and_sides() -> None:
    for study in (by_rater(), by_side()):
        findings = gather(made_up(study, trustworthy=False))
        for source in ratings_of(findings)["sources"]:
            for rater in source["raters"]:
                assert rater["severity"]["mean"] is None
            for side in source["sides"]:
                assert side["difference"]["mean"] is None


def test_ratings_that_nobody_gave_need_a_prior() -> None:
    goals = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
    silent = bm.Rated(BY_RATER | {"rating": [None] * 4}, scale=(1, 5))
    with pytest.raises(bm.StudyError, match="there is no rating at all, and no prior"):
        Study.of(AREA, goals, silent)
    stated = {"rated": {"location": 1.0}}
    posterior = bm.fit(AREA, goals, silent, conflict_prior=stated, random_seed=1)
    assert posterior.diagnosis.method == "exact"
    assert 0.3 < posterior.conflict_levels()["a | b"].mean < 0.7


def test_levels_that_hang_together_share_the_variance_by_covariance() -> None:
    rng = np.random.default_rng(1)
    common, own = rng.normal(size=4000), rng.normal(size=4000)
    level = 0.5 + 0.1 * np.stack([common, common + own, 0 * own], axis=1)
    conflict = np.zeros((4000, 3, 3))
    for p, (i, j) in enumerate([(0, 1), (0, 2), (1, 2)]):
        conflict[:, i, j] = conflict[:, j, i] = level[:, p]
    shares = np.full((4000, 3), 1 / 3)
    found = attribute(shares, conflict, ("a", "b", "c"), together=True)
    # terms x and x + y of variances 1 and 2 and covariance 1: 2 and 3 parts of 5
    assert found.pairs["a | b"] == pytest.approx(0.4, abs=0.02)
    assert found.pairs["a | c"] == pytest.approx(0.6, abs=0.02)
    assert sum(found.pairs.values()) == pytest.approx(found.conflict)
