"""A random walk of latent levels of conflict over waves, in the open PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.families.raters.rater_effects_pymc import zero_sum
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.walk import told_of_walk


def declare_steps(cells: RatedCells, name: str) -> Any:
    """Add what waves add to latent levels (population, pair, side), see `walk.draw_walk`."""
    import pymc as pm

    from bayes_misalign.families.walks.walk_pymc import declare_walk

    places, model = cells.places, pm.modelcontext(None)
    assert places is not None
    several = len(places.series) > 1
    model.add_coord(f"series_{name}", places.series)
    model.add_coord(f"mode_{name}", [f"mode {i + 1}" for i in range(places.modes.shape[1])])
    of_pair = (f"every_pair_{name}", f"side_{name}")
    dims = (f"series_{name}", f"mode_{name}", *of_pair)
    drift = pm.HalfNormal(f"drift_{name}", cells.prior.drift)
    told = {key: pm.Data(f"{key}_{name}", x, dims=dims) for key, x in told_of_walk(cells).items()}
    walk = declare_walk(f"walk_{name}", drift, told["walk_seen"], told["walk_told"], dims)
    steps = (places.modes[None, :, :, None, None] * walk[:, None]).sum(axis=2)
    if several:
        sd = pm.HalfNormal(f"population_sd_{name}", cells.prior.population)
        # the dimension that sums to zero comes last
        own = zero_sum(f"series_own_{name}", sd, _well_known(cells), (*of_pair, dims[0]))
        steps = steps + own.transpose(2, 0, 1)[:, None]
    found = steps[places.of_series, places.of_wave]
    return pm.Deterministic(
        f"population_effect_{name}", found, dims=(f"population_{name}", *of_pair)
    )


def _well_known(cells: RatedCells) -> bool:
    """Return whether ratings tell most levels of series better than their scale does."""
    assert cells.places is not None
    levels = int(np.prod(cells.shape[1:]))
    series = cells.places.of_series[cells.evidence.population]
    places = series * levels + cells.place % levels
    known = cells.well_known(places, cells.differing * levels, cells.prior.population)
    return bool(np.median(known))
