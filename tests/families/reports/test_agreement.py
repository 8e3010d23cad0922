"""How often reports about one agent are equal, counted by hand and replicated."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.families.reports import agreement
from bayes_misalign.families.reports.agreement import (
    Agreement,
    agreement_of,
    check_agreement,
    pairs_of,
)
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from tests.noisy_studies import acted, labelled, ones, symmetric

AGENTS, SHARE, ERROR = 600, 0.4, 0.2


def one_by_one(reports: np.ndarray, i: int, j: int) -> float:
    """Return the part of equal reports of two raters, on average over agents."""
    found = []
    for agent in reports:
        said = [np.repeat(np.arange(len(counts)), counts).tolist() for counts in agent]
        both = (
            list(combinations(said[i], 2)) if i == j else [(a, b) for a in said[i] for b in said[j]]
        )
        if both:
            found.append(np.mean([a == b for a, b in both]))
    return float(np.mean(found))


def test_agreement_is_counted_agent_by_agent() -> None:
    rng = np.random.default_rng(1)
    asked = rng.integers(4, size=(80, 3, 1))
    reports = rng.multinomial(asked[..., 0], [0.5, 0.3, 0.2])
    evidence = labelled(reports, "abc")
    pairs = pairs_of(evidence)
    assert pairs == [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    expected = [one_by_one(reports, i, j) for i, j in pairs]
    np.testing.assert_allclose(agreement_of(evidence, pairs), expected, rtol=1e-12)


def test_only_reports_that_can_be_equal_are_compared() -> None:
    apart = labelled(ones([[0, -1], [-1, 1]], 2))
    assert pairs_of(apart) == []
    assert np.isnan(agreement_of(apart, [(0, 1)])[0])
    given = {"proportion": np.full((1, 1, 2), 0.5), "emission": np.full((1, 2, 2, 2), 0.5)}
    assert check_agreement(apart, given, np.random.default_rng(1)) is None
    # actions in two situations have nothing in common, two in one situation have
    actions = (("x", "y"), ("x", "y"))
    assert pairs_of(acted([[1, 0, 0, 1]], actions)) == []
    assert pairs_of(acted([[1, 1, 0, 1]], actions)) == [(0, 0)]


def rated(labels: np.ndarray, raters: int) -> DistinctLabels:
    """Return labels (agent, label) given by so many raters in turn."""
    every = ones(labels, 2)
    return labelled(every.reshape(len(every), raters, -1, 2).sum(axis=2))


def truth(raters: int, draws: int = 150) -> dict[str, np.ndarray]:
    emission = np.tile(symmetric(2, ERROR), (draws, raters, 1, 1))
    return {"proportion": np.tile([1 - SHARE, SHARE], (draws, 1, 1)), "emission": emission}


def said(number: int, rng: np.random.Generator) -> np.ndarray:
    """Return independent labels of agents, (agent, label)."""
    goal = (rng.random(AGENTS) < SHARE).astype(int)
    wrong = rng.random((AGENTS, number)) < ERROR
    return np.where(wrong, 1 - goal[:, None], goal[:, None])


def test_independent_raters_are_found_odd_once_in_a_hundred_times() -> None:
    rng = np.random.default_rng(3)
    found = check_agreement(rated(said(5, rng), 5), truth(5, 400), rng)
    assert found is not None
    assert len(found.pairs) == 10
    assert found.limit == pytest.approx(3.32, abs=0.01)  # two-sided 0.001, of 400 replicates
    pairs, alarms = pairs_of(rated(said(5, rng), 5)), 0
    for _ in range(300):
        observed = agreement_of(rated(said(5, rng), 5), pairs)
        alarms += bool(replace(found, observed=observed).odd)
    assert stats.binomtest(alarms, 300, 0.01).pvalue > 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_raters_who_copy_each_other_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = said(5, rng)
    labels[:, 3] = labels[:, 1]
    found = check_agreement(rated(labels, 5), truth(5), rng)
    assert found is not None
    assert found.pairs[found.odd[0]] == "r2 & r4"
    assert found.observed[found.odd[0]] == 1
    assert found.z[found.odd[0]] > 10


def test_raters_who_avoid_each_other_are_found() -> None:
    rng = np.random.default_rng(4)
    goal = (rng.random(AGENTS) < SHARE).astype(int)
    one = rng.random(AGENTS) < ERROR
    # never wrong about the same agent
    other = (rng.random(AGENTS) < ERROR / (1 - ERROR)) & ~one
    labels = np.stack([np.where(wrong, 1 - goal, goal) for wrong in (one, other)], axis=1)
    found = check_agreement(rated(labels, 2), truth(2), rng)
    assert found is not None
    assert found.odd == [0]
    assert found.z[0] < 0


def test_a_rater_who_repeats_itself_is_found() -> None:
    rng = np.random.default_rng(5)
    labels = said(3, rng)
    found = check_agreement(rated(labels, 1), truth(1), rng)
    assert found is not None
    assert found.pairs == ("r1, repeated",)
    assert found.odd == []
    found = check_agreement(rated(labels[:, [0, 0, 0]], 1), truth(1), rng)
    assert found is not None
    assert found.odd == [0]
    assert found.observed[0] == 1


def test_agents_who_differ_within_a_goal_choose_alike() -> None:
    rng, actions, action = np.random.default_rng(6), (("x", "y"),), [[0.8, 0.2], [0.3, 0.7]]
    goal = (rng.random(AGENTS) < SHARE).astype(int)
    rho = 0.3
    own = rng.beta(*(np.array(action)[goal].T * (1 - rho) / rho))
    times = rng.binomial(4, own)
    evidence = acted(np.stack([times, 4 - times], axis=1), actions)
    given = {
        "proportion": np.tile([1 - SHARE, SHARE], (150, 1, 1)),
        "action": np.tile(action, (150, 1, 1)),
    }
    alike = check_agreement(evidence, given, rng)
    assert alike is not None
    assert alike.odd == [0]
    right = check_agreement(evidence, given | {"correlation": np.full(150, rho)}, rng)
    assert right is not None
    assert right.odd == []


def test_large_studies_are_checked_with_fewer_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "MOST_AGENTS", 1000)
    evidence = rated(said(2, np.random.default_rng(7)), 2)
    many = replace(evidence, agents=1000 * evidence.agents)
    found = check_agreement(many, truth(2), np.random.default_rng(8))
    assert found is not None
    equal = 2 * ERROR * (1 - ERROR)
    # replicates scatter like 1,000 agents, and the observed agreement is that of all
    assert found.replicated.std() == pytest.approx(np.sqrt(equal * (1 - equal) / 1000), rel=0.25)
    assert found.observed[0] == agreement_of(evidence, [(0, 1)])[0]


def test_what_never_varies_is_not_odd() -> None:
    found = Agreement(("r1 & r2",), np.array([1.0]), np.ones((50, 1)))
    assert found.z.tolist() == [0.0]
    assert found.odd == []


def test_copiers_are_found_wherever_they_stand_in_the_table() -> None:
    rng = np.random.default_rng(6)
    labels = said(40, rng)
    labels[:, 30] = labels[:, 29]
    found = check_agreement(rated(labels, 40), truth(40), rng)
    assert found is not None
    assert (found.number, len(found.pairs)) == (780, agreement.MOST_KEPT)
    assert [found.pairs[i] for i in found.odd] == ["r30 & r31"]
    # as wide a limit as 780 comparisons ask for, and a little more for 150 replicates
    assert found.limit == pytest.approx(stats.norm.isf(0.005 / 780), abs=0.25)
    assert found.limit > stats.norm.isf(0.005 / 780)


def test_few_agents_in_common_are_no_oddity() -> None:
    """Two reports that differ are many sds where replicates nearly always agree, and not rare."""
    replicated = np.ones((400, 1))
    replicated[:4, 0] = 0.5
    few = Agreement(("a & b",), np.array([0.5]), replicated, 1000, np.array([2.0]))
    assert few.z[0] < -few.limit
    assert few.odd == []
    assert replace(few, agents=np.array([200.0])).odd == [0]
