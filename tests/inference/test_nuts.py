"""A model is compiled once, and its draws are those of `pymc.sample`."""

import numpy as np
import pymc as pm
import pytest

from bayes_misalign.inference import nuts
from bayes_misalign.study.options import Fitting


@pytest.mark.slow
@pytest.mark.parametrize("chains", [1, 3])
def test_draws_are_those_of_pymc_at_every_attempt(
    chains: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nutpie

    with pm.Model() as model:
        share = pm.Beta("share", 1.0, 2.0)
        pm.Binomial("yes", n=10, p=share, observed=7)
    attempts = [
        Fitting(draws=60, tune=200, chains=chains, seed=11),
        Fitting(draws=60, tune=400, chains=chains, seed=11, target_accept=0.95),
    ]
    compiled, compile_model = list[object](), nutpie.compile_pymc_model

    def noted(model: pm.Model, **more: object) -> object:
        compiled.append(model)
        return compile_model(model, **more)

    monkeypatch.setattr(nutpie, "compile_pymc_model", noted)
    frozen = nuts.Frozen(model)
    found = [frozen.sample(fitting) for fitting in attempts]
    assert len(compiled) == 1
    for fitting, one in zip(attempts, found, strict=True):
        assert not one.interrupted
        with nuts.reproducible(), model:
            expected = pm.sample(
                fitting.draws,
                tune=fitting.tune,
                chains=chains,
                cores=1,
                random_seed=fitting.seed,
                nuts_sampler="nutpie",
                progressbar=False,
                quiet=True,
                compile_kwargs={"freeze_model": True},
                nuts={"target_accept": fitting.target_accept},
            )
        np.testing.assert_array_equal(
            one.tree["posterior"]["share"], expected["posterior"]["share"]
        )
