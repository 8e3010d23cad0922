"""The three states of a fit, on draws whose faults are known."""

import numpy as np
import pytest
import xarray as xr

from bayes_misalign.inference import nuts
from bayes_misalign.inference.diagnose import Diagnosis, diagnose
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.options import Fitting
from tests.studies import study

CHAINS, DRAWS = 4, 1000


def tree(
    draws: np.ndarray, divergent: int = 0, depth: int = 0, energy: np.ndarray | None = None
) -> xr.DataTree:
    rng = np.random.default_rng(5)
    shape = draws.shape[:2]
    diverging, deep = np.zeros(shape, bool), np.zeros(shape, bool)
    diverging.ravel()[:divergent] = True
    deep.ravel()[:depth] = True
    dims = ("chain", "draw")
    stats = {
        "diverging": (dims, diverging),
        "maxdepth_reached": (dims, deep),
        "energy": (dims, rng.normal(size=shape) if energy is None else energy),
    }
    posterior = {"misalignment": (dims, draws), "diagonal": (dims, np.zeros(shape))}
    return xr.DataTree.from_dict(
        {"/posterior": xr.Dataset(posterior), "/sample_stats": xr.Dataset(stats)}
    )


def normal(chains: int = CHAINS, draws: int = DRAWS) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(chains, draws))


def shifted(by: float) -> np.ndarray:
    return normal() + by * np.arange(CHAINS)[:, None]


def sticky(correlation: float) -> np.ndarray:
    draws = normal()
    for t in range(1, DRAWS):
        draws[:, t] = correlation * draws[:, t - 1] + np.sqrt(1 - correlation**2) * draws[:, t]
    return draws


CASES = {
    "good": (tree(normal()), "ok", ""),
    "chains disagree": (tree(shifted(1.0)), "not_converged", "R-hat"),
    "chains disagree a little": (tree(shifted(0.15)), "caution", "R-hat"),
    "sticky": (tree(sticky(0.9)), "caution", "effective sample size"),
    "a few divergences": (tree(normal(), divergent=3), "caution", "3 divergent"),
    "many divergences": (tree(normal(), divergent=40), "not_converged", "40 divergent"),
    "tree depth": (tree(normal(), depth=10), "caution", "tree depth"),
    "energy": (
        tree(normal(), energy=np.cumsum(normal(), axis=1)),
        "not_converged",
        "E-BFMI",
    ),
    "two chains": (tree(normal(2)), "caution", "only 2 chains"),
}


@pytest.mark.parametrize("name", CASES)
def test_state(name: str) -> None:
    draws, state, said = CASES[name]
    found = diagnose(study(), {}, tree=draws)
    assert found.state == state, found
    assert found.trustworthy == (state != "not_converged")
    assert said in " ".join(reason.what for reason in found.reasons)
    assert all(reason.remedy for reason in found.reasons)
    assert Diagnosis.from_plain(found.to_plain()) == found


@pytest.mark.parametrize(("ratio", "state"), [(0.3, "ok"), (0.95, "caution")])
def test_a_result_that_the_prior_dominates_is_a_caution(ratio: float, state: str) -> None:
    assert diagnose(study(), {"always": ratio}).state == state


def test_fastmath_is_off_inside_and_restored() -> None:
    import pytensor

    before = pytensor.config.numba__fastmath
    with nuts.reproducible():
        assert pytensor.config.numba__fastmath is False
    assert pytensor.config.numba__fastmath == before


@pytest.fixture
def one_hard_model(monkeypatch: pytest.MonkeyPatch) -> list[Fitting]:
    """Stand in for the sampler: the first attempt has divergences, the second has none."""
    asked: list[Fitting] = []

    class Frozen:
        def __init__(self, model: object, **_: object) -> None:
            assert not asked  # compiled once, before the first attempt

        def sample(self, fitting: Fitting, **_: object) -> xr.DataTree:
            asked.append(fitting)
            return tree(normal(), divergent=40 if len(asked) == 1 else 0)

    monkeypatch.setattr(nuts, "Frozen", Frozen)
    return asked


def test_one_automatic_retry(
    one_hard_model: list[Fitting], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bayes_misalign.inference import sampled

    monkeypatch.setattr(sampled, "_model", lambda *_: None)
    monkeypatch.setattr(
        sampled, "_completed", lambda *_: ({}, PartlyKnown(np.zeros((2, 2)), np.zeros((1, 0))))
    )
    said: list[str] = []
    sampled.sample_study(study(), None, None, progress=False, say=said.append)
    first, second = one_hard_model
    assert second.tune == 2 * first.tune
    assert second.target_accept == 0.95
    assert "once more" in said[0]


def test_what_is_off_is_named_by_its_labels() -> None:
    dims = ("chain", "draw")
    severity = np.random.default_rng(3).normal(size=(CHAINS, DRAWS, 3))
    severity[..., 1] = sticky(0.9)
    cases = {
        "bulk effective sample size of `severity_rated` of rater Bob [1m falls to": xr.Dataset(
            {"severity_rated": ((*dims, "rater_rated"), severity)},
            {"rater_rated": ["Ann", "Bob \x1b[1m", "Cid"]},
        ),
        "R-hat of `level` of cell number 1 reaches": xr.Dataset(
            {"level": ((*dims, "cell"), shifted(0.22)[..., None])}
        ),
    }
    for words, more in cases.items():
        made = tree(normal())
        made["posterior"] = xr.DataTree(made["posterior"].dataset.merge(more))
        said = [reason.what for reason in diagnose(study(), {}, tree=made).reasons]
        assert any(words in what for what in said), said
