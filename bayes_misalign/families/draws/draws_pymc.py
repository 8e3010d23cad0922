"""Given draws in a PyMC model: one of them, each as likely as the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_misalign.families.draws.given import Array


def declare_one_of(
    draws: Array, name: str, dims: tuple[str, ...], coords: Mapping[str, tuple[str, ...]]
) -> Any:
    """Add a draw taken at random to the open model; return its tensor, without the draws' axis.

    Notes
    -----
    Which one is the whole part of a uniform number, not an integer: then NUTS can sample the draw
    together with other evidence, on which it does not depend.
    """
    import pymc as pm
    import pytensor.tensor as pt

    pm.modelcontext(None).add_coords(coords)
    place = pm.Uniform(f"place_{name}", 0, len(draws))
    which = pt.clip(pt.floor(place), 0, len(draws) - 1).astype("int64")
    return pm.Deterministic(name, pt.as_tensor(np.array(draws))[which], dims=dims)
