"""The posterior of agents who put alternatives in an order: closed forms, other models, NUTS."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import bayes_misalign as bm
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.measure import (
    attainable_maximum,
    misalignment,
    pairwise_shares,
    rankings_conflict,
    rankings_misalignment,
)
from bayes_misalign.measure.known_and_drawn import of_matrices
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.generative import largest
from bayes_misalign.models.ranked.model import MODEL
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.study.write import write_study

GOALS = ("a", "b", "c")
AREA = bm.ProblemArea("x", GOALS, ["none"])
CELLS = {
    "by": ["a>b>c", "b>a>c", "c>b>a", "a", "none", "b=c"] * 2,
    "at": ["one"] * 6 + ["other"] * 6,
    "n": [12, 7, 3, 9, 2, 4, 5, 9, 14, 0, 6, 3],
}
LEVELS = {("a", "b"): 0.9, ("a", "c"): 0.4, ("b", "c"): 0.1}
RANGES = {("a", "b"): (0.6, 0.9), ("a", "c"): (0.2, 0.6), ("b", "c"): (0.0, 0.3)}


def study(conflict=None, **stated):
    return Study.of(
        AREA,
        bm.Ranked(CELLS, order="by", population="at", count="n", **stated),
        conflict or bm.Fixed(LEVELS),
        populations=bm.Populations(shares={"one": 0.3, "other": 0.7}),
    )


def fitted(conflict=None, **stated):
    return bm.fit(study(conflict, **stated), random_seed=1, draws=250)


@pytest.mark.parametrize("ties", ["agree", "coin"])
@pytest.mark.parametrize("pairs", [None, [["a", "c"], ["c", "b"]]])
def test_every_draw_is_the_closed_form(ties, pairs):
    posterior = fitted(bm.Elicited(RANGES), ties=ties, pairs=pairs)
    goals, shares = posterior.study.goals, posterior.shares()
    levels = posterior.goal_levels()[:, None, :3, :3]
    m = pairwise_shares(shares, goals.position, ties)
    expected = rankings_misalignment(m, levels, goals.pair_places)
    np.testing.assert_allclose(posterior.misalignment_draws(), expected, atol=1e-12)
    found = posterior.results("goals").pairs["other"]
    total = sum(one.part.draws.ravel() for one in found.values())
    np.testing.assert_allclose(total, expected[:, 1], atol=1e-12)


def test_the_share_of_each_pair_is_that_of_a_survey_about_the_pair_alone():
    evidence = OrderCounts.from_counts(
        tuple("abcdef"),
        ("all",),
        [{"a > b > c > d > e > f": 7, "b > d > f > a > c > e": 11, "f > a > e > d > c > b": 4}],
    )
    drawn = MODEL.draw(evidence, MODEL.priors(), 20_000, np.random.default_rng(1))
    before = pairwise_shares(drawn["proportion"][:, 0], evidence.position)
    n = np.tensordot(evidence.counts[0], pairwise_counts(evidence), axes=(0, 0))
    for i, j in combinations(range(6), 2):
        exact = stats.beta(1 + n[i, j], 1 + n[j, i])
        assert stats.kstest(before[:, i, j], exact.cdf).pvalue > 1e-4
    none = replace(evidence.unweighted(0 * evidence.counts))
    prior = MODEL.draw_prior(none, MODEL.priors(), 20_000, np.random.default_rng(2))
    m = pairwise_shares(prior["proportion"][:, 0], none.position)
    for i, j in combinations(range(6), 2):
        assert stats.kstest(m[:, i, j], stats.uniform.cdf).pvalue > 1e-4


def pairwise_counts(evidence):
    at = evidence.position
    return (at[:, :, None] < at[:, None, :]).astype(float)


def test_two_alternatives_are_a_single_choice_with_a_flat_prior():
    area = bm.ProblemArea("x", ["a", "b"])
    data = {"by": ["a>b", "b>a"], "goal": ["a", "b"], "n": [12, 5]}
    one = bm.fit(
        area, bm.Ranked(data, order="by", count="n"), bm.MutuallyExclusive(), random_seed=2
    )
    other = bm.fit(
        area,
        bm.SingleChoice(data, goal="goal", count="n"),
        bm.MutuallyExclusive(),
        prior=bm.SharePrior("concentration", concentration=2.0),
        random_seed=2,
    )
    np.testing.assert_allclose(one.shares(), other.shares())
    np.testing.assert_allclose(one.misalignment_draws(), other.misalignment_draws())


def test_by_first_choices_orders_with_the_same_first_are_one_class():
    found = study(bm.MutuallyExclusive(), distance="first").with_goal_prior(bm.SharePrior())
    same = found.goal_prior.classes.same
    assert {"a > b > c", "a > c > b", "a > b = c"} in map(set, same)
    posterior = fitted(bm.MutuallyExclusive(), distance="first")
    first = posterior.results("goals").first["one"]
    assert sum(estimate.mean for estimate in first.values()) < 1  # some hold no goal
    assert posterior.results("goals").pairs["one"]["a", "b"].part is None


@pytest.mark.parametrize("distance", ["kendall", "first"])
@pytest.mark.parametrize("ties", ["agree", "coin"])
def test_the_largest_value_is_known(distance, ties):
    rng = np.random.default_rng(4)
    evidence = OrderCounts.from_counts(tuple("abcde"), ("all",), [{"a > b = c > d > e": 3}])
    evidence = replace(evidence, distance=distance, ties=ties)
    c = np.triu(rng.random((5, 5)), 1)
    levels = rankings_conflict(evidence.position, c + c.T, distance, ties)
    known = largest(evidence, levels)
    assert known is not None
    assert known.exact
    assert float(misalignment(known.shares, levels)) == pytest.approx(float(known.value))
    searched = attainable_maximum(levels if levels.own else levels.whole())
    assert float(searched.value) == pytest.approx(float(known.value), rel=1e-3)
    assert float(searched.value) <= float(known.value) + 1e-9


def test_the_whole_study_in_pymc_is_lifted_alike():
    for distance, ties in (("kendall", "coin"), ("kendall", "agree"), ("first", "agree")):
        whole = study(bm.Elicited(RANGES), distance=distance, ties=ties)
        model = whole.to_pymc()
        asked = [
            model[name] for name in ("goal_conflict", "conflict", "proportion", "misalignment")
        ]
        settings = {"mode": "FAST_COMPILE", "on_unused_input": "ignore"}
        given = model.compile_fn(asked, inputs=model.value_vars, **settings)
        of_goals, conflict, shares, pma = given(model.initial_point(random_seed=1))
        expected = rankings_conflict(whole.goals.position, of_goals, distance, ties)
        np.testing.assert_allclose(conflict, expected.whole(), atol=1e-12)
        np.testing.assert_allclose(pma, misalignment(shares, expected), atol=1e-12)


def test_reports_speak_of_alternatives_and_of_orders():
    findings = gather(fitted())
    text, tables = to_markdown(findings), csv_tables(findings)
    assert "Which alternatives agents prefer" in text
    assert "stand below all that it placed" in text
    assert "first choices, no preference agrees" in text
    assert "normalised Kendall distance" in text
    assert "a > b > c" in tables["contributions.csv"]
    assert len(tables["conflict.csv"].splitlines()) == 1 + 6  # of alternatives, and "no goal"


@pytest.mark.parametrize("unranked", ["below", "unknown"])
def test_a_study_is_written_and_read_back(tmp_path: Path, unranked: str):
    whole = study(distance="kendall", ties="coin", pairs=[["a", "b"]], unranked=unranked)
    again = read_study(write_study(whole, tmp_path))
    assert again.goals.counts.tolist() == whole.goals.counts.tolist()
    assert again.goals.categories == whole.goals.categories
    assert (again.goals.ties, again.goals.pairs) == ("coin", (("a", "b"),))
    assert again.goals.unranked == unranked


def test_populations_face_each_other():
    posterior = fitted(bm.MutuallyExclusive())
    m = pairwise_shares(posterior.shares(), posterior.study.goals.position)
    i, j = np.triu_indices(3, 1)
    one, other = m[:, 0], m[:, 1]
    facing = one[:, i, j] * other[:, j, i] + one[:, j, i] * other[:, i, j]
    found = posterior.between()["one", "other"]
    np.testing.assert_allclose(found.draws.ravel(), facing.mean(axis=-1), atol=1e-12)


def test_few_agents_who_disagree_about_all_are_cautioned():
    data = {"by": ["a>b>c", "c>b>a", "b>a>c", "b>c>a", "a>c>b", "c>a>b"], "n": [5] * 6}
    area = bm.ProblemArea("x", GOALS)
    split = Study.of(area, bm.Ranked(data, order="by", count="n"), bm.MutuallyExclusive())
    (caution,) = split.goals.cautions
    assert "disagree about nearly as much as they could, and there are 30" in caution.what
    agreed = {"by": ["a>b>c", "b>a>c"], "n": [25, 5]}
    sure = Study.of(area, bm.Ranked(agreed, order="by", count="n"), bm.MutuallyExclusive())
    assert sure.goals.cautions == ()


def test_uncertain_levels_of_very_many_orders_are_refused():
    goals = tuple("abcdefg")
    rng = np.random.default_rng(1)
    orders = {" > ".join(rng.permutation(goals)): 1.0 for _ in range(150)}
    evidence = OrderCounts.from_counts(goals, ("all",), [orders])
    levels = np.broadcast_to(1.0 - np.eye(7), (3, 7, 7)) * np.array([0.5, 0.6, 0.7])[:, None, None]
    with pytest.raises(StudyError, match="levels of all pairs of orders are kept"):
        MODEL.lift(evidence, of_matrices(levels))
    assert MODEL.lift(evidence, of_matrices(1.0 - np.eye(7))).known.shape[0] > 200


def test_simulated_data_are_lifted_too():
    made = simulate(study(), 50, 2)
    goals = made.study.goals
    assert goals.n.tolist() == [50, 50]
    expected = misalignment(made.proportion, rankings_conflict(goals.position, made.conflict))
    np.testing.assert_allclose(made.misalignment, expected)
