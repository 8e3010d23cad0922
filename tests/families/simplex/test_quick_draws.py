"""Quick draws of shares: the distribution of those that are drawn one by one."""

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.families.simplex import quick_draws
from bayes_misalign.families.simplex.quick_draws import quick_dirichlet

DRAWS = 40_000


@pytest.mark.parametrize(
    ("first", "second", "answers"),
    [(0.2, 0.3, 0), (0.9, 3.0, 0), (1.0, 1.0, 0), (0.4, 0.1, 1), (0.05, 2.0, 7), (1e4, 3e4, 60)],
)
def test_shares_of_two_goals_are_beta(first: float, second: float, answers: int) -> None:
    alpha = np.repeat([[first], [second]], DRAWS, axis=1)
    found = quick_dirichlet(alpha, [[answers, 0]], np.random.default_rng(3))[0]
    # of each share the part near zero, where its digits are
    low, high = np.minimum(found, 0.5).astype(float)
    one, other = stats.beta(first + answers, second), stats.beta(second, first + answers)
    place = np.where(low < 0.5, one.cdf(low), 1 - other.cdf(high))
    assert stats.kstest(place, "uniform").pvalue > 1e-3
    np.testing.assert_allclose(found.sum(axis=0), 1, rtol=1e-6)


def test_shares_of_many_goals_have_the_moments_of_a_dirichlet() -> None:
    rng = np.random.default_rng(4)
    alpha, counts = rng.gamma(1.0, 1.0, (5, 1)), rng.integers(0, 4, (3, 5)).astype(float)
    found = quick_dirichlet(np.repeat(alpha, DRAWS, axis=1), counts, rng).astype(float)
    a = alpha[:, 0] + counts
    total = a.sum(axis=1, keepdims=True)
    mean = a / total
    error = np.sqrt(mean * (1 - mean) / (total + 1) / DRAWS)
    assert np.all(np.abs(found.mean(axis=-1) - mean) < 4.5 * error)
    for s in range(3):
        exact = (np.diag(mean[s]) - np.outer(mean[s], mean[s])) / (total[s] + 1)
        np.testing.assert_allclose(np.cov(found[s]), exact, atol=0.03 * exact.max())
    across = np.corrcoef(found[0], found[1])[:5, 5:]
    assert np.abs(across).max() < 5 / np.sqrt(DRAWS)


def test_each_population_may_have_parameters_of_its_own() -> None:
    own = np.array([[1.0, 9.0], [9.0, 1.0]])[..., None] * np.ones(DRAWS // 10)
    found = quick_dirichlet(own, np.zeros((2, 2)), np.random.default_rng(5))
    np.testing.assert_allclose(found.mean(axis=-1), [[0.1, 0.9], [0.9, 0.1]], atol=0.01)


@pytest.mark.parametrize("at_once", [1, 7, 30, 1 << 16])
def test_any_number_is_worked_on_at_once(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_draws, "AT_ONCE", at_once)
    found = quick_dirichlet(np.full((3, 5), 2.0), np.ones((4, 3)), np.random.default_rng(6))
    assert found.shape == (4, 3, 5)
    assert found.flags.c_contiguous
    assert ((found > 0) & (found < 1)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)


def test_parameters_may_be_nothing_or_huge() -> None:
    alpha = np.repeat([[1e-300], [1e-20], [1e-20]], 1000, axis=1)
    found = quick_dirichlet(alpha, np.zeros((1, 3)), np.random.default_rng(7))[0]
    assert set(np.unique(found)) == {0.0, 1.0}
    assert (found[0] == 0).all()
    assert found[1].mean() == pytest.approx(0.5, abs=0.08)
    huge = quick_dirichlet(np.full((2, 9), 1e16), [[3, 0]], np.random.default_rng(8))
    np.testing.assert_allclose(huge, 0.5, rtol=1e-5)
