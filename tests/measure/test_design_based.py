"""Design-based P(ma): exactly without bias over all samples, and intervals that cover."""

from itertools import combinations, product

import numpy as np
import pytest

from bayes_misalign.measure import (
    GoldRows,
    between,
    design_based,
    design_based_between,
    exclusive_conflict,
    gold_sample,
    misalignment,
)

GRADED = np.array([[0.0, 0.3, 1.0], [0.3, 0.0, 0.6], [1.0, 0.6, 0.0]])
GOALS = np.array([0, 0, 1, 2, 2, 1, 0])
# what labels say may be soft, may name no goal, and need not have to do with the goal
PROXIES = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0.2, 0.3, 0.5], [0, 0, 0], [0.5, 0.5, 0]]
)
WEIGHTS = np.array([1.0, 2.0, 0.5, 1.0, 3.0, 1.5, 1.0])


def found(known, weights=None, probability=None, worth=1.0, **kwargs):
    known = np.asarray(known)
    one = np.ones(len(GOALS))
    weights = one if weights is None else weights
    rows = GoldRows(
        PROXIES[known],
        GOALS[known],
        one[known],
        probability=None if probability is None else probability[known],
        weight=weights[known],
        weight_sq=weights[known] ** 2,
    )
    sample = gold_sample(PROXIES, one, rows, weight=weights, weight_sq=weights**2)
    return design_based(sample, GRADED, worth=worth, **kwargs)


def truth(weights):
    pairs = [(a, b) for a, b in product(range(len(GOALS)), repeat=2) if a != b]
    total = sum(weights[a] * weights[b] * GRADED[GOALS[a], GOALS[b]] for a, b in pairs)
    return total / sum(weights[a] * weights[b] for a, b in pairs)


@pytest.mark.parametrize("worth", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("number", [2, 3, 5, 7])
@pytest.mark.parametrize("weights", [np.ones(7), WEIGHTS])
def test_over_all_simple_random_samples_the_estimate_has_no_bias(worth, number, weights):
    every = [
        found(known, weights, worth=worth).value[0]
        for known in combinations(range(len(GOALS)), number)
    ]
    assert np.mean(every) == pytest.approx(truth(weights), abs=1e-12)


def test_over_all_independent_samples_the_estimate_has_no_bias():
    chance = np.array([0.9, 0.3, 0.5, 0.7, 0.2, 0.6, 1.0])
    total = 0.0
    for drawn in product([False, True], repeat=len(GOALS)):
        here = np.array(drawn)
        likely = np.prod(np.where(here, chance, 1 - chance))
        if not likely:
            continue
        # an estimate of fewer than two is not shown, and is what the formula gives all the same
        rows = GoldRows(PROXIES[here], GOALS[here], np.ones(here.sum()), probability=chance[here])
        sample = gold_sample(PROXIES, np.ones(len(GOALS)), rows)
        shown = design_based(sample, GRADED, worth=1.0).value[0]
        value = by_pairs(here, chance)
        if here.sum() >= 2:
            assert shown == pytest.approx(value, abs=1e-12)
        total += likely * value
    assert total == pytest.approx(truth(np.ones(len(GOALS))), abs=1e-12)


def by_pairs(here, chance):
    goals = np.eye(3)[GOALS]
    y = PROXIES + (here / chance)[:, None] * (goals - PROXIES)
    pairs = y @ GRADED @ y.T
    n = len(GOALS)
    return (pairs.sum() - np.trace(pairs)) / (n * (n - 1))


def test_of_a_finite_population_both_agents_may_be_the_same():
    whole = found(range(7), sizes=[7])
    shares = np.bincount(GOALS, minlength=3) / 7
    assert whole.value[0] == pytest.approx(float(misalignment(shares, GRADED)))
    assert whole.variance[0] == 0  # everybody is known, and there is nobody else


def test_between_populations_the_estimate_has_no_bias():
    where = np.array([0, 0, 0, 0, 1, 1, 1])
    ones = np.ones(len(GOALS))
    every = []
    for first, second in product(combinations(range(4), 2), combinations(range(4, 7), 2)):
        known = np.array([*first, *second])
        rows = GoldRows(PROXIES[known], GOALS[known], ones[known], where[known])
        sample = gold_sample(PROXIES, ones, rows, population=where, populations=2)
        within = design_based(sample, GRADED, worth=1.0)
        both = design_based_between(sample, GRADED, within)
        assert both.value[0, 1] == pytest.approx(both.value[1, 0])
        assert both.variance[0, 1] == pytest.approx(both.variance[1, 0])
        assert np.isnan(np.diag(both.value)).all()
        every.append(both.value[0, 1])
    p, q = (np.bincount(GOALS[where == s], minlength=3) / (where == s).sum() for s in (0, 1))
    assert np.mean(every) == pytest.approx(float(between(p, q, GRADED)), abs=1e-12)


def test_the_variance_is_that_of_all_samples_of_a_large_table():
    # 2,000 agents, all of the population: only who is drawn is chance
    rng = np.random.default_rng(5)
    joint = np.array([[700, 90, 10], [60, 600, 140], [40, 60, 300]])  # label, goal
    known = rng.multivariate_hypergeometric(joint.ravel(), 400, 2_000, method="marginals")
    every = np.broadcast_to(joint, (2_000, 3, 3))
    found = design_based(
        tables(every, known.reshape(-1, 3, 3)), GRADED, worth=0.8, sizes=np.full(2_000, 2_000)
    )
    truth = float(misalignment(joint.sum(axis=0) / 2_000, GRADED))
    assert found.value.mean() == pytest.approx(truth, abs=4 * found.value.std() / 44)
    # two agents more are counted as wrong, of some ninety that are
    assert 0.97 < found.variance.mean() / found.value.var() < 1.12


def tables(joint, known, chance=None):
    """Many samples as so many populations: agents by label and goal, and those of known goal."""
    sample, label, goal = (x.ravel() for x in np.indices(joint.shape))
    rows = GoldRows(
        np.eye(3)[label],
        goal,
        known.ravel(),
        sample,
        probability=None if chance is None else chance[label],
    )
    each, of_label = (x.ravel() for x in np.indices(joint.shape[:2]))
    agents = joint.sum(axis=2).ravel()
    total = len(joint)
    return gold_sample(np.eye(3)[of_label], agents, rows, population=each, populations=total)


def table(joint, known):
    return tables(joint[None], known[None])


@pytest.mark.parametrize("simple", [True, False])
def test_intervals_cover_where_errors_go_with_what_no_label_shows(simple):
    # people of one half are called by the first goal in 3 of 10 cases, and hold it less often
    rng = np.random.default_rng(8)
    shares = np.array([[0.2, 0.5, 0.3], [0.5, 0.3, 0.2]])
    called = 0.7 * np.eye(3) + 0.3 * np.eye(3)[0], np.eye(3)
    joint = sum(0.5 * (p[:, None] * e).T for p, e in zip(shares, called, strict=True))
    p = shares.mean(axis=0)
    exclusive = exclusive_conflict(3)
    truth = float(misalignment(p, exclusive))
    chance = None if simple else np.array([0.1, 0.05, 0.2])
    n = rng.multinomial(2_000, joint.ravel(), 1_000)
    if simple:
        drawn = [rng.multivariate_hypergeometric(x, 200, method="marginals") for x in n]
        known = np.reshape(drawn, (-1, 3, 3))
    else:
        known = rng.binomial(n.reshape(-1, 3, 3), chance[:, None])
    found = design_based(tables(n.reshape(-1, 3, 3), known, chance), exclusive)
    hits = np.abs(found.value - truth) < 1.97 * np.sqrt(found.variance)
    assert 0.92 < hits.mean() < 0.98
    assert 0.3 < found.worth.mean() < 1.0


def test_labels_that_say_nothing_are_left_aside():
    joint = np.tile([250, 150, 100], (3, 1))
    known = np.tile([25, 15, 10], (3, 1))
    one = design_based(table(joint, known), GRADED)
    assert one.worth[0] == 0
    assert one.shares[0] == pytest.approx([0.5, 0.3, 0.2])


def test_fewer_than_two_known_goals_say_nothing():
    one = found([3])
    assert np.isnan([one.value[0], one.variance[0], one.degrees[0]]).all()


def test_a_probability_of_zero_is_refused():
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        found([0, 1, 2], probability=np.array([0.0, 0.5, 1.0, 1, 1, 1, 1]))


def test_rows_must_fit_together():
    with pytest.raises(ValueError, match=r"\(rows, 3\)"):
        gold_sample(PROXIES, np.ones(7), GoldRows(np.eye(2), [0, 1], [1, 1]))
    with pytest.raises(ValueError, match="proxies have shape"):
        gold_sample(PROXIES, np.ones(6), GoldRows(np.eye(3), [0, 1, 2], [1, 1, 1]))


def test_a_variance_may_suppose_other_shares() -> None:
    joint = np.array([[700, 90, 10], [60, 600, 140], [40, 60, 300]])
    sample = table(joint, joint // 10)
    own = design_based(sample, GRADED)
    same = design_based(sample, GRADED, supposed=own.shares)
    other = design_based(sample, GRADED, supposed=[[0.1, 0.1, 0.8]])
    assert same.variance == pytest.approx(own.variance)
    assert other.value == own.value
    assert other.variance[0] > own.variance[0]
