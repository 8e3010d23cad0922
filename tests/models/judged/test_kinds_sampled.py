"""Posteriors of judgements by kinds of raters: Stan's, and calibrated ones."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.families.raters.rating_levels import normal_nodes
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.calibration import judges_by_kinds
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_by_kind
from bayes_misalign.study.options import Fitting
from models import checked
from tests.references import assert_meets, compared, p_of_ma

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits


def contents(file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / "judged" / file).read_text(encoding="utf-8")))


@cache
def evidence() -> JudgedConflict:
    return JudgedConflict.by_raters(**contents("data_kinds.json")["evidence"])


def test_the_stan_program_was_given_the_same_data() -> None:
    given, ours, prior = contents("data_kinds.json")["stan"], evidence(), judged.priors()
    assert [tuple("abcd"[i - 1] for i in pair) for pair in given["pair"]] == list(ours.pairs)
    for key, values in (("judged", ours.pair), ("rater", ours.rater), ("kind", ours.kind_of_rater)):
        np.testing.assert_array_equal(np.array(given[key]) - 1, values)
    np.testing.assert_array_equal([given["yes"], given["no"]], [ours.cell_yes, ours.cell_no])
    np.testing.assert_array_equal(np.array(given["again"], bool), again_by_kind(ours))
    stated = {key: given[f"prior_{key}"] for key in vars(prior) if f"prior_{key}" in given}
    assert stated == vars(prior)
    nodes, weights = normal_nodes(given["Q"])
    np.testing.assert_allclose([given["node"], given["weight"]], [nodes, weights], atol=1e-9)


@pytest.mark.slow
def test_the_pymc_model_meets_the_reference() -> None:
    usable_compile_cache()
    prior = judged.priors()
    model = Compiled(judged.build(evidence(), prior))
    tree = model.sample(judged.data(evidence(), prior), Fitting(draws=10_000, target_accept=0.95))
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    posterior = tree["posterior"]
    given, reference = contents("data_kinds.json"), contents("reference_kinds.json")
    assert all(reference["checks_made"].values())
    level = posterior["conflict_judged"].values
    named = {"level": level, "misalignment": p_of_ma(level, given["stan"])}
    found = compared(given["compared"], named, posterior, "judged")
    assert_meets(reference["summary_statistics"], found)


def test_the_committed_calibration_holds() -> None:
    found = contents("calibration_kinds.json")
    assert found["name"] == "judged"
    assert found["passed"]
    assert found["smallest_p_value_corrected_for_all"] >= ALPHA
    for design in found["designs"]:
        assert design["fits"] >= 300
        kinds = list(design["design"]["kinds"])
        named = {"log_likelihood", "residual", "misalignment", f"slope[{kinds[-1]}]"}
        assert named <= set(design["p_values"])
        assert design["failed_fits"] <= 0.02 * design["fits"]
        assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert found["broken_on_purpose"]
    assert not any(one["passed"] for one in found["broken_on_purpose"])
    text = " ".join((models_root() / "judged" / "README.md").read_text(encoding="utf-8").split())
    assert checked.KINDS["judged"]["_kinds"] in text


@pytest.mark.slow
def test_a_short_calibration_passes() -> None:
    prior, design = judged.priors(), judges_by_kinds()
    posterior = SampledPosterior("judged", design, prior, SHORT)
    found = calibrate("judged", 100, seed=3, design=design, posterior=posterior)
    assert found.passed, found.to_plain()
    assert {"slope[models]", "disagreement[models]", "misalignment"} <= set(found.p_values)
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate("judged", 100, seed=3, design=design, posterior=judged.draw_prior)
    assert not broken.passed
