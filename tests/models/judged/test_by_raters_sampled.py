"""Posteriors of judgements by named raters: Stan's, calibrated ones, and those that say little."""

import json
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from bayes_misalign.contract.assets import models_root
from bayes_misalign.families.raters.rating_levels import normal_nodes
from bayes_misalign.inference import calibrate_sampled, nuts
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.calibration import judges
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.study.options import Fitting
from models import checked
from tests.references import assert_meets, labelled, p_of_ma

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits


def contents(file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / "judged" / file).read_text(encoding="utf-8")))


@cache
def evidence() -> JudgedConflict:
    return JudgedConflict.by_raters(**contents("data_raters.json")["evidence"])


@cache
def compiled() -> Compiled:
    usable_compile_cache()
    return Compiled(judged.build(evidence(), judged.priors()))


def test_the_stan_program_was_given_the_same_data() -> None:
    given, ours, prior = contents("data_raters.json")["stan"], evidence(), judged.priors()
    assert [tuple("abcd"[i - 1] for i in pair) for pair in given["pair"]] == list(ours.pairs)
    np.testing.assert_array_equal(np.array(given["judged"]) - 1, ours.pair)
    np.testing.assert_array_equal(np.array(given["rater"]) - 1, ours.rater)
    np.testing.assert_array_equal(given["yes"], ours.cell_yes)
    np.testing.assert_array_equal(np.ones(given["N"]), ours.sizes)
    stated = {key: given[f"prior_{key}"] for key in vars(prior) if f"prior_{key}" in given}
    assert len(stated) == 6
    assert stated == {key: getattr(prior, key) for key in stated}
    nodes, weights = normal_nodes(given["Q"])
    np.testing.assert_allclose([given["node"], given["weight"]], [nodes, weights], atol=1e-9)


def test_the_pymc_model_meets_the_reference() -> None:
    fitting = Fitting(draws=6_000)
    tree = compiled().sample(judged.data(evidence(), judged.priors()), fitting)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    posterior = tree["posterior"]
    # log-odds, since rates have a long tail and sds of their draws large errors
    posterior["lapse_log_odds_judged"] = logit(posterior["lapse_judged"])
    given, reference = contents("data_raters.json"), contents("reference_raters.json")
    assert all(reference["checks_made"].values())
    found: dict[str, np.ndarray] = {}
    for name in given["compared"]:
        if name == "misalignment":
            values = p_of_ma(posterior["conflict_judged"].values, given["stan"])
        else:
            values = posterior["conflict_judged" if name == "level" else f"{name}_judged"].values
        found |= labelled(name, values)
    assert_meets(reference["summary_statistics"], found)


def test_the_committed_calibration_holds() -> None:
    found = contents("calibration_raters.json")
    assert found["name"] == "judged"
    assert found["passed"]
    assert found["simulations"] >= 500
    assert found["smallest_p_value_corrected_for_all"] >= ALPHA
    assert len(found["designs"]) >= 3
    for design in found["designs"]:
        assert {"log_likelihood", "residual", "misalignment"} <= set(design["p_values"])
        assert design["failed_fits"] <= 0.02 * design["fits"]
        assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert found["broken_on_purpose"]
    assert not any(one["passed"] for one in found["broken_on_purpose"])
    text = (models_root() / "judged" / "README.md").read_text(encoding="utf-8")
    assert checked.KINDS["judged"]["_raters"] in text


def test_a_short_calibration_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate_sampled, "Compiled", lambda _: compiled())
    prior = judged.priors()
    posterior = calibrate_sampled.SampledPosterior("judged", evidence(), prior, SHORT)
    found = calibrate("judged", 100, seed=3, design=evidence(), posterior=posterior)
    assert found.passed, found.to_plain()
    assert {"severity[first]", "lapse[first]", "severity_shift"} <= set(found.p_values)
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate("judged", 100, seed=3, design=evidence(), posterior=judged.draw_prior)
    assert not broken.passed


def given(design: JudgedConflict, yes: Any) -> JudgedConflict:
    said = np.resize(np.asarray(yes, dtype=float), len(design.pair)) * design.sizes
    return JudgedConflict.by_raters(
        design.pairs,
        design.raters,
        design.rater,
        design.pair,
        said,
        design.sizes - said,
        repeated=design.repeated,
    )


def drawn(goals: int, raters: int, seed: int, judgements: int = 1, **fixed: Any) -> JudgedConflict:
    """Return judgements that a draw of the prior gives rise to, some of it put in by hand."""
    rng, design = np.random.default_rng(seed), judges(raters, goals, judgements)
    truth = {k: x[0] for k, x in judged.draw_prior(design, judged.priors(), 1, rng).items()}
    return judged.simulate(truth | {k: np.asarray(x) for k, x in fixed.items()}, design, rng)


def with_a_guesser() -> JudgedConflict:
    """Return six raters of clear pairs, the first of whom flips a coin each time."""
    rng, design = np.random.default_rng(5), judges(6, 8)
    clear = np.resize([-4.0, 4.0], len(design.pairs))[design.pair]
    chance = np.where(design.rater == 0, 0.5, expit(clear))
    return given(design, rng.random(len(chance)) < chance)


CASES = {
    # judgements, and the range that the mean level of the first pair should be in
    "one rater": (given(judges(1, 5), [1, 0]), (0.55, 0.7)),
    "one rater, all yes": (given(judges(1, 5), 1), (0.55, 0.7)),
    "one rater, one pair": (given(judges(1, 2), 1), (0.55, 0.7)),
    "one pair": (given(judges(7, 2), [1, 1, 1, 0]), (0.55, 0.75)),
    "all yes": (given(judges(6, 5), 1), (0.8, 0.95)),
    "all no": (given(judges(6, 5), 0), (0.05, 0.2)),
    "two who contradict": (given(judges(2, 4), [1] * 6 + [0] * 6), (0.4, 0.6)),
    "a rater who guesses": (with_a_guesser(), (0.1, 0.4)),
    "many, as severe": (drawn(10, 12, 3, severity=np.zeros(12)), (0.0, 1.0)),
    "again and again, alike": (
        drawn(5, 8, 4, 200, severity=np.zeros(8), again=np.zeros(79)),
        (0.9, 1.0),
    ),
    "thousands": (drawn(8, 180, 3), (0.0, 1.0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_judgements_that_say_little_or_much_have_sensible_posteriors(name: str) -> None:
    import arviz_stats as azs

    found_in, (low, high) = CASES[name]
    tree = nuts.Frozen(judged.build(found_in, judged.priors())).sample(Fitting())
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    level = tree["posterior"]["conflict_judged"]
    assert float(azs.rhat(level).max()) < 1.02
    first = level.values[..., 0]
    assert low < first.mean() < high
    prior = judged.draw_prior(found_in, judged.priors(), 4000, np.random.default_rng(1))
    narrower = first.std() / prior["conflict_level"][:, 0].std()
    assert 0.01 < narrower < 0.97  # something was learnt, and not everything
    if "one rater" in name:  # whose severity nobody can tell from the conflict
        assert narrower > 0.8
    lapse = tree["posterior"]["lapse_judged"].values.mean(axis=(0, 1))
    if name == "a rater who guesses":
        assert lapse[0] > 0.25
        assert np.all(lapse[1:] < 0.06)


@pytest.mark.slow
def test_one_rater_is_integrated_over_the_population_of_raters() -> None:
    """A yes of one rater who may lapse: the posterior mean of the level by plain integration."""
    stated = {"lapse": 0.1, "lapse_common": 0, "lapse_spread": 0, "severity": 1.5}
    prior, one = judged.priors(stated), given(judges(1, 2), 1)
    tree = nuts.Frozen(judged.build(one, prior)).sample(Fitting(draws=5_000))
    level = tree["posterior"]["conflict_judged"].values[..., 0]
    eta = np.linspace(-40, 40, 40_001)
    weight = expit(eta) * expit(-eta) * (0.05 + 0.9 * expit(eta))
    scale = stats.halfnorm(scale=1.5).ppf((np.arange(200) + 0.5) / 200)
    nodes, weights = normal_nodes(41)
    expected = 0.0
    for sd in scale:  # shift and severity together have twice the variance of either
        at = expit(eta[:, None] + np.sqrt(2) * sd * nodes) @ weights
        expected += (weight * at).sum() / weight.sum() / len(scale)
    assert level.mean() == pytest.approx(expected, abs=0.005)


def test_every_pair_is_in_the_reference() -> None:
    assert list(evidence().pairs) == list(combinations("abcd", 2))
