"""P(ma) of two waves in a case so small that a grid over all parameters has the posterior."""

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.waves.generative import build
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import DRIFT_DF
from bayes_misalign.study.options import Fitting

COUNTS = np.array([[7.0, 2.0], [4.0, 6.0]])  # of goals a and b, in two waves


@pytest.mark.slow
def test_nuts_samples_the_posterior_of_a_grid() -> None:
    from arviz_stats.base import array_stats

    prior = WavesPrior.of().with_populations(["2000", "2010"])
    # log odds of the level are Cauchy, and go from the first wave to the last by a normal step
    level = stats.cauchy.ppf((np.arange(400) + 0.5) / 400, scale=prior.level)[:, None, None]
    drift = stats.t.ppf(0.5 + (np.arange(300) + 0.5) / 600, DRIFT_DF, scale=prior.drift)
    step = drift[None, :, None] * stats.norm.ppf((np.arange(300) + 0.5) / 300)
    log, found = 0.0, []
    for (a, b), sign in zip(COUNTS, (-0.5, 0.5), strict=True):
        odds = level + sign * step
        log = log - a * np.logaddexp(0, -odds) - b * np.logaddexp(0, odds)
        share = 1 / (1 + np.exp(-odds))
        found.append(2 * share * (1 - share))
    weights = np.exp(log - np.max(log))
    weights /= weights.sum()
    usable_compile_cache()
    compiled = Compiled(build(prior, prior.places(2), ("a", "b"), ("2000", "2010")))
    fitting = Fitting(draws=5_000, tune=1_000, chains=4, target_accept=0.95, seed=1)
    tree = compiled.sample({"answers": COUNTS}, fitting)
    shares = tree["posterior"]["proportion"].values[..., 0]
    drawn = [2 * s * (1 - s) for s in (shares[..., 0], shares[..., 1])]
    for one, values in zip(
        [*drawn, drawn[1] - drawn[0]], [*found, found[1] - found[0]], strict=True
    ):
        mean = (weights * values).sum()
        error = float(array_stats.mcse(one, method="mean"))
        assert abs(one.mean() - mean) < 4 * error < 0.01
        sd = np.sqrt((weights * (values - mean) ** 2).sum())
        assert one.std() == pytest.approx(sd, rel=0.05)
