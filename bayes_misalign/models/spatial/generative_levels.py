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
    """Return weighted squared distances of positions, dimensions last.

    Parameters
    ----------
    one, other : ndarray or tensor, shape (..., D)
        Positions as shares of the length of each scale.
    weights : (D,) ndarray
        Summing to one, so that opposite corners are one apart.

    Returns
    -------
    ndarray or tensor, shape (...)

    Examples
    --------
    >>> corner = np.array([[1.0, 1.0]])
    >>> squared_distance(0 * corner, corner, np.array([0.5, 0.5]))
    array([1.])
    """
    return ((one - other) ** 2 * weights).sum(axis=-1)


def growth(square: Any, length: Any, form: Form, sqrt: Any) -> Any:
    """Return (d/l)^2 for the gaussian form, d/l for the others.

    Parameters
    ----------
    square : ndarray or tensor
        Squared distances.
    length : float, ndarray or tensor
        The length l, broadcasting against them.
    form : {"gaussian", "exponential", "linear"}
        How conflict grows.
    sqrt : callable
        Of numpy or PyTensor.

    Returns
    -------
    ndarray or tensor

    Notes
    -----
    A root has no derivative at 0, where two goals have the same position; a distance of 1e-10 does
    instead.
    """
    if form == "gaussian":
        return square / length**2
    return sqrt(square + NEARLY_NOTHING) / length


def level(grown: Any, form: Form, expm1: Any, minimum: Any) -> Any:
    """Return conflict levels of what `growth` returns.

    Parameters
    ----------
    grown : ndarray or tensor
        Distances over the length, squared or not.
    form : {"gaussian", "exponential", "linear"}
        How conflict grows.
    expm1, minimum : callable
        Of numpy or PyTensor.

    Returns
    -------
    ndarray or tensor

    Examples
    --------
    >>> float(level(np.array(1.0), "gaussian", np.expm1, np.minimum).round(3))
    0.632
    """
    return minimum(grown, 1.0) if form == "linear" else -expm1(-grown)


def expected_ratings(found: Any, lapse: float) -> Any:
    """Return what a rating of a pair is expected to be, from 0 to 1.

    Parameters
    ----------
    found : float, ndarray or tensor
        Conflict levels.
    lapse : float
        Part of the ratings that say nothing about the pair, with a mean of one half.

    Returns
    -------
    float, ndarray or tensor

    Examples
    --------
    >>> expected_ratings(0.5, 0.02), expected_ratings(1.0, 0.02)
    (0.5, 0.99)
    """
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

    Parameters
    ----------
    expected : ndarray or tensor, shape (..., N)
        m.
    precision : ndarray or tensor, shape (...)
        phi.
    tallies : mapping of str to (N, n) ndarray or tensor
        What `rating_tallies` returns: `above` and `below` are ratings with k > j and with n - k >
        j, and `size` is all of them, for each step j = 0, ..., n - 1.
    steps : int
        n, one less than the number of levels.
    xp : module
        numpy or pytensor.tensor.

    Returns
    -------
    ndarray or tensor, shape (..., N)
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
    """Return ratings above and below each step, and their number, by rated pair.

    Parameters
    ----------
    evidence : SpatialConflict
        With ratings.

    Returns
    -------
    dict of str to ndarray
        `above`, `below` and `size` (N, n); the last is the same for every step.

    Examples
    --------
    >>> placed = SpatialConflict.from_means(
    ...     "ab", [[0.2], [0.6]], error=0.1, rated=[[0, 1]], counts=[[1, 2, 4]]
    ... )
    >>> rating_tallies(placed)["above"]
    array([[6., 4.]])
    """
    counts = evidence.counts  # (N, n + 1)
    return {
        "above": counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:],
        "below": counts.cumsum(axis=1)[:, ::-1][:, 1:],
        "size": np.repeat(counts.sum(axis=1, keepdims=True), counts.shape[1] - 1, axis=1),
    }
