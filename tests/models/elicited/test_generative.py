"""Stated ranges and means as Beta distributions, against PreliZ and against brute force."""

import numpy as np
import pytest
from scipy import optimize, stats

from bayes_misalign.errors import StudyError
from bayes_misalign.models.elicited import generative as elicited
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.elicited.generative import beta_of_range

# low, high, probability: alpha and beta of PreliZ's maxent
RECORDED = {
    (0.7, 1.0, 0.9): (8.5443, 1.5044),
    (0.2, 0.4, 0.9): (16.687, 38.796),
    (0.0, 0.1, 0.95): (2.0803, 45.724),
    (0.3, 0.35, 0.5): (52.291, 107.688),
    (0.6, 0.9, 0.5): (2.6937, 1.4750),
    (0.0, 0.5, 0.3): (1.67426, 0.95638),
}
NAN = float("nan")


@pytest.mark.parametrize("stated", RECORDED)
def test_ranges_agree_with_preliz(stated: tuple[float, float, float]) -> None:
    assert beta_of_range(*stated) == pytest.approx(RECORDED[stated], rel=1e-3)


def most_entropy_by_scan(low: float, high: float, probability: float) -> float:
    """Return the greatest entropy of Beta distributions with the stated mass on the range."""
    best = -np.inf
    scan = np.linspace(-4, 9, 131)
    for log_a in np.linspace(-4, 9, 521):
        a = np.exp(log_a)

        def missing(log_b: float, a: float = a) -> float:
            b = np.exp(log_b)
            return float(stats.beta.cdf(high, a, b) - stats.beta.cdf(low, a, b) - probability)

        values = stats.beta.cdf(high, a, np.exp(scan)) - stats.beta.cdf(low, a, np.exp(scan))
        for i in np.flatnonzero(np.diff(np.sign(values - probability))):
            b = np.exp(optimize.brentq(missing, scan[i], scan[i + 1]))
            best = max(best, float(stats.beta.entropy(a, b)))
    return best


@pytest.mark.parametrize("stated", [*RECORDED, (0.45, 0.55, 0.2), (0.0, 0.99, 0.5)])
def test_no_other_beta_with_this_mass_has_more_entropy(stated: tuple[float, float, float]) -> None:
    alpha, beta = beta_of_range(*stated)
    low, high, probability = stated
    mass = stats.beta.cdf(high, alpha, beta) - stats.beta.cdf(low, alpha, beta)
    assert mass == pytest.approx(probability, abs=1e-6)
    assert stats.beta.entropy(alpha, beta) >= most_entropy_by_scan(*stated) - 1e-6


def test_a_range_that_no_beta_can_keep_is_refused() -> None:
    with pytest.raises(StudyError, match="state a mean and a strength instead"):
        beta_of_range(0.5, 0.5 + 1e-12, 0.9)


def evidence() -> ElicitedConflict:
    return ElicitedConflict(
        (("a", "b"), ("a", "c"), ("b", "c")),
        np.array([0.7, 0.2, NAN]),
        np.array([1.0, 0.4, NAN]),
        np.array([NAN, 0.5, NAN]),
        np.array([NAN, NAN, 0.6]),
        np.array([NAN, NAN, 10.0]),
        origin="stated in the study",
    )


def test_statements_become_their_distributions() -> None:
    prior = elicited.priors()
    alpha, beta = elicited.beta_parameters(evidence(), prior)
    assert (alpha[2], beta[2]) == pytest.approx((6.0, 4.0))
    mass = stats.beta.cdf(evidence().high, alpha, beta) - stats.beta.cdf(
        evidence().low, alpha, beta
    )
    assert mass[:2] == pytest.approx([prior.probability, 0.5], abs=1e-6)
    drawn = elicited.draw(evidence(), prior, 20_000, np.random.default_rng(1))["conflict_level"]
    for i in range(3):
        assert stats.kstest(drawn[:, i], stats.beta(alpha[i], beta[i]).cdf).pvalue > 1e-3


def test_what_the_study_says_of_ranges_overrides_the_default() -> None:
    alpha, beta = elicited.beta_parameters(evidence(), elicited.priors({"probability": 0.6}))
    assert 1 - stats.beta.cdf(0.7, alpha[0], beta[0]) == pytest.approx(0.6, abs=1e-6)


@pytest.mark.parametrize("probability", [0.0, 1.0, 1.5])
def test_a_probability_lies_between_0_and_1(probability: float) -> None:
    with pytest.raises(StudyError, match="between 0 and 1"):
        elicited.priors({"probability": probability})


def test_description_holds_every_statement() -> None:
    said = elicited.describe(evidence(), elicited.priors()).priors
    assert "0.7 to 1 with probability 0.9, Beta(8.54, 1.5)" in said[0]
    assert "0.2 to 0.4 with probability 0.5" in said[1]
    assert "mean 0.6 with the strength of 10 judgements, Beta(6, 4)" in said[2]
