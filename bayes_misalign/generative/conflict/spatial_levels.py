"""How conflict grows with the distance of two goals, and how likely ratings of it are.

Every function takes the operations of numpy or of PyTensor, so that there is one formula for both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.evidence.spatial_conflict import Form, SpatialConflict

Array = NDArray[np.float64]
NEARLY_NOTHING = 1e-20  # squared distance below which a root has no slope to speak of
SMALLEST = 1e-12  # of a probability whose logarithm is taken


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


def log_level_and_rest(grown: Any, form: Form, xp: Any) -> tuple[Any, Any]:
    """Return log c and log(1 - c) without loss at either end.

    Parameters
    ----------
    grown : ndarray or tensor
        What `growth` returns.
    form : {"gaussian", "exponential", "linear"}
        How conflict grows.
    xp : module
        numpy or pytensor.tensor.

    Returns
    -------
    log_level, log_rest : ndarray or tensor

    Examples
    --------
    >>> log_level_and_rest(np.array(800.0), "gaussian", np)[1]
    array(-800.)
    """
    found = level(grown, form, xp.expm1, xp.minimum)
    log_level = xp.log(xp.maximum(found, SMALLEST))
    if form == "linear":
        return log_level, xp.log(xp.maximum(1 - grown, SMALLEST))
    return log_level, -grown


def rating_log_likelihood(
    log_level: Any,
    log_rest: Any,
    precision: Any,
    above: Any,
    below: Any,
    size: Any,
    steps: int,
    xp: Any,
) -> Any:
    """Return the log-likelihood of ratings of each pair, up to a constant.

    A rating k of n steps is beta-binomial with the parameters c phi and (1 - c) phi, so that its
    mean is n c. Its rising factorials are sums over steps of logarithms, which only need to know
    how many ratings lie above each step, and below.

    Parameters
    ----------
    log_level, log_rest : ndarray or tensor, shape (..., N)
        log c and log(1 - c).
    precision : ndarray or tensor, shape (...)
        phi.
    above, below : (N, n) ndarray or tensor
        Ratings with k > j, and with n - k > j, for j = 0, ..., n - 1.
    size : (N,) ndarray or tensor
        Number of ratings.
    steps : int
        n, one less than the number of levels.
    xp : module
        numpy or pytensor.tensor.

    Returns
    -------
    ndarray or tensor, shape (..., N)
    """
    log_phi = xp.log(precision)[..., None]
    phi = precision[..., None]
    # j = 0 by itself, in logarithms: at either end of the scale c or 1 - c may be very small
    total = above[:, 0] * (log_level + log_phi) + below[:, 0] * (log_rest + log_phi)
    total = total - size * log_phi
    if steps == 1:
        return total
    j = np.arange(1.0, steps)
    more = above[:, 1:] * xp.log((xp.exp(log_level) * phi)[..., None] + j)
    more = more + below[:, 1:] * xp.log((xp.exp(log_rest) * phi)[..., None] + j)
    every = xp.log(precision[..., None] + j).sum(axis=-1)
    return total + more.sum(axis=-1) - size * every[..., None]


def rating_tallies(evidence: SpatialConflict) -> dict[str, Array]:
    """Return ratings above and below each step, and their number, by rated pair.

    Parameters
    ----------
    evidence : SpatialConflict
        With ratings.

    Returns
    -------
    dict of str to ndarray
        `above` and `below` (N, n), and `size` (N,).

    Examples
    --------
    >>> placed = SpatialConflict.from_means(
    ...     "ab", [[0.2], [0.6]], error=0.1, rated=[[0, 1]], counts=[[1, 2, 4]]
    ... )
    >>> rating_tallies(placed)["above"]
    array([[6., 4.]])
    """
    counts = evidence.counts
    return {
        "above": counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:],
        "below": counts.cumsum(axis=1)[:, ::-1][:, 1:],
        "size": counts.sum(axis=1),
    }
