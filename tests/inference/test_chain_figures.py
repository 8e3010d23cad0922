"""Figures of many quantities at once are those that ArviZ has for each."""

import arviz_stats as azs
import numpy as np
import pytest
import xarray as xr

from bayes_misalign.inference import diagnose
from bayes_misalign.inference.chain_figures import able, chain_figures


def chains(draws: int, number: int = 4) -> np.ndarray:
    """Return draws (chain, draw, quantity): slow ones, quick ones, chains that disagree, ties."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(number, draws, 24))
    for quantity, slow in enumerate(np.linspace(-0.9, 0.99, 12)):
        for t in range(1, draws):
            x[:, t, quantity] += slow * x[:, t - 1, quantity]
    x[0, :, 12] += 3
    x[..., 13] = np.round(x[..., 13])
    x[..., 14] = (x[..., 14] > 0.5) * 1.0
    x[..., 15] = np.exp(8 * x[..., 15])
    x[:, ::2, 16] = x[:, 1::2, 16] if draws % 2 == 0 else x[:, ::2, 16]
    x[1, :, 17] = 0.5
    return x


def of_arviz(x: np.ndarray) -> dict[str, np.ndarray]:
    """Return ArviZ's figures of draws."""
    draws = xr.Dataset({"all": (("chain", "draw", "quantity"), x)})
    return {
        "rhat_max": azs.rhat(draws)["all"].values,
        "ess_bulk_min": azs.ess(draws, method="bulk")["all"].values,
        "ess_tail_min": azs.ess(draws, method="tail")["all"].values,
        "mcse_per_sd_max": (
            azs.mcse(draws, method="mean")["all"] / draws["all"].std(("chain", "draw"))
        ).values,
    }


@pytest.mark.parametrize(("draws", "number"), [(200, 4), (101, 2), (12, 3)])
def test_figures_are_those_of_arviz(draws: int, number: int) -> None:
    x = chains(draws, number)
    assert able(x)
    found = chain_figures(x)
    for name, expected in of_arviz(x).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, err_msg=name)


def test_blocks_are_put_together_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    x = chains(60)
    whole = chain_figures(x)
    monkeypatch.setattr("bayes_misalign.inference.chain_figures.BLOCK", 5)
    for name, values in chain_figures(x).items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-12)


def test_what_arviz_calls_no_number_is_left_to_it() -> None:
    x = chains(60)
    assert not able(x[:1])
    assert not able(x[:, :3])
    x[0, 0, 0] = np.nan
    assert not able(x)


def test_a_diagnosis_of_many_quantities_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    x, dims = chains(60), ("chain", "draw")
    rng = np.random.default_rng(4)
    stats = {
        "diverging": (dims, np.zeros(x.shape[:2], bool)),
        "energy": (dims, rng.normal(size=x.shape[:2])),
    }
    posterior = xr.Dataset({"level": ((*dims, "pair"), x)})
    tree = xr.DataTree.from_dict({"/posterior": posterior, "/sample_stats": xr.Dataset(stats)})
    few = diagnose.sampler_figures(tree)
    monkeypatch.setattr(diagnose, "MANY_QUANTITIES", 1)
    many = diagnose.sampler_figures(tree)
    assert many[1] == few[1]
    assert many[0] == pytest.approx(few[0], rel=1e-9)
