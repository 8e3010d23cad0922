"""Repeated choices of one agent, against scipy's Dirichlet-multinomial."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from bayes_misalign.families.actions.repeats import choice_data, choice_terms
from tests.noisy_studies import acted

ACTIONS = (("x", "y", "z"), ("u", "v"))
RNG = np.random.default_rng(3)
REPORTS = np.concatenate(
    [
        np.concatenate([RNG.multinomial(n, [0.5, 0.3, 0.2]), RNG.multinomial(m, [0.6, 0.4])])[None]
        for n, m in [(1, 1), (2, 0), (0, 3), (7, 4), (30, 1), (5, 5), (0, 0)]
    ]
)
EVIDENCE = acted(REPORTS, ACTIONS)
ACTION = np.concatenate([RNG.dirichlet(np.ones(3), (4, 2)), RNG.dirichlet(np.ones(2), (4, 2))], -1)
RHO = np.array([0.01, 0.2, 0.7, 0.99])


def orders(counts: np.ndarray) -> float:
    """Return the logarithm of the number of orders in which choices can come."""
    return float(gammaln(counts.sum() + 1) - gammaln(counts + 1).sum())


def test_choices_in_their_order_are_dirichlet_multinomial() -> None:
    found = choice_terms(EVIDENCE, np.log(ACTION), RHO)
    assert found.shape == (4, len(EVIDENCE.agents), 2)
    for i, d, k in np.ndindex(found.shape):
        expected = 0.0
        for span in EVIDENCE.spans:
            n = EVIDENCE.reports[d, span]
            alpha = ACTION[i, k, span] * (1 - RHO[i]) / RHO[i]
            expected += stats.dirichlet_multinomial.logpmf(n, alpha, n.sum()) - orders(n)
        assert found[i, d, k] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 1e-12, 1e-7, None])
def test_without_correlation_they_are_multinomial(rho: float | None) -> None:
    given = None if rho is None else np.full(4, rho)
    found = choice_terms(EVIDENCE, np.log(ACTION), given)
    for i, d, k in np.ndindex(found.shape):
        expected = 0.0
        for span in EVIDENCE.spans:
            n = EVIDENCE.reports[d, span]
            expected += stats.multinomial.logpmf(n, n.sum(), ACTION[i, k, span]) - orders(n)
        # a first-order effect of the correlation is at most rho times the pairs of choices
        assert found[i, d, k] == pytest.approx(expected, rel=1e-9, abs=1e-8 + 3e4 * (rho or 0))


def test_wholly_correlated_choices_are_one_choice() -> None:
    evidence = acted([[4, 0], [2, 2]], (("x", "y"),))
    log_action = np.log([[[0.3, 0.7], [0.9, 0.1]]])
    same, mixed = choice_terms(evidence, log_action, np.array([1 - 1e-9]))[0]
    np.testing.assert_allclose(same, log_action[0, :, 0], atol=1e-7)
    assert np.all(mixed < -15)


def test_factors_are_counted_by_hand() -> None:
    evidence = acted([[3, 0, 1, 0], [1, 1, 2, 0]], (("x", "y"), ("u", "v")))
    found = choice_data(evidence)
    np.testing.assert_array_equal(found["first"], [[1, 0, 1, 0], [1, 1, 1, 0]])
    columns = list(zip(found["again_cell"].tolist(), found["again_number"].tolist(), strict=True))
    assert columns == [(0, 1), (0, 2), (2, 1)]
    np.testing.assert_array_equal(found["again"], [[1, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(found["chosen"], [[2, 1, 1], [2, 2, 0]])
