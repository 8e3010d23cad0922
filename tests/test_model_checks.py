"""What was checked of all models: against Stan, and by simulation."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.registry import BUILT_IN, card, evidence_model
from bayes_misalign.inference import calibrate_sampled, nuts
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.measure import endorsed, lifted, misalignment, rankings_conflict
from bayes_misalign.models.elicited.generative import beta_parameters as elicited_beta
from bayes_misalign.models.experts.generative import beta_parameters as experts_beta
from bayes_misalign.models.experts.generative_levels import ROUNDING
from bayes_misalign.models.poststratified.effects import prior_scales, terms_of
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.joint import build_alone
from bayes_misalign.study.options import Fitting
from models import checked
from tests.every_model import (
    REPORTS,
    SAMPLED,
    UNCERTAIN,
    compiled,
    contents,
    design,
    evidence,
    reference_priors,
)
from tests.references import assert_meets

NUTS_DRAWS, EXACT_DRAWS = 10_000, 200_000  # the former a chain, of four
SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_card_shows_what_the_checks_found(name: str) -> None:
    text, folder = card(name), models_root() / name
    assert f"{checked.BEGIN}\n{checked.section(folder)}\n{checked.END}" in text


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_committed_checks_hold(name: str) -> None:
    reference, calibration = contents(name, "reference.json"), contents(name, "calibration.json")
    assert reference["name"] == calibration["name"] == name
    assert all(reference["checks_made"].values())
    assert set(reference["versions"]) >= {"pystan", "numpy"}
    found = reference["summary_statistics"]
    assert len({len(values) for values in found.values()}) == 1
    assert calibration["passed"]
    assert calibration["simulations"] >= 500
    assert calibration["alpha"] == ALPHA
    assert calibration["smallest_p_value_corrected_for_all"] >= ALPHA
    for one in calibration["designs"]:
        assert any(quantity.startswith("misalignment") for quantity in one["p_values"])
        if name != "elicited":
            assert {"log_likelihood", "residual"} <= set(one["p_values"])
        if (
            name in SAMPLED and "fewest_draws_worth" not in one
        ):  # of fits, and of 1,000 draws of each
            assert one["failed_fits"] <= 0.02 * one["fits"]
            assert one["divergences"] <= 0.001 * 1_000 * one["fits"]
    assert calibration["broken_on_purpose"]
    assert not any(one["passed"] for one in calibration["broken_on_purpose"])


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_stan_program_was_given_the_same_data(name: str) -> None:
    found, data = contents(name, "data.json"), evidence(name)
    given = found["stan"]
    assert found["made_up"] == ("made-up" in found["source"])
    model = evidence_model(name)
    if name == "single-choice":
        np.testing.assert_allclose(given["answers"], data.effective_counts, rtol=1e-9)
        return
    if name == "multi-select":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["held"], data.held)
        return
    if name == "endorsement":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["strength"], data.strength)
        return
    if name == "ranked":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["place"], data.position)
        return
    if name == "published":
        for stan in ("asked", "percent", "rounding"):
            np.testing.assert_array_equal(given[stan], getattr(data, stan))
        return
    if name == "clustered":
        np.testing.assert_array_equal(given["counts"], data.patterns)
        np.testing.assert_array_equal(given["number"], data.number)
        np.testing.assert_array_equal(np.array(given["population"]) - 1, data.population)
        assert (given["rho_a"], given["rho_b"]) == model.priors().correlation_beta
        return
    if name == "poststratified":
        was_counted_where_the_stan_program_says(given, data)
        return
    if name in REPORTS:
        prior: Any = model.priors()
        if name == "choices":
            np.testing.assert_array_equal(given["payoff"], data.payoffs)
            assert (given["best_of_two"], given["spread"]) == (prior.best_of_two, prior.spread)
        else:
            np.testing.assert_allclose(given["alpha"], prior.alpha(data), rtol=1e-9)
        np.testing.assert_array_equal(
            given["reports" if name == "noisy-labels" else "counts"], data.reports
        )
        for stan, ours in (("population", data.population), ("gold", data.gold)):
            np.testing.assert_array_equal(np.array(given[stan]) - 1, ours)
        np.testing.assert_array_equal(given["weight"], data.effective_agents)
        if name == "noisy-labels":
            stated = (prior.agreement, prior.agreement_spread)
            assert (given["agreement_median"], given["agreement_sigma"]) == stated
        else:
            assert (given["rho_a"], given["rho_b"]) == pytest.approx(prior.correlation_beta)
        return
    assert [tuple("abcde"[i - 1] for i in pair) for pair in given["pair"]] == list(data.pairs)
    if name == "judged":
        np.testing.assert_array_equal([given["yes"], given["no"]], [data.yes, data.no])
        of_levels: Any = model.priors()
        assert (of_levels.yes, of_levels.no) == (given["prior_yes"], given["prior_no"])
    elif name == "encounters":
        np.testing.assert_array_equal([given["yes"], given["no"]], data.between.T)
        same = [np.diagonal(data.seen_yes), np.diagonal(data.seen_no)]
        np.testing.assert_array_equal([given["same_yes"], given["same_no"]], same)
        assert asdict(model.priors()) == {
            key: given[f"prior_{key}"] for key in ("yes", "no", "background_yes", "background_no")
        }
    elif name == "experts":
        alpha, beta = experts_beta(data)
        np.testing.assert_allclose([given["a"], given["b"]], [alpha, beta], rtol=1e-3)
        np.testing.assert_array_equal(np.array(given["about"]) - 1, data.pair)
        np.testing.assert_array_equal(np.array(given["by"]) - 1, data.expert)
        stated: Any = model.priors()
        for key in ("centre", "pair", "leaning"):
            assert given[f"{key}_scale"] == getattr(stated, f"{key}_sd")
        assert given["disagreement_scale"] == stated.disagreement
        assert (given["shared_a"], given["shared_b"]) == pytest.approx(stated.shared_beta)
        assert given["rounding"] == ROUNDING
    elif name == "rated":
        for key in ("rated", "rater", "level"):
            ours = {"rated": data.pair, "rater": data.rater, "level": data.counts.argmax(axis=1)}
            np.testing.assert_array_equal(np.array(given[key]) - 1, ours[key])
        np.testing.assert_array_equal(given["value"], data.values)
        scales = asdict(model.priors())
        stated_scales = {key: given[f"prior_{key}"] for key in scales if f"prior_{key}" in given}
        assert len(stated_scales) == 7
        assert stated_scales == {key: scales[key] for key in stated_scales}
    elif name == "spatial":
        was_placed_where_the_stan_program_says(given, data)
        np.testing.assert_allclose(given["weight"], data.weights)
        scales = {
            "lapse" if k == "lapse" else f"prior_{k}": v for k, v in asdict(model.priors()).items()
        }
        assert scales == {key: given[key] for key in scales}
    else:
        alpha, beta = elicited_beta(data, model.priors())
        np.testing.assert_allclose([given["a"], given["b"]], [alpha, beta], rtol=1e-3)


def was_counted_where_the_stan_program_says(given: dict[str, Any], data: CellCounts) -> None:
    """Compare cells, sizes and bases of effects; coordinates may be others."""
    terms, priors = terms_of(data), evidence_model("poststratified").priors()
    np.testing.assert_array_equal(given["answers"], data.cell_counts)
    np.testing.assert_array_equal(given["size"], data.sizes)
    np.testing.assert_array_equal(np.array(given["part"]) - 1, data.part)
    for v, term in enumerate(terms):
        np.testing.assert_array_equal(np.array(given["level"])[:, v] - 1, term.of_cells)
        np.testing.assert_array_equal(np.array(given["level_table"])[:, v] - 1, term.of_table)
        own = np.array(given["basis"][v])[: term.basis.shape[0], : term.basis.shape[1]]
        np.testing.assert_allclose(own, term.basis, atol=1e-9)
        reached = np.array(given["reached"][v])[: term.basis.shape[0]]
        np.testing.assert_allclose(reached, term.reached, atol=1e-9)
    assert given["prior_reached"] == priors.reached
    assert given["prior_intercept"] == priors.intercept
    np.testing.assert_array_equal(given["prior_sd"], prior_scales(terms, priors))


def was_placed_where_the_stan_program_says(given: dict[str, Any], data: SpatialConflict) -> None:
    """Compare single placements and ratings with counts, means and sums of squares."""
    at, counts = np.array(given["at"]), np.zeros((given["P"], given["steps"] + 1))
    for (g, d), mean in np.ndenumerate(data.mean):
        here = (np.array(given["placed"]) == g + 1) & (np.array(given["dimension"]) == d + 1)
        assert here.sum() == data.number[g, d]
        assert at[here].mean() == pytest.approx(mean)
        assert ((at[here] - mean) ** 2).sum() == pytest.approx(data.square[g, d])
    np.add.at(counts, (np.array(given["rated"]) - 1, given["rating"]), 1)
    rated = [list(data.pairs).index(pair) for pair in data.rated_pairs]
    np.testing.assert_array_equal(counts[rated], data.counts)
    assert counts.sum() == data.counts.sum()


def quantities(name: str, drawn: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return draws (chain, draw) of what the Stan program calls by these names."""
    given = contents(name, "data.json")["stan"]
    found = {}
    if BUILT_IN[name].kind == "goals":
        matrix: Any = given.get("C")
        if name == "multi-select":
            matrix = lifted(given["held"], given["c"])
        elif name == "endorsement":
            matrix = endorsed(given["strength"], given["c"])
        elif name == "ranked":
            matrix = rankings_conflict(given["place"], given["c"])
        named = {"proportion": drawn["proportion"]}
        if name == "poststratified":
            # sds have tails too long for theirs to be compared
            named |= {"intercept": drawn["intercept"], "root_sd": np.sqrt(drawn["sd"])}
        elif "index" in drawn:
            named["index"] = drawn["index"]
        elif "log_concentration" in drawn and name not in ("multi-select", "ranked"):
            # log A of those has tails too long for its sd to be compared
            named["index"] = 1 / (1 + np.exp(-drawn["log_concentration"]))
        named["misalignment"] = misalignment(drawn["proportion"], matrix)
        if name == "noisy-labels":
            named["accuracy"] = np.diagonal(drawn["emission"], axis1=-2, axis2=-1)
        if name == "choices":
            named |= {
                "correlation": drawn["correlation"],
                "rationality": drawn["rationality"][..., 0],
            }
        if name in ("behaviour", "clustered"):
            named["correlation"] = drawn["correlation"]
        if name == "behaviour":
            action = drawn["action"]
            named["action"] = action.reshape(*action.shape[:3], given["Q"], given["A"])
    else:
        level = drawn["conflict_level"]
        matrix = np.zeros((*level.shape[:2], given["K"], given["K"]))
        for p, (i, j) in enumerate(given["pair"]):
            matrix[..., i - 1, j - 1] = matrix[..., j - 1, i - 1] = level[..., p]
        word = "conflict" if name in ("rated", "spatial") else "level"
        named = {word: level, "misalignment": misalignment(given["shares"], matrix)}
        named |= {key: values for key, values in drawn.items() if key != "conflict_level"}
        if name == "spatial":  # the precision itself has too long a tail for its sd to be compared
            named["correlation"] = 1 / (1 + named.pop("precision"))
    for key, values in named.items():
        for index in np.ndindex(values.shape[2:]):
            label = f"{key}[{','.join(str(i + 1) for i in index)}]" if index else key
            found[label] = values[(slice(None), slice(None), *index)]
    return found


def meets_reference(name: str, drawn: dict[str, np.ndarray]) -> None:
    summary = contents(name, "reference.json")["summary_statistics"]
    assert_meets(summary, quantities(name, drawn))


@pytest.mark.parametrize("name", [name for name in UNCERTAIN if name not in SAMPLED])
def test_exact_draws_meet_the_reference(name: str) -> None:
    model = evidence_model(name)
    rng = np.random.default_rng(1)
    drawn = model.draw(evidence(name), reference_priors(name), EXACT_DRAWS, rng)
    assert drawn is not None
    if name == "experts":  # standard normal numbers underneath are not compared
        drawn = {key: values for key, values in drawn.items() if not key.startswith("z_")}
    meets_reference(
        name, {key: values.reshape(4, -1, *values.shape[1:]) for key, values in drawn.items()}
    )


def sampled(name: str) -> Any:
    """Return the posterior of a model's `data.json` by NUTS, with the statistics of the sampler."""
    fitting, model = Fitting(draws=NUTS_DRAWS, target_accept=0.95), evidence_model(name)
    priors = reference_priors(name)
    if name in SAMPLED:
        given: Any = model
        return compiled(name).sample(given.data(evidence(name), priors), fitting)
    return nuts.Frozen(build_alone(model, evidence(name), priors)).sample(fitting)


# Four are drawn exactly, and such draws meet the same reference in every run; that NUTS agrees
# with the exact draws of the first is seen in tests/inference/test_agreement.py, and the density of
# experts is compared with that of their PyMC model in tests/models/experts. `behaviour` shares its
# family with noisy-labels, and is compared with its likelihood there; compiling any of the two, or
# `choices`, takes as long as a tenth of all tests. The densities of `poststratified`, `spatial`,
# `clustered` and `encounters`, and the likelihoods of `rated` and `noisy-labels`, are compared with
# other formulas in their folders of tests.
AT_LENGTH = (
    "single-choice",
    "multi-select",
    "endorsement",
    "ranked",
    "published",
    "experts",
    "behaviour",
    "choices",
    "poststratified",
    "spatial",
    "clustered",
    "rated",
    "encounters",
    "noisy-labels",
)


def in_every_run(names: Iterable[str]) -> list[Any]:
    """Return names of models, those whose sampling takes long with a mark."""
    return [
        pytest.param(name, marks=pytest.mark.slow) if name in AT_LENGTH else name for name in names
    ]


@pytest.mark.parametrize("name", in_every_run(UNCERTAIN))
def test_the_pymc_model_meets_the_reference(name: str) -> None:
    tree = sampled(name)
    posterior = tree["posterior"]
    assert (posterior.sizes["chain"], posterior.sizes["draw"]) == (4, NUTS_DRAWS)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    names = {"proportion": "proportion", f"conflict_{name}": "conflict_level"}
    names |= {key: key for key in ("agreement", "emission", "correlation", "action", "rationality")}
    names |= {key: key for key in ("index", "log_concentration", "intercept", "sd")}
    names |= {"precision_spatial": "precision"}
    compared = contents(name, "data.json").get("compared", [])
    names |= {f"{key}_{name}": key for key in compared if name not in REPORTS and key != "conflict"}
    drawn = {names[key]: posterior[key].values for key in posterior.data_vars if str(key) in names}
    meets_reference(name, drawn)


@pytest.mark.parametrize("name", [name for name in UNCERTAIN if name not in SAMPLED])
def test_a_short_calibration_passes(name: str) -> None:
    found = calibrate(name, 100, seed=3)
    assert found.passed, found.to_plain()


@pytest.mark.slow  # one that is sampled is calibrated in every run in tests/models/judged
@pytest.mark.parametrize("name", SAMPLED)
def test_a_short_calibration_of_a_sampled_model_passes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_sampled, "Compiled", lambda _: compiled(name))
    model = evidence_model(name)
    priors = reference_priors(name)
    posterior = calibrate_sampled.SampledPosterior(name, design(name), priors, SHORT)
    found = calibrate(name, 100, seed=3, design=design(name), prior=priors, posterior=posterior)
    assert found.passed, found.to_plain()
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate(
        name, 100, seed=3, design=design(name), prior=priors, posterior=model.draw_prior
    )
    assert not broken.passed
