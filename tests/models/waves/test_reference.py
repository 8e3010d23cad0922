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

FOLDER = models_root() / "waves"
FITTING = Fitting(draws=5_000, tune=1_000, chains=4, target_accept=0.9, seed=1)
MEANS, SDS = 4.0, 0.05


@pytest.mark.slow
def test_pymc_meets_stan():
    from arviz_stats.base import array_stats

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
    posterior = tree["posterior"].to_dataset()[["drift", "proportion"]]
    pma = misalignment(posterior["proportion"].values, exclusive_conflict(3, no_goal=True))
    posterior["misalignment"] = (("chain", "draw", "population"), pma)
    mean, sd, error, names = [], [], [], []
    for name in ("drift", "proportion", "misalignment"):
        mean.append(posterior[name].mean(("chain", "draw")).values.ravel())
        sd.append(posterior[name].std(("chain", "draw"), ddof=1).values.ravel())
        values = posterior[name].values
        error.append(np.ravel(array_stats.mcse(values, chain_axis=0, draw_axis=1, method="mean")))
        shape = posterior[name].shape[2:]
        names += [
            f"{name}[{','.join(str(i + 1) for i in at)}]" if at else name
            for at in np.ndindex(shape)
        ]
    found = reference["summary_statistics"]
    place = [found["names"].index(name) for name in names]
    assert len(place) == len(found["names"])
    stated = {key: np.array(found[key])[place] for key in ("mean", "sd", "mcse_mean")}
    within = MEANS * np.hypot(np.concatenate(error), stated["mcse_mean"])
    assert np.all(np.abs(np.concatenate(mean) - stated["mean"]) <= within)
    assert np.all(np.abs(np.concatenate(sd) / stated["sd"] - 1) <= SDS)
