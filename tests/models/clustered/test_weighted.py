"""Weighted draws of clusters: against quadrature, and calibrated with a correlation of each."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.models.clustered.calibration import clusters
from bayes_misalign.models.clustered.model import MODEL
from bayes_misalign.models.clustered.weighted import WeightedPosterior, weighted_draws
from tests.models.clustered.test_grid import EVIDENCE, PRIORS, by_quadrature

EACH = MODEL.priors({"by_population": True})
TWO = clusters([[2, 2, 5, 9, 9, 20], [1, 3, 8]], no_goal=False)


def test_they_meet_the_quadrature() -> None:
    drawn, weight, worth = weighted_draws(EVIDENCE, PRIORS, 40_000, np.random.default_rng(1))
    p, expected = drawn["proportion"][:, 0, 0], by_quadrature()
    assert worth > 10_000
    for name, draws in {
        "misalignment": 2 * p * (1 - p),
        "correlation": drawn["correlation"],
    }.items():
        mean = weight @ draws
        sd = np.sqrt(weight @ (draws - mean) ** 2)
        assert mean == pytest.approx(expected[name], abs=4 * sd / np.sqrt(worth))
        assert sd == pytest.approx(expected[f"sd of {name}"], rel=0.03)


def test_a_prior_of_the_correlation_counts() -> None:
    sure = replace(PRIORS, correlation=0.9, correlation_strength=1_000.0)
    drawn, weight, _ = weighted_draws(EVIDENCE, sure, 4_000, np.random.default_rng(1))
    assert weight @ drawn["correlation"] == pytest.approx(0.9, abs=0.02)


def test_populations_have_nothing_in_common() -> None:
    posterior = WeightedPosterior()
    drawn = posterior(TWO, EACH, 99, np.random.default_rng(1))
    assert drawn["proportion"].shape == (99, 2, 3)
    assert drawn["population_correlation"].shape == (99, 2)
    assert posterior.figures()["fewest_draws_worth"] > 100
    with pytest.raises(ValueError, match="one of all populations"):
        posterior(TWO, MODEL.priors(), 9, np.random.default_rng(1))
    with pytest.raises(ValueError, match="of one population"):
        weighted_draws(TWO, EACH, 9, np.random.default_rng(1))


@pytest.mark.slow
def test_a_short_calibration_with_a_correlation_of_each_population_passes() -> None:
    found = calibrate("clustered", 100, 3, design=TWO, prior=EACH, posterior=WeightedPosterior())
    assert found.passed, found.to_plain()
    broken = calibrate("clustered", 100, 3, design=TWO, prior=EACH, posterior=MODEL.draw_prior)
    assert not broken.passed
