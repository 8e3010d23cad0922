"""The concentration given shares, against densities worked out from the formulas."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import trapezoid
from scipy.special import gammaln

from bayes_misalign.models.independent.given_shares import given_log_shares, log_given_sum
from bayes_misalign.models.independent.matched import draw_matched

DRAWS = 4_000
LOG_A = np.linspace(-15, 30, 4_501)


def by_hand(shares: np.ndarray) -> np.ndarray:
    """Return the density of log A on a grid, given shares of two goals or more."""
    prior = stats.beta(1, 0.5).logpdf(np.exp(LOG_A) / (1 + np.exp(LOG_A)))
    prior = np.where(LOG_A < 15, prior, 0.5 * LOG_A - np.log(2))  # 1 - u underflows
    prior = prior + stats.logistic.logpdf(LOG_A)
    others = shares if len(shares) == 2 else shares[:-1] / shares[:-1].sum()
    k = len(others)
    each = np.exp(LOG_A) / k
    # the logarithm of a Dirichlet density, less its largest value, and never so uneven that the
    # shares would hold it fast
    uneven = -np.log(k * others).sum()
    if len(shares) > 2:
        uneven = uneven / (1 + uneven / k)
    norm = gammaln(k * each) - k * gammaln(each) - k * each * np.log(k)
    norm = np.where(LOG_A < 20, norm, (k - 1) / 2 * np.log(each / (2 * np.pi)) - np.log(k) / 2)
    given = norm - each * uneven
    if len(shares) == 2:
        at = -np.log(others).sum()  # a density of log ratios, not of shares
        given = np.logaddexp(np.log(0.75) + given + at, np.log(0.25))
    density = np.exp(prior + given - (prior + given).max())
    return np.asarray(density / trapezoid(density, LOG_A))


@pytest.mark.parametrize(
    "shares", [[0.3, 0.7], [0.499, 0.501], [0.6, 0.1, 0.3], [0.2, 0.15, 0.05, 0.6]]
)
def test_draws_follow_the_density(shares: list[float]) -> None:
    p = np.array(shares) / sum(shares)
    found = given_log_shares(np.tile(np.log(p), (DRAWS, 1, 1)), np.zeros((1, len(p)), bool))
    density = by_hand(p)
    cumulative = np.concatenate(
        [[0.0], np.cumsum((density[1:] + density[:-1]) / 2) * (LOG_A[1] - LOG_A[0])]
    )
    uniform = np.interp(found[:, 0], LOG_A, cumulative)
    assert stats.kstest(uniform, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("counts", [[3, 7], [10, 0], [0, 0]])
def test_with_two_goals_it_is_the_concentration(counts: list[int]) -> None:
    drawn = draw_matched(np.array([counts], float), None, DRAWS, np.random.default_rng(5))
    logs = np.log(np.maximum(drawn["proportion"], 1e-300))
    again = given_log_shares(logs, np.zeros((1, 2), bool))
    once = drawn["log_concentration"]
    assert stats.ks_2samp(once[:, 0], again[:, 0]).pvalue > 1e-3
    # and it goes with the shares as the one that they were drawn with
    uneven = np.abs(logs[:, 0, 0] - logs[:, 0, 1])
    one, other = (stats.spearmanr(uneven, x[:, 0]).statistic for x in (once, again))
    assert one == pytest.approx(other, abs=0.06)


def test_those_without_a_goal_do_not_count() -> None:
    p = np.array([0.2, 0.1, 0.3, 0.4])
    held = given_log_shares(np.tile(np.log(p[[0, 1, 3]]), (50, 1, 1)), np.zeros((1, 3), bool))
    none = np.array([[False, False, True, False]])
    np.testing.assert_array_equal(given_log_shares(np.tile(np.log(p), (50, 1, 1)), none), held)


def test_one_goal_leaves_the_prior() -> None:
    np.testing.assert_array_equal(log_given_sum(LOG_A, 0.0, 1), log_given_sum(LOG_A, -5.0, 1))
    found = given_log_shares(np.zeros((DRAWS, 1, 1)), np.zeros((1, 1), bool))[:, 0]
    u = 1 / (1 + np.exp(-found))
    assert stats.kstest(u, stats.beta(1, 0.5).cdf).pvalue > 1e-3
