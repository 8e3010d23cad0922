"""What positions say beside the levels: where goals are, and how far conflict reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.joint import source_names

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SpatialResults:
    """What one source of positions says beside the levels of conflict."""

    source: SpatialConflict
    # by dimension and goal, in the units of the dimension's own scale
    positions: Mapping[str, Mapping[str, Estimate]]
    length: Estimate | None  # on which conflict grows, as a share of a scale's; None if known
    noise: Mapping[str, Estimate]  # sd of single placements by dimension; empty where known
    precision: Estimate | None  # the larger, the more ratings of a pair agree


def spatial_results(result: Posterior) -> tuple[SpatialResults, ...]:
    """Return what each source of positions says beside the levels; empty if no goal was placed."""
    conflict = result.study.conflict
    found = [
        results_of(source, name, result)
        for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        if isinstance(source, SpatialConflict)
    ]
    return tuple(one for one in found if one is not None)


def results_of(source: SpatialConflict, name: str, result: Posterior) -> SpatialResults | None:
    """Return what one source, by its name in the study, says; None if positions were not kept."""

    def drawn(quantity: str) -> Array | None:
        if not result.groups.has(POSTERIOR, f"{quantity}_{name}"):
            return None
        values = result.groups.values(POSTERIOR, f"{quantity}_{name}")
        return np.asarray(values.reshape(-1, *values.shape[2:]))

    def single(quantity: str) -> Estimate | None:
        values = drawn(quantity)
        return None if values is None else result.estimate(quantity, values)

    position, noise = drawn("position"), drawn("noise")
    if position is None:
        return None
    width = np.abs(np.diff(source.ends, axis=1))[:, 0]
    positions = {
        dimension: {
            goal: result.estimate(goal, source.in_units(d, position[:, g, d]))
            for g, goal in enumerate(source.goals)
        }
        for d, dimension in enumerate(source.dimensions)
    }
    scatter = {
        dimension: result.estimate(dimension, width[d] * noise[:, d])
        for d, dimension in enumerate(source.dimensions)
        if noise is not None
    }
    return SpatialResults(source, positions, single("length"), scatter, single("precision"))
