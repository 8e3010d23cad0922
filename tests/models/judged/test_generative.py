"""Judged conflict levels against the Beta posterior of scipy."""

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.errors import StudyError
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.evidence import JudgedConflict

PAIRS = (("a", "b"), ("a", "c"), ("b", "c"))


def evidence() -> JudgedConflict:
    return JudgedConflict(PAIRS, np.array([14.0, 0, 0]), np.array([6.0, 9, 0]), origin="a study")


@pytest.mark.parametrize("prior", [{}, {"yes": 0.5, "no": 2.0}])
def test_draws_are_the_conjugate_posterior(prior: dict[str, float]) -> None:
    stated = judged.priors(prior)
    yes, no = prior.get("yes", 1.0), prior.get("no", 1.0)
    rng = np.random.default_rng(1)
    after = judged.draw(evidence(), stated, 20_000, rng)["conflict_level"]
    before = judged.draw_prior(evidence(), stated, 20_000, rng)["conflict_level"]
    assert after.shape == before.shape == (20_000, 3)
    for i, (y, n) in enumerate(((14, 6), (0, 9), (0, 0))):
        assert stats.kstest(after[:, i], stats.beta(yes + y, no + n).cdf).pvalue > 1e-3
        assert stats.kstest(before[:, i], stats.beta(yes, no).cdf).pvalue > 1e-3


def test_simulated_judgements_are_binomial() -> None:
    rng, level = np.random.default_rng(2), np.array([0.3, 1.0, 0.5])
    many = [judged.simulate({"conflict_level": level}, evidence(), rng) for _ in range(500)]
    totals = np.array([one.yes + one.no for one in many])
    np.testing.assert_array_equal(totals, np.broadcast_to([20, 9, 0], (500, 3)))
    yes = np.array([one.yes for one in many])
    assert np.all(yes[:, 1] == 9)
    assert yes[:, 0].mean() == pytest.approx(6, abs=4 * np.sqrt(20 * 0.3 * 0.7 / 500))


@pytest.mark.parametrize("prior", [{"yes": 0.0}, {"no": -1.0}, {"yes": float("inf")}])
def test_a_beta_prior_is_positive(prior: dict[str, float]) -> None:
    with pytest.raises(StudyError, match="positive"):
        judged.priors(prior)


def test_description_holds_the_numbers() -> None:
    said = judged.describe(evidence(), judged.priors({"yes": 0.5}))
    assert "29 yes or no judgements" in said.words
    assert "Beta(0.5, 1)" in said.formulas[1]
