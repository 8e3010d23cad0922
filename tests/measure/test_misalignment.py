import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    alignment,
    distinct_agents,
    exclusive_conflict,
    misalignment,
    shapes,
)
from tests.measure.strategies import populations, random_conflict


def by_definition(shares, conflict):
    return np.einsum("...i,...ij,...j->...", shares, conflict, shares)


@given(populations())
def test_misalignment_is_a_probability_and_alignment_its_complement(population):
    p, c = population
    value = misalignment(p, c)
    assert -1e-15 <= value <= 1 + 1e-12
    assert value + alignment(p, c) == pytest.approx(1, abs=1e-15)


@given(populations(), st.randoms(use_true_random=False))
def test_order_of_goals_does_not_matter(population, random):
    p, c = population
    order = random.sample(range(len(p)), len(p))
    assert misalignment(p[order], c[np.ix_(order, order)]) == pytest.approx(
        misalignment(p, c), rel=1e-12, abs=1e-15
    )


@given(populations(), st.floats(0, 1), st.data())
def test_splitting_a_goal_into_two_that_do_not_conflict_changes_nothing(population, part, data):
    p, c = population
    split = data.draw(st.integers(0, len(p) - 1))
    rows = [*range(len(p)), split]
    finer = p[rows]
    finer[[split, -1]] = p[split] * part, p[split] * (1 - part)
    assert misalignment(finer, c[np.ix_(rows, rows)]) == pytest.approx(
        misalignment(p, c), rel=1e-12, abs=1e-15
    )


@given(populations())
def test_a_directed_matrix_counts_both_directions(population):
    p, c = population
    assert misalignment(p, np.triu(c), directed=True) == misalignment(p, c / 2)


@pytest.mark.parametrize("block", [1, 40, 1 << 17], ids=["smallest", "some", "all at once"])
@pytest.mark.parametrize(
    ("shares_lead", "conflict_lead"),
    [
        ((), ()),
        ((7,), ()),
        ((7, 3), ()),
        ((7, 3), (7, 1)),
        ((7, 3), (1, 1)),
        ((7, 3), (7, 3)),
        ((7, 3), (3,)),
        ((7, 3), (1,)),
        ((3,), (7, 1)),
        ((1, 3), (7, 1)),
        ((), (7,)),
        ((), (7, 1)),
        ((7,), (7,)),
        ((2, 7, 3), (2, 1, 1)),
        ((2, 7, 3), (7, 1)),
        ((0, 3), (0, 1)),
    ],
)
def test_axes_before_the_goals_broadcast(shares_lead, conflict_lead, block, monkeypatch):
    monkeypatch.setattr(shapes, "BLOCK_NUMBERS", block)
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(4), shares_lead)
    c = random_conflict(rng, 4, conflict_lead)
    expected = by_definition(p, c)
    value = misalignment(p, c)
    assert np.shape(value) == expected.shape
    np.testing.assert_allclose(value, expected, rtol=1e-13)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4).filter(lambda n: sum(n) > 1))
def test_distinct_agents_is_the_mean_over_pairs_of_different_agents(counts):
    goals = np.repeat(np.arange(len(counts)), counts)
    n = len(goals)
    different = (goals[:, None] != goals).sum() / (n * (n - 1))
    shares = np.array(counts) / n
    value = distinct_agents(misalignment(shares, exclusive_conflict(len(counts))), n)
    assert value == pytest.approx(different, rel=1e-12)


def test_distinct_agents_takes_a_size_for_each_population():
    np.testing.assert_allclose(distinct_agents([[0.3, 0.4]] * 2, [4, 5]), [[0.4, 0.5]] * 2)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_exclusive_conflict_is_gini_simpson_over_the_goals(k):
    p = np.random.default_rng(k).dirichlet(np.ones(k + 1))
    assert misalignment(p, exclusive_conflict(k + 1)) == pytest.approx(1 - (p**2).sum())
    without_g0 = p[:k].sum() ** 2 - (p[:k] ** 2).sum()
    assert misalignment(p, exclusive_conflict(k, no_goal=True)) == pytest.approx(
        without_g0, abs=1e-15
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: misalignment(0.5, [[0.0]]), "shares must have shape"),
        (lambda: misalignment([], [[0.0]]), "at least one goal"),
        (lambda: misalignment([1.0], [0.0]), "conflict must have shape"),
        (lambda: misalignment([1.0], [[0.0, 1.0]]), "conflict must have shape"),
        (lambda: misalignment([1.0], np.zeros((2, 2))), "between 2 goals.*of 1 goals"),
        (
            lambda: misalignment(np.full((4, 3, 2), 0.5), np.zeros((4, 2, 2))),
            r"\(draws, 1, goals, goals\)",
        ),
        (lambda: distinct_agents(0.5, 1), "at least 2, not population_size 1"),
        (lambda: distinct_agents([0.5, 0.5], [9, 9, 9]), "does not broadcast"),
        (lambda: exclusive_conflict(0), "n_goals must be at least 1"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
