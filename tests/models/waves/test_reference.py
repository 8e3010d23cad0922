"""Waves in PyMC against the independent Stan program."""

import json

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.waves.generative import build
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.study.options import Fitting
from tests.references import assert_meets, labelled

FOLDER = models_root() / "waves"
FITTING = Fitting(draws=10_000, tune=1_000, chains=4, target_accept=0.9, seed=1)


@pytest.mark.slow
def test_pymc_meets_stan():
    reference = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
    given = json.loads((FOLDER / "data.json").read_text(encoding="utf-8"))
    assert all(reference["checks_made"].values())
    seen, stan = given["evidence"], given["stan"]
    prior = WavesPrior.of().with_populations(seen["populations"])
    assert (prior.level, prior.drift) == (stan["level"], stan["drift_scale"])
    assert seen["counts"] == stan["answers"]
    places = prior.places(5)
    assert list(places.at) == stan["time"]
    np.testing.assert_array_equal(exclusive_conflict(3, no_goal=True), stan["C"])
    usable_compile_cache()
    categories, populations = tuple(seen["categories"]), tuple(seen["populations"])
    compiled = Compiled(build(prior, places, categories, populations))
    tree = compiled.sample({"answers": np.array(seen["counts"], float)}, FITTING)
    found = {name: tree["posterior"][name].values for name in ("drift", "proportion")}
    found["misalignment"] = misalignment(found["proportion"], exclusive_conflict(3, no_goal=True))
    assert_meets(
        reference["summary_statistics"],
        {k: v for name, x in found.items() for k, v in labelled(name, x).items()},
    )
