"""The published cases and simulations have their exact values."""

from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm

FOLDER = Path(__file__).parents[2] / "examples" / "quantifying-misalignment"
UNIFORM = ((2 / 3) * (0.75**1.5 - 0.25**1.5) / 0.5) ** 2  # (E sqrt W)^2, W uniform on 1/4 to 3/4
EXACT = {
    "shopping": [0.0897212875, 0.4240573484],
    "simulations": [2 / 3, 4 / 5, 0.5625, 0.72, 0.705, 9 / 16 * UNIFORM],
}


def fitted(name: str) -> bm.AreasPosterior:
    study = bm.read_areas(FOLDER / f"{name}.toml")
    return bm.fit_areas(study, draws=10, chains=1)


def test_cars_and_pedestrians() -> None:
    posterior = fitted("study")
    assert len(posterior.misalignment()) == 8
    assert round(posterior.aggregate()["arithmetic"].mean, 6) == 0.106346


@pytest.mark.parametrize("name", EXACT)
def test_shopping_and_simulations(name: str) -> None:
    found = [estimate.mean for estimate in fitted(name).misalignment().values()]
    np.testing.assert_allclose(found, EXACT[name], rtol=2e-6)


def test_the_page_of_the_example_states_the_same_numbers() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for number in (0.106346, *np.round(EXACT["shopping"], 6), round(9 / 16 * UNIFORM, 6)):
        assert f"{number:.6f}" in text
