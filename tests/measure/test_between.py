import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    between,
    between_matrix,
    conditionally_negative_definite,
    excess,
    exclusive_conflict,
    misalignment,
)
from tests.measure.strategies import conflict_of, populations, random_conflict, shares_of


@given(populations(n_populations=2))
def test_between_is_symmetric_and_a_probability(population):
    (p, q), c = population
    value = between(p, q, c)
    assert value == pytest.approx(between(q, p, c), rel=1e-12, abs=1e-15)
    assert -1e-15 <= value <= 1 + 1e-12


@given(populations(n_populations=3))
def test_matrix_holds_every_two_populations(population):
    p, c = population
    matrix = between_matrix(p, c)
    expected = [[between(a, b, c) for b in p] for a in p]
    np.testing.assert_allclose(matrix, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(np.diag(matrix), misalignment(p, c), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("conflict_lead", [(), (1,), (5, 1), (1, 1)])
def test_matrix_over_draws_keeps_direction(conflict_lead):
    rng = np.random.default_rng(4)
    p = rng.dirichlet(np.ones(3), (5, 2))
    c = random_conflict(rng, 3, conflict_lead)
    one = np.broadcast_to(c.reshape(*(conflict_lead[:1]), 3, 3), (5, 3, 3))
    np.testing.assert_allclose(
        between_matrix(p, c), np.einsum("dsi,dij,dtj->dst", p, one, p), rtol=1e-13
    )
    np.testing.assert_allclose(
        between(p[:, :1], p[:, 1:], c)[:, 0], between_matrix(p, c)[:, 0, 1], rtol=1e-13
    )


@given(populations(n_populations=2))
def test_excess_is_the_difference_of_its_parts(population):
    (p, q), c = population
    parts = between(p, q, c) - (misalignment(p, c) + misalignment(q, c)) / 2
    assert excess(p, q, c) == pytest.approx(parts, abs=1e-14)
    assert excess(p, p, c) == 0
    assert excess(p, q, np.triu(c), directed=True) == excess(p, q, c / 2)


@given(st.integers(2, 5).flatmap(lambda k: st.tuples(conflict_of(k), shares_of(k, (2,)))))
def test_excess_is_not_negative_where_conflict_is_conditionally_negative_definite(case):
    c, (p, q) = case
    if conditionally_negative_definite(c):
        assert excess(p, q, c) >= -1.1e-9  # the tolerance of the eigenvalue


@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 99))
def test_squared_distances_are_conditionally_negative_definite(k, dimensions, seed):
    points = np.random.default_rng(seed).random((k, dimensions))
    distances = ((points[:, None] - points) ** 2).sum(-1)
    assert conditionally_negative_definite(distances)


def test_an_idle_no_goal_makes_the_excess_negative():
    conflict = exclusive_conflict(2, no_goal=True)
    assert not conditionally_negative_definite(conflict)
    assert excess([0.5, 0.5, 0], [0, 0, 1], conflict) == pytest.approx(-0.25)
    assert conditionally_negative_definite(exclusive_conflict(3))
    assert not conditionally_negative_definite([exclusive_conflict(3), conflict])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: between([1.0], [0.5, 0.5], [[0.0]]), "shares_a has 1, shares_b has 2"),
        (lambda: excess([1.0], [0.5, 0.5], [[0.0]]), "shares_a has 1, shares_b has 2"),
        (
            lambda: between(np.ones((2, 1)), np.ones((3, 1)), [[0.0]]),
            "do not fit together",
        ),
        (lambda: between_matrix([1.0], [[0.0]]), "populations, goals"),
        (
            lambda: between_matrix(np.full((3, 2), 0.5), np.zeros((3, 2, 2))),
            "one conflict matrix must serve all populations",
        ),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
