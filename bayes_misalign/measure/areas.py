"""Several problem areas taken together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import Floats, proper_conflict, proper_shares

AreaMean = Literal["arithmetic", "geometric", "harmonic", "min", "max"]


def across_areas(
    values: ArrayLike,
    how: AreaMean = "arithmetic",
    weights: ArrayLike | None = None,
    axis: int = -1,
) -> Floats:
    """Return one value for several problem areas.

    Parameters
    ----------
    values : array_like, shape (..., areas, ...)
        Misalignment in each problem area, non-negative.
    how : {"arithmetic", "geometric", "harmonic", "min", "max"}
        The kind of mean. The geometric and the harmonic one are 0 as soon as one area is.
    weights : array_like, shape (areas,), optional
        Importance of each area, non-negative, any scale; equal by default. An area of weight 0 is
        left out. Not for "min" and "max".
    axis : int, default -1
        The axis of the areas.

    Returns
    -------
    numpy.ndarray
        Shape of `values` without that axis.

    Raises
    ------
    ValueError
        If `how` is unknown or the weights do not fit.

    Notes
    -----
    Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231, take the arithmetic mean.

    Examples
    --------
    >>> float(across_areas([0.25, 0.75]))
    0.5
    """
    if how not in get_args(AreaMean):
        raise ValueError(f"how must be one of {get_args(AreaMean)}, not {how!r}")
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        raise ValueError("values must have an axis of problem areas")
    x = np.moveaxis(array, axis, -1)
    if how in ("min", "max"):
        if weights is not None:
            raise ValueError(f"weights mean nothing to how={how!r}; leave them out")
        return x.min(axis=-1) if how == "min" else x.max(axis=-1)
    w = _area_weights(weights, x.shape[-1])
    x, w = x[..., w > 0], w[w > 0]
    if how == "arithmetic":
        return x @ w
    none = (x == 0).any(axis=-1)
    safe = np.where(x == 0, 1.0, x)
    if how == "geometric":
        mean = np.exp(np.log(safe) @ w)
    else:
        # Relative to the smallest value, so that no reciprocal overflows.
        least = safe.min(axis=-1)
        mean = least / ((least[..., np.newaxis] / safe) @ w)
    return np.where(none, 0.0, mean)[()]


def any_area(
    shares: ArrayLike,
    profiles: ArrayLike,
    conflicts: Sequence[ArrayLike],
    *,
    other: ArrayLike | None = None,
    directed: bool = False,
) -> Floats:
    """Return the probability that two agents conflict in at least one of several areas.

    Parameters
    ----------
    shares : array_like, shape (..., M)
        Share of each profile of answers among the agents, summing to 1.
    profiles : array_like of int, shape (M, areas)
        Goal that the agents of each profile hold in each problem area, as a position in the
        area's conflict matrix.
    conflicts : sequence of array_like, each of shape (..., K_area, K_area)
        Probability of conflict between the goals of each area; leading axes broadcast against
        those of `shares`.
    other : array_like, shape (..., M), optional
        Share of each profile in another population, which the second agent is of. By default both
        are of the same one.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Mean over pairs of agents, drawn with replacement, of 1 - prod over areas of (1 - c_area).

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal; or if a profile names a goal that an area does not have.

    Notes
    -----
    Given the goals of both agents, conflicts in different areas are taken as independent. The
    goals themselves are not: that is why the joint profiles are needed and the shares of each area
    alone are not enough.

    Examples
    --------
    >>> exclusive = [[0.0, 1.0], [1.0, 0.0]]
    >>> float(any_area([0.5, 0.5], [[0, 0], [1, 1]], [exclusive, exclusive]))
    0.5
    >>> float(any_area([1, 0], [[0, 0], [1, 1]], [exclusive, exclusive], other=[0.2, 0.8]))
    0.8
    """
    p = proper_shares(shares)
    q = p if other is None else proper_shares(other)
    if q.shape[-1] != p.shape[-1]:
        raise ValueError(f"other has shares of {q.shape[-1]} profiles, and there are {p.shape[-1]}")
    matrices = [proper_conflict(c, directed=directed) for c in conflicts]
    held = _profiles(profiles, p.shape[-1], matrices)
    lead = np.broadcast_shapes(p.shape[:-1], q.shape[:-1], *(c.shape[:-2] for c in matrices))
    total = np.zeros(lead)
    # A profile at a time, so that no array grows with the square of the profiles and with draws.
    for first, goals in enumerate(held):
        peace = np.ones((*lead, p.shape[-1]))
        for area, c in enumerate(matrices):
            peace *= 1.0 - c[..., goals[area], held[:, area]]
        total += p[..., first] * np.einsum("...m,...m->...", q, 1.0 - peace)
    return total[()]


def _profiles(profiles: ArrayLike, n_profiles: int, matrices: list[Floats]) -> np.ndarray:
    held = np.asarray(profiles)
    expected = (n_profiles, len(matrices))
    if held.shape != expected or not np.issubdtype(held.dtype, np.integer):
        raise ValueError(
            f"profiles must be whole numbers of shape (profiles, areas) = {expected}, "
            f"not {held.dtype} of shape {held.shape}"
        )
    for area, c in enumerate(matrices):
        if held[:, area].min() < 0 or held[:, area].max() >= c.shape[-1]:
            raise ValueError(
                f"profiles of area {area} must lie between 0 and {c.shape[-1] - 1}, the goals of "
                "its conflict matrix"
            )
    return held


def _area_weights(weights: ArrayLike | None, n_areas: int) -> Floats:
    w = np.ones(n_areas) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (n_areas,):
        raise ValueError(f"weights must have one number for each of {n_areas} areas, not {w.shape}")
    if not (np.all(w >= 0) and w.sum() > 0):
        raise ValueError("weights must be non-negative with a positive sum")
    return w / w.sum()
