"""Known levels of conflict as data of a PyMC model, which holds nothing random of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]


def declare(evidence: FixedConflict, prior: None = None, name: str = "fixed") -> Any:
    """Add the stated levels to the open model as data; return them (pair)."""
    import pymc as pm

    del prior
    pm.modelcontext(None).add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    return pm.Data(f"conflict_{name}", evidence.conflict, dims=f"pair_{name}")


def build(evidence: FixedConflict, prior: None = None) -> pm.Model:
    """Return a model that holds the stated levels and nothing random."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: FixedConflict, prior: None, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return the stated levels as `conflict_level`, (1, pair): one row serves every draw."""
    del prior, draws, rng
    return {"conflict_level": evidence.conflict[None, :]}


draw_prior = draw


def simulate(
    parameters: Mapping[str, Array], design: FixedConflict, rng: np.random.Generator
) -> FixedConflict:
    """Return the same stated levels."""
    del parameters, rng
    return design
