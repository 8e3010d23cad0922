"""What reports say of the goal of each agent."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.proxies import two_samples
from bayes_misalign.measure import design_based, exclusive_conflict
from tests.noisy_studies import labelled, ones


def three_raters(rng: np.random.Generator, agents: int = 600, known: int = 150, **more):
    """Labels by three raters, the third mostly wrong, of agents some of whose goals are known."""
    goal = rng.choice(3, agents, p=[0.2, 0.5, 0.3])
    wrong = rng.random((agents, 3)) < [0.1, 0.2, 0.6]
    said = np.where(wrong, (goal[:, None] + rng.integers(1, 3, (agents, 3))) % 3, goal[:, None])
    gold = np.where(np.arange(agents) < known, goal, UNKNOWN)
    columns = {"gold": gold, **more}
    return labelled(ones(said, 3), "abc", columns=columns, gold_random=True)


def test_a_majority_counts_each_agent_once() -> None:
    evidence = three_raters(np.random.default_rng(1))
    sample = two_samples(evidence)
    assert sample.agents.tolist() == [600]
    assert sample.gold.tolist() == [150]
    # agents of known goal are a quarter, and each stands for four
    assert sample.totals[0, -1] == pytest.approx(600)
    np.testing.assert_allclose(sample.proxies[0, :3], evidence.counts[0])
    np.testing.assert_allclose(sample.totals[0, 3:6], 4 * evidence.gold_counts)


def test_weights_are_those_of_the_agents() -> None:
    weight = np.linspace(0.5, 2.0, 600)
    evidence = three_raters(np.random.default_rng(1), weight=weight)
    sample = two_samples(evidence)
    assert sample.weight[0] == pytest.approx(weight.sum())
    assert sample.weight_sq[0] == pytest.approx((weight**2).sum())
    assert sample.totals[0, -1] == pytest.approx(4 * weight[:150].sum())


def test_agents_of_known_goal_without_any_label_are_left_out() -> None:
    evidence = three_raters(np.random.default_rng(1))
    reports = evidence.reports.copy()
    silent = int(np.flatnonzero(evidence.gold != UNKNOWN)[0])
    reports[silent] = 0
    sample = two_samples(replace(evidence, reports=reports))
    assert sample.agents[0] == 600 - evidence.agents[silent]
    assert sample.gold[0] == 150 - evidence.agents[silent]


def test_likely_goals_of_agents_of_known_goal_do_not_rest_on_it() -> None:
    # labels are noise: only who knows the goal could say more of it than the shares
    rng = np.random.default_rng(4)
    said, goal = rng.integers(0, 2, (400, 1)), rng.integers(0, 2, 400)
    gold = np.where(np.arange(400) < 100, goal, UNKNOWN)
    evidence = labelled(ones(said, 2), "ab", columns={"gold": gold}, gold_random=True)
    sample = two_samples(evidence, "likely goals", np.random.default_rng(0))
    own = np.trace(sample.once[0, :2, 2:4]) / sample.once[0, -1, -1]
    assert own == pytest.approx(0.5, abs=0.06)


def test_a_fit_that_knows_who_errs_leaves_less_to_correct() -> None:
    evidence = three_raters(np.random.default_rng(2), agents=3_000, known=300)
    exclusive = exclusive_conflict(3)
    votes = design_based(two_samples(evidence), exclusive)
    fitted = design_based(two_samples(evidence, "likely goals"), exclusive)
    truth = 1 - (np.array([0.2, 0.5, 0.3]) ** 2).sum()
    for found in (votes, fitted):
        assert abs(found.value[0] - truth) < 3 * np.sqrt(found.variance[0])
    # shares are known better in every direction
    assert fitted.variance[0] < votes.variance[0]
