"""Calibration of a sampled model of conflict, with draws made up in place of the sampler's."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from scipy.special import logit

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.inference import calibrate_sampled
from bayes_misalign.inference.calibrate import calibrate, default_design
from bayes_misalign.inference.calibrate_sampled import SampledPosterior, variable_of
from bayes_misalign.models.experts import generative as experts
from bayes_misalign.models.experts.calibration import panel
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.experts.generative_levels import ROUNDING
from bayes_misalign.models.experts.stated_logits import logit_moments
from bayes_misalign.study.options import Fitting
from tests.calls import with_data

PRIOR = experts.priors()


def simulated(seed: int, draws: int = 1) -> tuple[ExpertConflict, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    truth = experts.draw_prior(panel(), PRIOR, draws, rng)
    return experts.simulate({key: x[0] for key, x in truth.items()}, panel(), rng), truth


class Made:
    """Prior draws under the names of the sampler's variables; chains may be made to disagree."""

    apart = False

    def __init__(self, model: Any) -> None:
        del model

    def sample(self, data: Any, fitting: Fitting) -> dict[str, xr.Dataset]:
        assert set(data) == {f"{key}_experts" for key in ("spoke", "stated", "stated_sd", "common")}
        shape = (fitting.chains, fitting.draws)
        rng = np.random.default_rng(fitting.seed)
        drawn = experts.draw_prior(panel(), PRIOR, int(np.prod(shape)), rng)
        if self.apart:
            drawn["conflict_level"][: shape[1]] **= 6
        posterior = {}
        for key, x in drawn.items():
            dims = ("chain", "draw", *(f"{key}_{i}" for i in range(1, x.ndim)))
            posterior[variable_of(key, "experts")] = (dims, x.reshape(*shape, *x.shape[1:]))
        nothing = np.zeros(shape, dtype=bool)
        return {
            "posterior": xr.Dataset(posterior),
            "sample_stats": xr.Dataset({"diverging": (("chain", "draw"), nothing)}),
        }


def made(monkeypatch: pytest.MonkeyPatch, *, apart: bool = False) -> SampledPosterior:
    monkeypatch.setattr(Made, "apart", apart)
    monkeypatch.setattr(calibrate_sampled, "Compiled", Made)
    return SampledPosterior("experts", panel(), PRIOR, Fitting(draws=250, chains=2))


def test_draws_that_ignore_the_data_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = made(monkeypatch)
    found = calibrate("experts", 100, seed=5, posterior=posterior)
    assert {key for key, p in found.adjusted.items() if p < 1e-3} >= {"log_likelihood"}
    assert posterior.figures() == {"fits": 100, "failed_fits": 0, "divergences": 0}


def test_chains_that_disagree_about_p_ma_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = made(monkeypatch, apart=True)
    calibrate("experts", 3, seed=5, posterior=posterior)
    assert posterior.figures()["failed_fits"] == 3


def test_every_unknown_number_is_ranked() -> None:
    evidence, truth = simulated(4)
    assert default_design("experts") == panel()
    pairs, names = ("a | b", "a | c", "b | c"), ("e1", "e2", "e3", "e4")
    expected = {"misalignment", "pair_sd", "leaning_sd", "disagreement", "shared"}
    expected |= {f"{of}_level[{pair}]" for of in ("conflict", "typical") for pair in pairs}
    expected |= {f"leaning[{name}]" for name in names}
    found = evidence_model("experts").quantities(evidence, truth)
    assert set(found) == expected
    assert all(values.shape == (1,) for values in found.values())


def test_the_log_likelihood_is_that_of_one_normal_distribution_a_pair() -> None:
    evidence, drawn = simulated(6, draws=3)
    found = with_data(evidence, drawn)
    y, s = logit_moments(*experts.beta_parameters(evidence))
    expected, residual = np.zeros(3), np.zeros(3)
    for i in range(3):
        for p in range(3):
            own = evidence.pair == p
            mean = logit(drawn["typical_level"][i, p]) + drawn["leaning"][i, evidence.expert[own]]
            noise = (1 - drawn["shared"][i] + ROUNDING**2) * s[own] ** 2
            covariance = np.diag(noise + drawn["disagreement"][i] ** 2)
            covariance += drawn["shared"][i] * stats.gmean(s[own]) ** 2
            expected[i] += stats.multivariate_normal.logpdf(y[own], mean, covariance)
            expected[i] += own.sum() / 2 * np.log(2 * np.pi)
            residual[i] += np.abs(y[own] - mean).sum()
    np.testing.assert_allclose(found["log_likelihood"], expected, rtol=1e-8)
    np.testing.assert_allclose(found["residual"], residual, rtol=1e-8)


def test_a_linear_pool_is_calibrated_exactly() -> None:
    from dataclasses import replace

    found = calibrate("experts", 200, seed=1, design=replace(panel(), pooling="linear"))
    assert found.passed
    assert "log_likelihood" not in found.p_values
    assert not any("leaning" in name for name in found.p_values)
