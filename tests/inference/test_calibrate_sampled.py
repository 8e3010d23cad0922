"""Calibration of models that have to be sampled, with draws made up in place of the sampler's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytensor
import pytest
import xarray as xr
from scipy import stats

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.summed_out_pymc import share_order
from bayes_misalign.inference import calibrate_sampled
from bayes_misalign.inference.calibrate import calibrate, default_design
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.models.behaviour.calibration import actions, unstated_actions
from bayes_misalign.models.choices.calibration import choices, goals_that_differ
from bayes_misalign.models.noisy_labels import generative as noisy_labels
from bayes_misalign.models.noisy_labels.calibration import labels, retested_labels
from bayes_misalign.study.joint import build_alone
from bayes_misalign.study.options import Fitting
from tests.calls import with_data
from tests.noisy_studies import PLAIN

NAMES = ("noisy-labels", "behaviour", "choices")
PRIORS: dict[str, Any] = {name: evidence_model(name).priors() for name in NAMES}
QUANTITIES = ("proportion", "emission")
ORDERS = (1, 2)  # seeds of labels that another goal has the most of
DESIGNS: dict[str, Any] = {
    "noisy-labels": (labels, retested_labels),
    "behaviour": (actions, unstated_actions),
    "choices": (choices, goals_that_differ),
}


def simulated(name: str, design: Any, seed: int, prior: Any = None) -> tuple[Any, dict[str, Any]]:
    """Return evidence of a design and the one draw that it came from, leading axis draw."""
    model, rng = evidence_model(name), np.random.default_rng(seed)
    truth = model.draw_prior(design, prior or PRIORS[name], 1, rng)
    return model.simulate({key: x[0] for key, x in truth.items()}, design, rng), truth


class Made:
    """Prior draws in the shape of a sampler's, one divergent transition a fit."""

    name, apart = "noisy-labels", False

    def __init__(self, model: Any) -> None:
        del model

    def sample(self, data: Any, fitting: Fitting) -> dict[str, xr.Dataset]:
        del data
        model, shape = evidence_model(self.name), (fitting.chains, fitting.draws)
        rng = np.random.default_rng(fitting.seed)
        drawn = model.draw_prior(
            default_design(self.name), PRIORS[self.name], int(np.prod(shape)), rng
        )
        if self.apart:  # one chain knows of one goal only
            drawn["proportion"][: shape[1]] = [1.0, 0.0, 0.0]
        posterior = {}
        for key, x in drawn.items():
            dims = ("chain", "draw", *(f"{key}_{i}" for i in range(1, x.ndim)))
            posterior[key] = (dims, x.reshape(*shape, *x.shape[1:]))
        diverging = np.zeros(shape, dtype=bool)
        diverging[0, 0] = True
        return {
            "posterior": xr.Dataset(posterior),
            "sample_stats": xr.Dataset({"diverging": (("chain", "draw"), diverging)}),
        }


def made(name: str, monkeypatch: pytest.MonkeyPatch, apart: bool = False) -> SampledPosterior:
    monkeypatch.setattr(Made, "name", name)
    monkeypatch.setattr(Made, "apart", apart)
    monkeypatch.setattr(calibrate_sampled, "Compiled", Made)
    fitting = Fitting(draws=250, chains=2)
    return SampledPosterior(name, default_design(name), PRIORS[name], fitting)


@pytest.mark.parametrize("name", NAMES)
def test_draws_that_ignore_the_data_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = made(name, monkeypatch)
    found = calibrate(name, 100, seed=5, posterior=posterior)
    assert {key for key, p in found.adjusted.items() if p < 1e-3} >= {"log_likelihood"}
    assert posterior.figures() == {"fits": 100, "failed_fits": 0, "divergences": 100}


def test_chains_that_disagree_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = made("noisy-labels", monkeypatch, apart=True)
    calibrate("noisy-labels", 3, seed=5, posterior=posterior)
    assert posterior.figures()["failed_fits"] == 3


def test_chains_that_disagree_are_sampled_once_more_if_a_study_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Fitting] = []

    class Better(Made):
        """Chains that agree when the warm-up is longer."""

        def sample(self, data: Any, fitting: Fitting) -> dict[str, xr.Dataset]:
            asked.append(fitting)
            monkeypatch.setattr(Made, "apart", len(asked) % 2 == 1)
            return super().sample(data, fitting)

    made("noisy-labels", monkeypatch, apart=True)
    monkeypatch.setattr(calibrate_sampled, "Compiled", Better)
    design, fitting = default_design("noisy-labels"), Fitting(draws=250, tune=300, chains=2)
    prior = PRIORS["noisy-labels"]
    posterior = SampledPosterior("noisy-labels", design, prior, fitting, once_more=True)
    calibrate("noisy-labels", 3, seed=5, posterior=posterior)
    assert posterior.figures() == {"fits": 3, "failed_fits": 0, "divergences": 3}
    assert [(one.tune, one.target_accept) for one in asked] == [(300, 0.9), (600, 0.95)] * 3
    assert len({one.seed for one in asked}) == 3


def test_another_prior_than_the_compiled_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior, other = (
        made("noisy-labels", monkeypatch),
        replace(PRIORS["noisy-labels"], strength=2),
    )
    with pytest.raises(ValueError, match="another prior"):
        calibrate("noisy-labels", 1, seed=5, prior=other, posterior=posterior)


def test_other_evidence_brings_its_own_order() -> None:
    model, prior, design = noisy_labels, PRIORS["noisy-labels"], labels()
    first, other = (simulated("noisy-labels", design, seed)[0] for seed in ORDERS)
    assert (share_order(first) != share_order(other)).any()
    taught, built = build_alone(model, first, prior), build_alone(model, other, prior)
    for key, values in model.data(other, prior).items():
        taught[key].set_value(values.astype(taught[key].dtype))
    rng, start = np.random.default_rng(3), built.initial_point()
    point = {key: rng.normal(scale=0.5, size=np.shape(x)) for key, x in start.items()}
    found = []
    for one in (taught, built):
        outputs = one.replace_rvs_by_values([one["proportion"], one["emission"]])
        inputs = {value.name: value for value in one.value_vars}
        run = pytensor.function([inputs[key] for key in point], [one.logp(), *outputs], mode=PLAIN)
        found.append(run(*point.values()))
    for of_taught, of_built in zip(*found, strict=True):
        np.testing.assert_allclose(of_taught, of_built, rtol=1e-10)


def prior_of(name: str, which: int) -> Any:
    """Return the default prior, or for the second design of labels raters that are apart."""
    apart = {"pooling": "separate"} if (name, which) == ("noisy-labels", 1) else {}
    return evidence_model(name).priors(apart)


@pytest.mark.parametrize(("name", "which"), [(name, i) for name in NAMES for i in (0, 1)])
def test_every_unknown_number_is_ranked_and_no_known_one(name: str, which: int) -> None:
    evidence, truth = simulated(name, DESIGNS[name][which](), 4, prior_of(name, which))
    goals, populations = evidence.categories, evidence.populations
    expected = {f"misalignment[{s}]" for s in populations}
    expected |= {f"log_concentration[{s}]" for s in populations}
    expected |= {f"proportion[{s}, {goal}]" for s in populations for goal in goals}
    if name == "choices":
        expected |= {f"action[{goal}, {cell}]" for goal in goals for cell in evidence.cell_names}
        expected |= {"rationality[all choices]"} if which == 0 else set()
        expected |= {"rationality[a]", "rationality[b]"} if which == 1 else {"correlation"}
    elif name == "behaviour":
        expected |= {f"action[{goal}, {cell}]" for goal in goals for cell in evidence.cell_names}
        expected |= {"correlation"}
    else:
        unknown = [
            r for r, known in zip(evidence.raters, evidence.is_known, strict=True) if not known
        ]
        expected |= {f"accuracy[{rater}, {goal}]" for rater in unknown for goal in goals}
        pooled = {f"mean_accuracy[{goal}]" for goal in goals} | {"agreement"}
        expected |= pooled if which == 0 else set()
    found = evidence_model(name).quantities(evidence, truth)
    assert set(found) == expected
    assert all(values.shape == (1,) for values in found.values())
    if name == "noisy-labels":
        own = evidence.labels.index("b")
        assert found["accuracy[r2, b]"] == truth["emission"][0, 1, goals.index("b"), own]


@pytest.mark.parametrize("which", [0, 1])
def test_the_log_likelihood_of_labels_is_that_of_a_loop(which: int) -> None:
    evidence, _ = simulated("noisy-labels", DESIGNS["noisy-labels"][which](), 6)
    drawn = evidence_model("noisy-labels").draw_prior(
        evidence, PRIORS["noisy-labels"], 3, np.random.default_rng(7)
    )
    found = with_data(evidence, drawn)["log_likelihood"]
    expected = np.zeros(3)
    for i, (shares, emission) in enumerate(zip(*(drawn[n] for n in QUANTITIES), strict=True)):
        for d, agents in enumerate(evidence.agents):
            given = np.prod(emission ** evidence.by_rater[d][:, None], axis=(0, 2))
            goal, s = evidence.gold[d], evidence.population[d]
            each = given if goal >= 0 and evidence.gold_chosen else shares[s] * given
            expected[i] += agents * np.log(each[goal] if goal >= 0 else each.sum())
        for r, k in np.argwhere(evidence.validation.sum(axis=2)):
            n, chance = evidence.validation[r, k], emission[r, k] / emission[r, k].sum()
            expected[i] += stats.multinomial.logpmf(n, n.sum(), chance)
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-6, atol=1e-8)
