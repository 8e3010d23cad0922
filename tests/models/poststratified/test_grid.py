"""Poststratified P(ma) in a case so small that a grid over all parameters has the posterior."""

import numpy as np
import pytest

from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.poststratified import generative
from bayes_misalign.models.poststratified.effects import prior_draws
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors
from bayes_misalign.study.options import Fitting

PRIORS = CellPriors.of()
# of 8 women 6 hold a, of 12 men 3; the population has 7 women in 10
COUNTS = np.array([[6.0, 2.0], [3.0, 9.0]])
SIZES = np.array([7.0, 3.0])


def evidence() -> CellCounts:
    """Return two cells of one covariate, two goals."""
    return CellCounts(
        categories=("a", "b"),
        populations=("all",),
        covariates=("sex",),
        levels=(("women", "men"),),
        cells=np.array([[0], [1]]),
        cell_counts=COUNTS,
        table=np.array([[0], [1]]),
        sizes=SIZES,
        by=(),
        ordered=(),
        interactions=(),
        not_answers={},
        not_asked=np.zeros(1),
    )


def on_a_grid() -> tuple[float, float, np.ndarray, np.ndarray]:
    """Return mean and sd of P(ma), its values and their weights, from the model as it is stated.

    With two goals log odds in a cell are twice the sum of intercept and effect, and with two
    categories the effects are z and -z times their standard deviation, to whose square a slope
    adds that of half the difference in how far they were reached.
    """
    n, people = COUNTS.sum(axis=1), SIZES / SIZES.sum()
    over = np.log((n + 0.5) / (n.sum() * people + 0.5))
    slope = PRIORS.reached * (over[0] - over[1]) / 2
    a = np.linspace(-3, 3, 241)[:, None, None]
    sd = (np.arange(60) + 0.5)[None, :, None] / 10
    z = np.linspace(-5, 5, 241)[None, None, :]
    log = -0.5 * (a / PRIORS.intercept) ** 2 - 0.5 * (sd / PRIORS.sd) ** 2 - 0.5 * z**2
    spread = np.sqrt(sd**2 + slope**2)
    odds = [2 * (a + sign * spread * z) for sign in (1, -1)]
    shares = [1 / (1 + np.exp(-one)) for one in odds]
    for (held, other), one in zip(COUNTS, odds, strict=True):
        log = log - held * np.logaddexp(0, -one) - other * np.logaddexp(0, one)
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    share = sum(size * share for size, share in zip(SIZES / SIZES.sum(), shares, strict=True))
    values = 2 * share * (1 - share)
    mean = float((weights * values).sum())
    sd_of = float(np.sqrt((weights * (values - mean) ** 2).sum()))
    return mean, sd_of, values.ravel(), weights.ravel()


def quantile(values: np.ndarray, weights: np.ndarray, level: float) -> float:
    """Return a quantile of weighted values."""
    order = np.argsort(values)
    return float(np.interp(level, np.cumsum(weights[order]), values[order]))


def test_weighted_draws_of_the_prior_are_the_posterior_on_a_grid() -> None:
    mean, sd, _, _ = on_a_grid()
    drawn = prior_draws(evidence(), PRIORS, 400_000, np.random.default_rng(1))
    eta = drawn["intercept"][:, None, :] + drawn["effect"]
    log_share = eta - np.logaddexp(eta[..., :1], eta[..., 1:])
    log = (COUNTS * log_share).sum(axis=(1, 2))
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    share = drawn["proportion"][:, 0, 0]
    values = 2 * share * (1 - share)
    found = (weights * values).sum()
    error = np.sqrt((weights**2 * (values - found) ** 2).sum())
    assert error < 0.001
    assert abs(found - mean) < 4 * error
    assert np.sqrt((weights * (values - found) ** 2).sum()) == pytest.approx(sd, rel=0.02)


@pytest.mark.slow
def test_nuts_samples_the_posterior_of_the_grid() -> None:
    from arviz_stats.base import array_stats

    mean, sd, values, weights = on_a_grid()
    usable_compile_cache()
    seen = evidence()
    compiled = Compiled(generative.build(seen, PRIORS))
    fitting = Fitting(draws=5_000, tune=1_000, chains=4, target_accept=0.95, seed=1)
    tree = compiled.sample(generative.data(seen, PRIORS), fitting)
    share = tree["posterior"]["proportion"].values[..., 0, 0]
    found = 2 * share * (1 - share)
    error = float(array_stats.mcse(found, method="mean"))
    assert abs(found.mean() - mean) < 4 * error < 0.005
    assert found.std() == pytest.approx(sd, rel=0.05)
    for level in (0.05, 0.5, 0.95):
        error = float(array_stats.mcse(found, method="quantile", prob=level))
        assert abs(np.quantile(found, level) - quantile(values, weights, level)) < 4 * error
