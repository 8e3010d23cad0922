"""A random walk of latent levels of conflict over waves, in arrays.

The level of each pair, seen from each side, is that of its series and a walk less its mean over
waves. From one wave to another it changes by a normal amount whose variance is `drift`^2 times the
part of the whole time that lies between. Series, where there are several, differ by normal effects
that sum to zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.walks.places import Places

if TYPE_CHECKING:
    from bayes_misalign.models.rated.generative_cells import RatedCells

Array = NDArray[np.float64]
WALK = "walk"


def draw_walk(cells: RatedCells, draws: int, rng: np.random.Generator) -> dict[str, Array]:
    """Return prior draws of `drift` and of effects (draw, population, pair, side)."""
    places, (_, *others) = _places(cells), cells.shape
    shape = (draws, len(places.series), places.modes.shape[1], *others)
    drift = np.abs(rng.normal(scale=cells.prior.drift, size=draws))
    walk = drift[:, None, None, None, None] * rng.normal(size=shape)
    found = {"drift": drift}
    steps = np.einsum("tm,dsmpi->dstpi", places.modes, walk)
    if len(places.series) > 1:
        sd = np.abs(rng.normal(scale=cells.prior.population, size=draws))
        of_series = rng.normal(size=(draws, len(places.series), *others))
        of_series -= of_series.mean(axis=1, keepdims=True)
        found["population_sd"] = sd
        steps = steps + (sd[:, None, None, None] * of_series)[:, :, None]
    found["population_effect"] = steps[:, places.of_series, places.of_wave]
    return found


def told_of_walk(cells: RatedCells) -> dict[str, Array]:
    """Return what ratings show of each mode (series, mode, pair, side), and how much tells it.

    Notes
    -----
    Ratings of one rater tell no more of a wave than what raters differ by leaves of them: the same
    raters may not have rated the others.
    """
    from bayes_misalign.models.rated.generative_cells import rough_levels

    places, evidence, shape = _places(cells), cells.evidence, cells.shape
    number = int(np.prod(shape))
    counts = np.zeros((number, cells.levels))
    np.add.at(counts, cells.place, evidence.counts)
    told = evidence.sizes * cells.information
    if cells.has_raters:
        told = told / (1 + told * cells.prior.severity**2)
    told = np.bincount(cells.place, told, number)
    by_wave = np.zeros((2, len(places.series), len(places.waves), number // shape[0]))
    for into, values in zip(by_wave, (told, rough_levels(counts)), strict=True):
        into[places.of_series, places.of_wave] = values.reshape(shape[0], -1)
    seen, told = places.of_modes(by_wave[0], by_wave[1], np.maximum)
    return {
        "walk_seen": seen.reshape(*seen.shape[:2], *shape[1:]),
        "walk_told": told.reshape(*told.shape[:2], *shape[1:]),
    }


def _places(cells: RatedCells) -> Places:
    assert cells.places is not None, "populations are in no order of time"
    return cells.places
