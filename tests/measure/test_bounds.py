from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    attainable_maximum,
    bounds,
    exclusive_conflict,
    misalignment,
    normalised,
    normalised_by_bound,
)
from tests.measure.strategies import conflict_of, populations, random_conflict


def random_graph(k, density, seed):
    edges = np.triu(np.random.default_rng(seed).random((k, k)) < density, 1) * 1.0
    return edges + edges.T


def largest_clique(graph):
    k = len(graph)
    return max(
        size
        for size in range(1, k + 1)
        for members in combinations(range(k), size)
        if all(graph[i, j] for i, j in combinations(members, 2))
    )


@given(populations())
def test_maximum_is_attained_and_never_exceeded(population):
    p, c = population
    top = attainable_maximum(c)
    assert top.exact
    assert top.shares.min() >= 0
    assert top.shares.sum() == pytest.approx(1, abs=1e-12)
    assert misalignment(top.shares, c) == pytest.approx(top.value, rel=1e-12, abs=1e-300)
    assert misalignment(p, c) <= top.value + 1e-13
    assert top.value >= c.max() / 2 - 1e-15


@given(conflict_of(3))
def test_three_goals_have_a_closed_form(c):
    a, b, d = (Fraction(float(x)) for x in (c[0, 1], c[0, 2], c[1, 2]))
    best = max(a, b, d) / 2
    determinant = 2 * (a * b + a * d + b * d) - a * a - b * b - d * d
    # Inside the triangle only if every share is positive there; Bomze 1998 on K = 3.
    inside = (d * (a + b - d), b * (a + d - b), a * (b + d - a))
    if min(inside) > 0:
        best = max(best, 2 * a * b * d / determinant)
    assert attainable_maximum(c).value == pytest.approx(float(best), rel=1e-9, abs=1e-300)


@given(st.integers(2, 8), st.floats(0.1, 0.9), st.integers(0, 999))
def test_a_graph_reaches_the_bound_of_its_largest_clique(k, density, seed):
    # Motzkin and Straus (1965): max p'Ap = 1 - 1/omega. Many of these systems are singular.
    graph = random_graph(k, density, seed)
    expected = 1 - 1 / largest_clique(graph)
    assert attainable_maximum(graph).value == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("k", [2, 5, 10, 15])
@pytest.mark.parametrize("no_goal", [False, True])
def test_exclusive_goals_reach_the_bound_and_no_goal_does_not_count(k, no_goal):
    top = attainable_maximum(exclusive_conflict(k, no_goal))
    assert top.exact
    assert top.value == pytest.approx((k - 1) / k, rel=1e-12)
    np.testing.assert_allclose(top.shares[:k], 1 / k, rtol=1e-9)


def test_draws_are_independent_of_each_other_and_of_the_batch(monkeypatch):
    rng = np.random.default_rng(7)
    c = random_conflict(rng, 5, (6, 1))
    c[2], c[3], c[4] = 0.0, exclusive_conflict(5), c[4] * 1e-200
    together = attainable_maximum(c)
    assert together.value.shape == (6, 1)
    assert together.shares.shape == (6, 1, 5)
    one_by_one = [attainable_maximum(m[0]).value for m in c]
    np.testing.assert_allclose(together.value[:, 0], one_by_one, rtol=1e-12)
    monkeypatch.setattr(bounds, "NUMBERS_AT_ONCE", 1)
    np.testing.assert_allclose(attainable_maximum(c).value, together.value, rtol=1e-12)
    assert together.value[2, 0] == 0
    assert together.value[3, 0] == pytest.approx(0.8)


def test_no_conflict_at_all():
    top = attainable_maximum(np.zeros((3, 4, 4)))
    assert top.exact
    np.testing.assert_array_equal(top.value, 0)
    np.testing.assert_array_equal(top.shares.sum(-1), 1)


def test_a_grid_over_shares_finds_nothing_better():
    steps = [(i, j, 60 - i - j) for i in range(61) for j in range(61 - i)]
    grid = np.array([(*s[:2], u, s[2] - u) for s in steps for u in range(s[2] + 1)]) / 60
    rng = np.random.default_rng(8)
    for _ in range(10):
        c = np.triu(rng.random((4, 4)), 1)
        c += c.T
        best = misalignment(grid, c).max()
        # Off a maximiser by at most half a step in a coordinate, the form loses at most its square.
        assert best <= attainable_maximum(c).value + 1e-14
        assert best >= attainable_maximum(c).value - 4 * (1 / 60) ** 2


def test_many_goals_are_searched_and_say_so():
    graph = random_graph(16, 0.5, 1)
    top = attainable_maximum(graph)
    assert not top.exact
    assert top.value == pytest.approx(1 - 1 / largest_clique(graph), rel=1e-9)
    search = bounds._search(exclusive_conflict(20)[np.newaxis])
    np.testing.assert_allclose(search, 1 / 20, rtol=1e-9)


def test_search_finds_the_exact_maximum_of_smaller_problems(monkeypatch):
    c = np.triu(np.random.default_rng(9).random((20, 9, 9)), 1)
    c += c.swapaxes(-1, -2)
    c[3] = 0
    exact = attainable_maximum(c)
    monkeypatch.setattr(bounds, "EXACT_GOALS", 0)
    found = attainable_maximum(c)
    assert (exact.exact, found.exact) == (True, False)
    assert np.all(found.value <= exact.value + 1e-14)
    np.testing.assert_allclose(found.value, exact.value, rtol=1e-8)


@given(populations(n_populations=3, min_goals=2))
def test_normalised_lies_between_zero_and_one(population):
    p, c = population
    value = normalised(p, c)
    if c.max() == 0:
        assert np.isnan(value).all()
    elif c.max() > 1e-290:
        assert np.all((value >= 0) & (value <= 1 + 1e-12))


def test_normalised_over_draws_and_populations():
    p = np.array([[[0.5, 0.5], [0.9, 0.1]]] * 2)
    c = np.array([[[[0, 0.2], [0.2, 0]]], [[[0, 0], [0, 0]]]])
    np.testing.assert_allclose(normalised(p, c), [[1, 0.36], [np.nan, np.nan]])


def test_normalised_by_bound():
    np.testing.assert_allclose(normalised_by_bound([2 / 3, 1 / 3], 3), [1, 0.5])
    with pytest.raises(ValueError, match="at least 2, not 1"):
        normalised_by_bound(0.0, 1)
