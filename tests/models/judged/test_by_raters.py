"""Judgements by named raters against loops, raters drawn one by one, and closed forms."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest
from pytensor.compile.mode import Mode
from scipy import stats
from scipy.special import betaln, expit, log_expit

from bayes_misalign.errors import StudyError
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.calibration import judges
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative_by_raters import yes_probabilities
from tests.likelihoods import likelihoods

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
KEYS = ("latent", "severity_sd", "severity", "severity_shift", "lapse_location", "lapse_sd")
KEYS += ("lapse", "again_sd", "again")
CASES: dict[str, tuple[JudgedConflict, dict[str, float]]] = {
    "named raters": (judges(4, 4), {}),
    "one rater": (judges(1, 4), {}),
    "one pair": (judges(3, 2), {"yes": 0.5, "no": 2.0}),
    "repeated": (judges(3, 3, 4), {}),
    "one rater repeated": (judges(1, 3, 4), {}),
    "nobody lapses": (judges(4, 3), {"lapse": 0}),
    "all as severe": (judges(4, 3), {"severity": 0}),
    "all lapse alike": (judges(4, 3), {"lapse_spread": 0}),
    "lapses known": (judges(2, 3), {"lapse_spread": 0, "lapse_common": 0, "lapse": 0.1}),
    "only seen apart": (judges(3, 3, 2), {"severity": 0, "lapse": 0}),
}


def simulated(name: str, seed: int = 1) -> tuple[JudgedConflict, Any, dict[str, np.ndarray]]:
    design, stated = CASES[name]
    prior, rng = judged.priors(stated), np.random.default_rng(seed)
    truth = {key: x[0] for key, x in judged.draw_prior(design, prior, 1, rng).items()}
    return judged.simulate(truth, design, rng), prior, truth


def evaluated(
    model: pm.Model, seed: int = 3, keys: tuple[str, ...] = KEYS
) -> tuple[dict[str, Any], Any, Any]:
    """Return parameters at a random place, with the levels and the log-likelihood there."""
    named = {v.name: v for v in [*model.deterministics, *model.free_RVs]}
    found = [key for key in keys if f"{key}_judged" in named]
    wanted = [named[f"{key}_judged"] for key in found]
    wanted = model.replace_rvs_by_values([*wanted, named["conflict_judged"]])
    wanted.append(likelihoods(model)["yes_judged"])
    run = pytensor.function(model.value_vars, wanted, mode=PLAIN, on_unused_input="ignore")
    start, rng = model.initial_point(), np.random.default_rng(seed)
    out = run(
        *(start[v.name] + 0.5 * rng.normal(size=start[v.name].shape) for v in model.value_vars)
    )
    return dict(zip(found, out, strict=False)), out[-2], out[-1]


def log_likelihood_by_a_loop(evidence: JudgedConflict, values: dict[str, Any], lapse: Any) -> float:
    total = 0.0
    for cell in range(len(evidence.pair)):
        rater, pair = int(evidence.rater[cell]), int(evidence.pair[cell])
        saying = float(values["latent"][pair])
        saying += float(values["severity"][rater]) if "severity" in values else 0.0
        saying += float(values["again"][cell]) if "again" in values else 0.0
        attentive = 1 / (1 + np.exp(-saying))
        chance = lapse[rater] * 0.5 + (1 - lapse[rater]) * attentive
        total += evidence.cell_yes[cell] * np.log(chance)
        total += evidence.cell_no[cell] * np.log(1 - chance)
    return total


@pytest.mark.parametrize("name", CASES)
def test_the_likelihood_is_that_of_a_loop_and_levels_those_of_raters(name: str) -> None:
    evidence, prior, _ = simulated(name)
    values, level, log_likelihood = evaluated(judged.build(evidence, prior))
    lapse = values.get("lapse", np.zeros(len(evidence.raters)))
    expected = log_likelihood_by_a_loop(evidence, values, lapse)
    assert float(log_likelihood) == pytest.approx(expected, rel=1e-10)
    chance = yes_probabilities(evidence, values)
    again = stats.binom.logpmf(evidence.cell_yes, evidence.sizes, chance)
    chosen = stats.binom.logpmf(evidence.cell_yes, evidence.sizes, 0.5)
    chosen += evidence.sizes * np.log(2)  # the binomial coefficient, which does not matter
    assert float(log_likelihood) == pytest.approx((again - chosen).sum(), rel=1e-10)
    # raters drawn one by one from the population of which those asked are a sample
    rng = np.random.default_rng(4)
    z, v = rng.normal(size=(2, 400_000))
    own = values.get("severity_shift", 0.0) + values.get("severity_sd", 0.0) * z
    own = own + values.get("again_sd", 0.0) * v
    found = [expit(eta + own).mean() for eta in values["latent"]]
    np.testing.assert_allclose(level, found, atol=2e-3)


@pytest.mark.parametrize("name", CASES)
def test_draws_of_the_prior_are_variables_of_the_model(name: str) -> None:
    design, stated = CASES[name]
    prior = judged.priors(stated)
    drawn = judged.draw_prior(design, prior, 2, np.random.default_rng(1))
    model = judged.build(design, prior)
    dims = {v.name: v.ndim for v in [*model.deterministics, *model.free_RVs]}
    for key, values in drawn.items():
        variable = "conflict_judged" if key == "conflict_level" else f"{key}_judged"
        assert values.ndim - 1 == dims[variable], key
    assert judged.draw(design, prior, 2, np.random.default_rng(1)) is None
    for variable in [*model.free_RVs, *model.deterministics, *model.data_vars]:
        assert len(model.named_vars_to_dims.get(variable.name, ())) == variable.ndim


@pytest.mark.parametrize("named", [True, False])
def test_nobody_who_differs_is_the_conjugate_model_to_the_last_digit(named: bool) -> None:
    evidence, _, _ = simulated("named raters")
    nobody = JudgedConflict(evidence.pairs, evidence.yes, evidence.no, origin="nobody is named")
    exact = judged.draw(nobody, judged.priors(), 50, np.random.default_rng(1))
    alike = judged.priors({"severity": 0, "lapse": 0} if named else {"severity": 2})
    drawn = judged.draw(evidence if named else nobody, alike, 50, np.random.default_rng(1))
    assert exact is not None
    assert drawn is not None
    np.testing.assert_array_equal(drawn["conflict_level"], exact["conflict_level"])
    assert set(drawn) == {"conflict_level"}
    assert judged.data(nobody, judged.priors()) == {}


def test_severities_and_lapses_that_vanish_leave_the_beta_posterior() -> None:
    """The density of the log-odds is that of a Beta variate, whatever else the raters are."""
    evidence, _, _ = simulated("named raters")
    prior = judged.priors({"yes": 0.7, "no": 1.9, "severity": 1e-9, "lapse": 1e-13})
    model = judged.build(evidence, prior)
    latent = model["latent_judged"]
    terms = model.logp(vars=[latent, *model.observed_RVs], sum=True)
    density = pytensor.function(model.value_vars, terms, mode=PLAIN, on_unused_input="ignore")
    start, rng = model.initial_point(), np.random.default_rng(2)
    yes, no = 0.7 + evidence.yes, 1.9 + evidence.no
    for _ in range(5):
        eta = 3 * rng.normal(size=len(evidence.pairs))
        point = {**start, "latent_judged": eta}
        posterior = yes * log_expit(eta) + no * log_expit(-eta) - betaln(0.7, 1.9)
        found = float(density(*(point[v.name] for v in model.value_vars)))
        assert found == pytest.approx(posterior.sum(), rel=1e-9)


def test_the_log_odds_of_a_beta_variate_have_its_distribution() -> None:
    evidence = judges(1, 2)
    for yes, no in ((1.0, 1.0), (0.3, 2.0), (40.0, 3.0)):
        prior = judged.priors({"yes": yes, "no": no, "severity": 0})
        drawn = judged.draw_prior(evidence, prior, 20_000, np.random.default_rng(1))
        level = drawn["conflict_level"][:, 0]
        assert stats.kstest(level, stats.beta(yes, no).cdf).pvalue > 1e-3
        model = judged.build(evidence, prior)
        latent = pm.draw(model["latent_judged"], draws=2_000, random_seed=1).ravel()
        assert stats.kstest(expit(latent), stats.beta(yes, no).cdf).pvalue > 1e-3
    tiny = judged.priors({"yes": 0.001, "no": 0.001, "severity": 0})
    drawn = judged.draw_prior(evidence, tiny, 1_000, np.random.default_rng(1))
    assert np.isfinite(drawn["latent"]).all()


def test_the_prior_level_is_a_little_closer_to_the_middle_than_uniform() -> None:
    drawn = judged.draw_prior(judges(5), judged.priors(), 40_000, np.random.default_rng(1))
    level = drawn["conflict_level"][:, 0]
    uniform = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    found = np.quantile(level, uniform)
    np.testing.assert_allclose(found, uniform, atol=0.04)
    assert found[0] > 0.06
    assert found[-1] < 0.94
    lapse = drawn["lapse"].ravel()
    assert np.median(lapse) == pytest.approx(0.03, abs=0.002)
    assert np.mean(lapse > 0.2) < 0.06


def test_simulated_judgements_follow_raters_and_pairs() -> None:
    design = judges(2, 2, 100_000)
    parameters = {
        "latent": np.array([1.0]),
        "severity": np.array([0.5, -0.5]),
        "lapse": np.array([0.0, 0.3]),
    }
    made = judged.simulate(parameters, replace(design, notes=()), np.random.default_rng(1))
    np.testing.assert_array_equal(made.sizes, design.sizes)
    expected = [expit(1.5)]
    np.testing.assert_allclose(made.cell_yes / made.sizes, expected, atol=0.01)
    assert made.notes == ("simulated data",)
    alike = judged.simulate({"conflict_level": np.array([0.2])}, design, np.random.default_rng(1))
    assert alike.yes[0] / alike.judgements[0] == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("name", CASES)
def test_the_model_is_described(name: str) -> None:
    design, stated = CASES[name]
    prior = judged.priors(stated)
    said = judged.describe(design, prior)
    assert "named rater" in said.words
    assert ("lapses now and then" in said.words) == (prior.lapse > 0)
    assert ("s_r ~" in " ".join(said.formulas)) == (prior.severity > 0)
    assert ("v_r,ij" in said.formulas[0]) == design.repeated
    assert said.formulas[-1].startswith("c_ij = ")
    assert "lapse" not in said.formulas[-1]


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"severity": -1}, "'severity' of 'judged' is a positive number or 0, not -1"),
        ({"lapse": 1.0}, "'lapse' of 'judged' lies in"),
        ({"again": 0}, "'again' of 'judged' is a positive number, not 0"),
        (
            {"lapse_spread": float("inf")},
            "'lapse_spread' of 'judged' is a positive number or 0, not inf",
        ),
        ({"severty": 1}, "did you mean 'severity'"),
    ],
)
def test_priors_that_cannot_be(stated: dict[str, float], says: str) -> None:
    with pytest.raises(StudyError, match=says):
        judged.priors(stated)


def test_the_order_of_judgements_does_not_matter() -> None:

    evidence, prior, truth = simulated("named raters")
    order = np.random.default_rng(1).permutation(len(evidence.pair))
    mixed = JudgedConflict.by_raters(
        evidence.pairs,
        evidence.raters,
        evidence.rater[order],
        evidence.pair[order],
        evidence.cell_yes[order],
        evidence.cell_no[order],
    )
    assert list(combinations("abcd", 2)) == list(evidence.pairs)
    one, other = (evaluated(judged.build(e, prior)) for e in (evidence, mixed))
    assert float(one[2]) == pytest.approx(float(other[2]), rel=1e-12)
    assert set(truth) >= {"latent", "severity", "lapse"}
