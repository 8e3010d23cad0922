"""What chains tell, beside what ArviZ says of one number at a time."""

import numpy as np
import pytest
from arviz_stats.base import array_stats

from bayes_misalign.measure import chains

NUMBERS = 6
SHAPES = [(4, 1000), (4, 501), (3, 20), (2, 11), (4, 10), (4, 5), (2, 4)]


def correlated(phi: float, shape: tuple[int, int]) -> np.ndarray:
    draws = np.random.default_rng(1).normal(size=(*shape, NUMBERS))
    for t in range(1, shape[1]):
        draws[:, t] = phi * draws[:, t - 1] + np.sqrt(1 - phi**2) * draws[:, t]
    return draws


def tied(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 3, size=(*shape, NUMBERS)).astype(float)


def apart(shape: tuple[int, int]) -> np.ndarray:
    return correlated(0.2, shape) + 3.0 * np.arange(shape[0])[:, None, None]


def wild(shape: tuple[int, int]) -> np.ndarray:
    draws = np.random.default_rng(3).standard_cauchy(size=(*shape, NUMBERS))
    draws[0, 0, 1], draws[0, 0, 2] = np.nan, np.inf
    return draws


KINDS = {
    "free": lambda shape: correlated(0.0, shape),
    "sticky": lambda shape: correlated(0.95, shape),
    "antithetic": lambda shape: correlated(-0.6, shape),
    "tied": tied,
    "apart": apart,
    "wild": wild,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning:arviz_stats", "ignore::RuntimeWarning:numpy")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_arviz(
    kind: str, shape: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    draws = KINDS[kind](shape)
    found = chains.figures(draws)
    axes = {"chain_axis": 0, "draw_axis": 1}
    with np.errstate(all="ignore"):
        expected = {
            "rhat": array_stats.rhat(draws, **axes),
            "ess_bulk": array_stats.ess(draws, **axes, method="bulk"),
            "ess_tail": array_stats.ess(draws, **axes, method="tail", prob=(0.05, 0.95)),
            "ess_mean": array_stats.ess(draws, **axes, method="mean"),
        }
        mcse = array_stats.mcse(draws, **axes, method="mean") / draws.std(axis=(0, 1), ddof=1)
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(found, name), values, rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(found.mcse_per_sd, mcse, rtol=1e-10)


def test_one_chain_has_nothing_to_agree_with() -> None:
    found = chains.figures(correlated(0.3, (1, 200)))
    assert np.isnan(found.rhat).all()
    np.testing.assert_allclose(
        found.ess_bulk,
        array_stats.ess(correlated(0.3, (1, 200)), chain_axis=0, draw_axis=1, method="bulk"),
        rtol=1e-10,
    )


def test_chains_that_stand_still_at_different_places_do_not_agree() -> None:
    still = np.broadcast_to(np.arange(4.0)[:, None, None], (4, 100, 2))
    assert (chains.figures(still).rhat > 1e6).all()


def test_many_numbers_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = correlated(0.5, (4, 100))
    whole = chains.figures(draws)
    monkeypatch.setattr(chains, "TOGETHER", 900)
    parts = chains.figures(draws)
    for name in ("rhat", "ess_bulk", "ess_tail", "ess_mean"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_no_draws_or_no_numbers_give_no_figures() -> None:
    assert np.isnan(chains.figures(np.zeros((4, 3, 2))).ess_bulk).all()
    assert chains.figures(np.zeros((4, 100, 0))).rhat.shape == (0,)
