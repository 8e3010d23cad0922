"""A model is compiled once, and its draws are those of nutpie from the same starts."""

import _thread
import signal
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import nutpie
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest

from bayes_misalign.inference import nuts
from bayes_misalign.study.options import Fitting


def small() -> pm.Model:
    with pm.Model() as model:
        share = pm.Beta("share", 1.0, 2.0)
        pm.Binomial("yes", n=10, p=share, observed=7)
    return model


def test_chains_start_a_step_from_the_centre_of_the_prior_whatever_was_compiled() -> None:
    model = small()
    start = nuts._Start(model)()
    centre = model.initial_point()["share_logodds__"]
    found = np.array([start(seed) for seed in range(400)])
    assert found.shape == (400, 1)
    assert np.abs(found - centre).max() <= 1 + 1e-12
    assert np.ptp(found) > 1.9
    np.testing.assert_array_equal(start(3), nuts._Start(small())()(3))


@pytest.mark.slow
@pytest.mark.parametrize("chains", [1, 3])
def test_draws_are_those_of_nutpie_at_every_attempt(chains: int) -> None:
    model = small()
    attempts = [
        Fitting(draws=60, tune=200, chains=chains, seed=11),
        Fitting(draws=60, tune=400, chains=chains, seed=11, target_accept=0.95),
    ]
    frozen = nuts.Frozen(model)
    start = nuts._Start(model)()

    for fitting in attempts:
        one = frozen.sample(fitting)
        with nuts.reproducible(), model:
            compiled = nutpie.compile_pymc_model(model)
            expected = nutpie.sample(
                replace(compiled, initial_point_func=start),
                draws=fitting.draws,
                tune=fitting.tune,
                chains=chains,
                cores=1,
                seed=nuts._seed_of_chains(fitting),
                progress_bar=False,
                save_warmup=False,
                target_accept=fitting.target_accept,
            )
        np.testing.assert_array_equal(one["posterior"]["share"], expected["posterior"]["share"])


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("left", ["few draws", "none"])
def test_an_interruption_that_nutpie_catches_is_an_exception(
    monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    def sample(*_: object, **__: object) -> str:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if left == "none":
                raise ValueError("Sampler has no results to take") from None
        return left

    monkeypatch.setattr(nuts.upstream, "import_nutpie", lambda: SimpleNamespace(sample=sample))
    with pytest.raises(KeyboardInterrupt):
        nuts._to_the_end(None, Fitting(), tune=1, seed=1)


@pytest.mark.slow
@pytest.mark.usefixtures("heard")
def test_chains_that_are_interrupted_give_no_draws() -> None:
    frozen = nuts.Frozen(small())
    threading.Timer(0.5, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        frozen.sample(Fitting(draws=10_000_000, chains=2))
    assert frozen.sample(Fitting(draws=100, chains=2))["posterior"].sizes["draw"] == 100


def test_graphs_are_made_without_traces_and_the_setting_is_restored() -> None:
    before = pytensor.config.traceback__limit
    with nuts.untraced():
        made = pt.exp(pt.scalar("x"))
    assert not getattr(made.owner.tag, "trace", [])
    assert pytensor.config.traceback__limit == before
