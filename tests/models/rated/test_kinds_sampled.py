"""Posteriors of ratings by kinds of raters: Stan's, and calibrated ones."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_by_kinds
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.options import Fitting
from models import checked
from tests.references import assert_meets, compared, p_of_ma

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.9)  # of each of a hundred fits


def contents(file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / "rated" / file).read_text(encoding="utf-8")))


@cache
def evidence() -> RatedConflict:
    return RatedConflict.from_counts(**contents("data_kinds.json")["evidence"])


def test_the_stan_program_was_given_the_same_data() -> None:
    given, ours, prior = contents("data_kinds.json")["stan"], evidence(), rated.priors()
    assert [tuple("abcd"[i - 1] for i in pair) for pair in given["pair"]] == list(ours.pairs)
    for key, values in (
        ("rated", ours.pair),
        ("rater", ours.rater),
        ("kind", ours.kind_of_rater),
        ("level", ours.counts.argmax(axis=1)),
    ):
        np.testing.assert_array_equal(np.array(given[key]) - 1, values)
    np.testing.assert_array_equal(ours.sizes, 1)
    np.testing.assert_array_equal(given["value"], ours.values)
    stated = {key: given[f"prior_{key}"] for key in vars(prior) if f"prior_{key}" in given}
    assert len(stated) == 10
    assert stated == {key: getattr(prior, key) for key in stated}


@pytest.mark.slow
def test_the_pymc_model_meets_the_reference() -> None:
    usable_compile_cache()
    prior = rated.priors()
    model = Compiled(rated.build(evidence(), prior))
    target = conflict_model("rated").target_accept(evidence())
    tree = model.sample(rated.data(evidence(), prior), Fitting(draws=10_000, target_accept=target))
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    posterior = tree["posterior"]
    given, reference = contents("data_kinds.json"), contents("reference_kinds.json")
    assert all(reference["checks_made"].values())
    level = posterior["conflict_rated"].values
    named = {"conflict": level, "misalignment": p_of_ma(level, given["stan"])}
    found = compared(given["compared"], named, posterior, "rated")
    assert_meets(reference["summary_statistics"], found)


def test_the_committed_calibration_holds() -> None:
    found = contents("calibration_kinds.json")
    assert found["name"] == "rated"
    assert found["passed"]
    assert found["smallest_p_value_corrected_for_all"] >= ALPHA
    for design in found["designs"]:
        assert design["fits"] >= 200
        kinds = list(design["design"]["kinds"])
        named = {"log_likelihood", "residual", "misalignment", f"slope[{kinds[-1]}]"}
        assert named <= set(design["p_values"])
        assert design["failed_fits"] <= 0.02 * design["fits"]
        assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert found["broken_on_purpose"]
    assert not any(one["passed"] for one in found["broken_on_purpose"])
    text = " ".join((models_root() / "rated" / "README.md").read_text(encoding="utf-8").split())
    assert checked.KINDS["rated"]["_kinds"] in text
    first, second = (one["divergences"] / one["fits"] for one in found["designs"])
    said = f"{first:.1f} divergent transitions in a fit of 1,000 draws in the first design and"
    assert f"{said} {second:.1f} in the second" in text


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
