"""Posteriors of ratings by kinds of raters, calibrated."""

import pytest

from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_by_kinds
from bayes_misalign.study.options import Fitting

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.9)  # of each of a hundred fits


@pytest.mark.slow
def test_a_short_calibration_passes() -> None:
    prior, design = rated.priors(), ratings_by_kinds()
    posterior = SampledPosterior("rated", design, prior, SHORT)
    found = calibrate("rated", 100, seed=3, design=design, posterior=posterior)
    assert found.passed, found.to_plain()
    assert {"slope[models]", "disagreement[models]", "misalignment"} <= set(found.p_values)
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate("rated", 100, seed=3, design=design, posterior=rated.draw_prior)
    assert not broken.passed
