"""How conflict grows with the distance of two goals, and how likely ratings of it are.

Every function takes the operations of numpy or of PyTensor, so that there is one formula for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.spatial.evidence import Form, SpatialConflict

Array = NDArray[np.float64]
NEARLY_NOTHING = 1e-20  # squared distance below which a root has no slope to speak of
SMALLEST = 1e-12  # of an expected rating whose logarithm is taken


def squared_distance(one: Any, other: Any, weights: Any) -> Any:
    """Return weighted squared distances of positions, dimensions last."""
    return ((one - other) ** 2 * weights).sum(axis=-1)


def growth(square: Any, length: Any, form: Form, sqrt: Any) -> Any:
    """Return (d/l)^2 for the gaussian form, d/l for the others.

    Notes
    -----
    A root has no derivative at 0, where two goals have the same position; a distance of 1e-10 does
    instead.
    """
    if form == "gaussian":
        return square / length**2
    return sqrt(square + NEARLY_NOTHING) / length


def level(grown: Any, form: Form, expm1: Any, minimum: Any) -> Any:
    """Return conflict levels of what `growth` returns."""
    return minimum(grown, 1.0) if form == "linear" else -expm1(-grown)


def expected_ratings(found: Any, lapse: float) -> Any:
    """Return what a rating of a pair is expected to be, from 0 to 1."""
    return lapse / 2 + (1 - lapse) * found


def rating_log_likelihood(
    expected: Any,
    precision: Any,
    tallies: Mapping[str, Any],
    steps: int,
    xp: Any,
) -> Any:
    """Return the log-likelihood of ratings of each pair, up to a constant.

    A rating k of n steps is beta-binomial with the parameters m phi and (1 - m) phi, so that its
    mean is n m. Its rising factorials are sums over steps of logarithms, which only need to know
    how many ratings lie above each step, and below.
    """
    j = np.arange(float(steps))
    phi = precision[..., None]
    most = xp.maximum(expected, SMALLEST) * phi
    rest = xp.maximum(1 - expected, SMALLEST) * phi
    total = tallies["above"] * xp.log(most[..., None] + j)
    total = total + tallies["below"] * xp.log(rest[..., None] + j)
    total = total - tallies["size"] * xp.log(phi[..., None] + j)
    return total.sum(axis=-1)


def rating_tallies(evidence: SpatialConflict) -> dict[str, Array]:
    """Return ratings above and below each step, and their number, by rated pair."""
    counts = evidence.counts  # (N, n + 1)
    return {
        "above": counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:],
        "below": counts.cumsum(axis=1)[:, ::-1][:, 1:],
        "size": np.repeat(counts.sum(axis=1, keepdims=True), counts.shape[1] - 1, axis=1),
    }
