"""Posteriors of conflict that walks: Stan's, and calibrated ones."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_over_time
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.options import Fitting
from models import checked
from tests.references import assert_meets, compared, p_of_ma

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits


def contents(file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / "rated" / file).read_text(encoding="utf-8")))


@cache
def evidence() -> RatedConflict:
    return RatedConflict.from_counts(**contents("data_walk.json")["evidence"])


def test_the_stan_program_was_given_the_same_data() -> None:
    given, ours, prior = contents("data_walk.json")["stan"], evidence(), rated.priors()
    assert [tuple("abc"[i - 1] for i in pair) for pair in given["pair"]] == list(ours.pairs)
    places = ours.places
    assert places is not None
    np.testing.assert_array_equal(given["time"], places.at)
    counts = np.zeros((5, 3, 4))
    counts[ours.population, ours.pair] = ours.counts
    np.testing.assert_array_equal(given["ratings"], counts)
    assert not counts[2].any()
    np.testing.assert_array_equal(given["value"], ours.values)
    stated = {key: given[f"prior_{key}"] for key in vars(prior) if f"prior_{key}" in given}
    assert len(stated) == 7
    assert stated == {key: getattr(prior, key) for key in stated}


@pytest.mark.slow
def test_the_pymc_model_meets_the_reference() -> None:
    usable_compile_cache()
    prior = rated.priors()
    model = Compiled(rated.build(evidence(), prior))
    tree = model.sample(rated.data(evidence(), prior), Fitting(draws=10_000, target_accept=0.95))
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    posterior = tree["posterior"]
    given, reference = contents("data_walk.json"), contents("reference_walk.json")
    assert all(reference["checks_made"].values())
    level = posterior["conflict_rated"].values
    pma = p_of_ma(level, given["stan"])
    named = {"conflict": level, "misalignment": pma, "change": pma[..., -1] - pma[..., 0]}
    found = compared(given["compared"], named, posterior, "rated")
    assert_meets(reference["summary_statistics"], found)


def test_the_committed_calibration_holds() -> None:
    found = contents("calibration_walk.json")
    assert found["name"] == "rated"
    assert found["passed"]
    assert found["simulations"] >= 150
    assert found["smallest_p_value_corrected_for_all"] >= ALPHA
    assert [len(design["design"]["waves"]) for design in found["designs"]] == [6, 6]
    for design in found["designs"]:
        named = {"log_likelihood", "residual", "drift", "change of misalignment"}
        assert named <= set(design["p_values"])
        assert design["failed_fits"] <= 0.02 * design["fits"]
        assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert found["broken_on_purpose"]
    assert not any(one["passed"] for one in found["broken_on_purpose"])
    text = (models_root() / "rated" / "README.md").read_text(encoding="utf-8")
    assert checked.KINDS["rated"]["_walk"] in text


@pytest.mark.slow
def test_a_short_calibration_passes() -> None:
    prior, design = rated.priors(), ratings_over_time()
    posterior = SampledPosterior("rated", design, prior, SHORT)
    found = calibrate("rated", 100, seed=3, design=design, posterior=posterior)
    assert found.passed, found.to_plain()
    assert {"drift", "change of misalignment", "misalignment[2006]"} <= set(found.p_values)
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate("rated", 100, seed=3, design=design, posterior=rated.draw_prior)
    assert not broken.passed
