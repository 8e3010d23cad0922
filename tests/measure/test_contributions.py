import numpy as np
import pytest
from hypothesis import given

from bayes_misalign.measure import (
    goal_contributions,
    misalignment,
    opposition,
    pair_contributions,
    pairs,
)
from tests.measure.strategies import populations, random_conflict


@given(populations())
def test_contributions_sum_to_misalignment(population):
    p, c = population
    whole = pytest.approx(misalignment(p, c), rel=1e-12, abs=1e-15)
    assert pair_contributions(p, c).sum() == whole
    assert goal_contributions(p, c).sum() == whole
    assert p @ opposition(p, c) == whole


@given(populations())
def test_a_goal_gets_half_of_each_of_its_pairs(population):
    p, c = population
    halves = np.zeros(len(p))
    for i, j, value in zip(*pairs(len(p)), pair_contributions(p, c), strict=True):
        assert value == pytest.approx(2 * p[i] * p[j] * c[i, j], rel=1e-12, abs=1e-300)
        halves[[i, j]] += value / 2
    np.testing.assert_allclose(goal_contributions(p, c), halves, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("conflict_lead", [(), (5, 1), (5, 2), (1, 1), (2,)])
def test_draws_and_populations(conflict_lead):
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(3), (5, 2))
    c = random_conflict(rng, 3, conflict_lead)
    np.testing.assert_allclose(opposition(p, c), np.einsum("...ij,...j->...i", c, p))
    np.testing.assert_allclose(
        pair_contributions(p, c)[..., 1], p[..., 0] * p[..., 2] * (c[..., 0, 2] + c[..., 2, 0])
    )


def test_one_goal_has_no_pairs():
    assert pair_contributions([1.0], [[0.0]]).shape == (0,)


def test_pairs_need_a_goal():
    with pytest.raises(ValueError, match="n_goals must be at least 1, not 0"):
        pairs(0)
