"""What a calibration of positions looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities, single_numbers
from bayes_misalign.models.spatial import generative_levels as levels
from bayes_misalign.models.spatial.evidence import SpatialConflict

Array = NDArray[np.float64]


def placements() -> SpatialConflict:
    """Return four goals that several people placed on two scales, and ratings of three pairs."""
    number = np.array([[5.0, 5], [5, 3], [4, 2], [3, 1]])
    return SpatialConflict.from_means(
        "abcd",
        np.full((4, 2), 0.5),
        number=number,
        square=0.01 * (number - 1),
        weights=[2, 1],
        rated=[[0, 1], [0, 3], [2, 3]],
        counts=np.tile([0.0, 0, 6, 0, 0], (3, 1)),
        origin="a design",
    )


def placed_with_known_error() -> SpatialConflict:
    """Return three goals placed with small and large errors, and ratings; exponential form."""
    return SpatialConflict.from_means(
        "abc",
        [[0.5], [0.5], [0.5]],
        error=[[0.001], [0.02], [0.06]],
        form="exponential",
        rated=[[0, 1], [1, 2]],
        counts=np.tile([0.0, 10, 0], (2, 1)),
        origin="a design",
    )


def placed_exactly() -> SpatialConflict:
    """Return four goals whose positions are known, and ratings of four pairs on the linear form."""
    counts = np.zeros((4, 11))
    counts[:, 5] = 4
    return SpatialConflict.from_means(
        "abcd",
        [[0.1], [0.3], [0.55], [1.0]],
        error=0.0,
        form="linear",
        rated=[[0, 1], [0, 2], [1, 3], [2, 3]],
        counts=counts,
        origin="a design",
    )


def designs() -> dict[str, SpatialConflict]:
    """Return positions whose error is learnt, known, and nil; all with ratings of some pairs."""
    return {
        "several placements": placements(),
        "known errors": placed_with_known_error(),
        "exact positions": placed_exactly(),
    }


def with_data(evidence: SpatialConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of placements and ratings, and how far off they are, (draw,)."""
    position = parameters["position"]
    likelihood = residual = np.zeros(len(position))
    if not evidence.is_exact:
        gap, variance = evidence.mean - position, evidence.error**2
        if evidence.learns_noise:
            each = parameters["noise"][:, None] ** 2
            variance = each / evidence.number
            scatter = (evidence.number - 1) * np.log(each) + evidence.square / each
            likelihood = likelihood - scatter.sum(axis=(1, 2)) / 2
        placed = np.log(variance) + gap**2 / variance
        likelihood = likelihood - placed.sum(axis=(1, 2)) / 2
        residual = residual + np.abs(gap).sum(axis=(1, 2))
    if evidence.has_ratings:
        expected, tallies = parameters["expected_rating"], levels.rating_tallies(evidence)
        steps = len(evidence.levels) - 1
        rated = levels.rating_log_likelihood(expected, parameters["precision"], tallies, steps, np)
        likelihood = likelihood + rated.sum(axis=1)
        given = evidence.counts @ np.linspace(0, 1, steps + 1)
        asked = evidence.counts.sum(axis=1)
        residual = residual + np.abs(given - asked * expected).sum(axis=1)
    if evidence.is_exact and not evidence.has_ratings:
        return {}
    return {"log_likelihood": likelihood, "residual": residual}


def quantities(evidence: SpatialConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and what positions and ratings know beside them, each (draw,)."""
    found = conflict_quantities(evidence, parameters) | single_numbers(parameters)
    for d, dimension in enumerate(evidence.dimensions):
        if "noise" in parameters:
            found[f"noise[{dimension}]"] = parameters["noise"][:, d]
        for g, goal in enumerate(() if evidence.is_exact else evidence.goals):
            found[f"position[{goal}, {dimension}]"] = parameters["position"][:, g, d]
    return found
