import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    between_matrix,
    decompose,
    misalignment,
    pairs,
    union_shares,
)
from tests.measure.strategies import populations, random_conflict, shares_of


@given(populations(n_populations=4), shares_of(4))
def test_parts_sum_to_the_misalignment_of_the_union(population, pi):
    p, c = population
    parts = decompose(p, c, pi)
    union = misalignment(union_shares(p, pi), c)
    assert parts.total == pytest.approx(union, rel=1e-12, abs=1e-15)
    assert parts.within + parts.between == parts.total
    assert parts.population_terms.sum() == pytest.approx(parts.within, rel=1e-12, abs=1e-15)
    assert parts.pair_terms.sum() == pytest.approx(parts.between, rel=1e-12, abs=1e-15)


@given(populations(n_populations=3), shares_of(3))
def test_terms_are_those_of_the_formula(population, pi):
    p, c = population
    parts = decompose(p, c, pi)
    matrix = between_matrix(p, c)
    first, second = pairs(3)
    np.testing.assert_allclose(
        parts.population_terms, pi**2 * np.diag(matrix), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(
        parts.pair_terms,
        2 * pi[first] * pi[second] * matrix[first, second],
        rtol=1e-12,
        atol=1e-15,
    )


@pytest.mark.parametrize("conflict_lead", [(), (6, 1), (1, 1), (1,)])
@pytest.mark.parametrize("pi_lead", [(), (6,)])
def test_draws(conflict_lead, pi_lead):
    rng = np.random.default_rng(5)
    p = rng.dirichlet(np.ones(4), (6, 3))
    c = random_conflict(rng, 4, conflict_lead)
    pi = rng.dirichlet(np.ones(3), pi_lead)
    parts = decompose(p, c, pi)
    union = union_shares(p, pi)
    np.testing.assert_allclose(parts.total, misalignment(union[:, np.newaxis], c)[:, 0])
    assert parts.pair_terms.shape == (6, 3)
    np.testing.assert_allclose(parts.pair_terms.sum(-1), parts.between)
    bare = decompose(p, c, pi, pair_terms=False)
    assert bare.pair_terms is None
    np.testing.assert_array_equal(bare.total, parts.total)


@given(populations(n_populations=1))
def test_one_population_has_nothing_between(population):
    p, c = population
    parts = decompose(p, c, [1.0])
    assert parts.between == 0
    assert parts.total == misalignment(p[0], c)


@given(st.floats(0, 1))
def test_equal_populations_split_by_their_sizes_alone(part):
    p, c = [[0.25, 0.75]] * 2, [[0.0, 1.0], [1.0, 0.0]]
    parts = decompose(p, c, [part, 1 - part])
    assert parts.within == pytest.approx(0.375 * (part**2 + (1 - part) ** 2))


@pytest.mark.parametrize(
    ("p", "c", "pi", "message"),
    [
        ([1.0], [[0.0]], [1.0], r"\(..., populations, goals\)"),
        ([[1.0], [1.0]], [[0.0]], [1.0], r"not \(2, 1\) and \(1,\)"),
        ([[1.0], [1.0]], [[0.0]], [3.0, 2.0], "must sum to 1.*divide sizes"),
        (
            np.ones((3, 2, 1)),
            [[0.0]],
            np.full((2, 2), 0.5),
            "the draws of population_shares",
        ),
        (np.ones((2, 1)), np.zeros((2, 1, 1)), [0.5, 0.5], "one conflict matrix must serve all"),
    ],
)
def test_what_does_not_fit_is_named(p, c, pi, message):
    with pytest.raises(ValueError, match=message):
        decompose(p, c, pi)
