"""How far a change has to go: along quadratics, over draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import Floats


@dataclass(frozen=True, eq=False)
class Steps:
    """Changes of P(ma) along one lever: slope e + bend e^2 after a step e.

    Parameters
    ----------
    slope, bend : ndarray, shape (...)
        Of each draw.
    most : ndarray, shape (...)
        The largest step that a draw can take; a larger one takes it no further.

    Examples
    --------
    >>> Steps(np.array([-1.0]), np.array([0.5]), np.array([0.4])).change(0.2)
    array([-0.18])
    """

    slope: Floats
    bend: Floats
    most: Floats

    def change(self, size: ArrayLike) -> Floats:
        """Return the change after a step.

        Parameters
        ----------
        size : array_like
            The step.

        Returns
        -------
        ndarray, shape (...)
        """
        step = np.minimum(size, self.most)
        return np.asarray(step * (self.slope + step * self.bend))

    def smallest(self, now: ArrayLike, below: float, probability: float) -> float:
        """Return the smallest step that brings enough draws below a number.

        Parameters
        ----------
        now : array_like, shape (draws,)
            P(ma) before it.
        below, probability : float
            As of `smallest_step`.

        Returns
        -------
        float
        """
        return smallest_step(now, self.slope, self.bend, self.most, below, probability)


def smallest_step(
    now: ArrayLike,
    slope: ArrayLike,
    bend: ArrayLike,
    most: ArrayLike,
    below: float,
    probability: float,
) -> float:
    """Return the smallest step after which enough draws of a quadratic are below a number.

    Parameters
    ----------
    now, slope, bend : array_like, shape (draws,)
        A draw is now + slope e + bend e^2 after a step e.
    most : array_like, shape (draws,)
        The largest step that each draw can take; a larger one takes it no further.
    below : float
        What draws are to be below.
    probability : float
        What part of them, in (0, 1].

    Returns
    -------
    float
        The least e such that steps a little larger do; infinity where none does.

    Raises
    ------
    ValueError
        If the probability is outside (0, 1].

    Notes
    -----
    A draw is below the number in at most three intervals of e, between the roots of its quadratic;
    they are counted from left to right.

    Examples
    --------
    >>> smallest_step([0.5, 0.75], [-1.0, -1.0], 0.0, 1.0, 0.25, 1.0)
    0.5
    """
    if not 0 < probability <= 1:
        raise ValueError(f"probability must be in (0, 1], not {probability:g}")
    over, b, a, end = (
        np.ravel(x)
        for x in np.broadcast_arrays(np.asarray(now, dtype=float) - below, slope, bend, most)
    )
    edges = np.stack([np.zeros_like(end), *_roots(over, b, a, end), end])
    middle = 0.5 * (edges[:-1] + edges[1:])
    within = (over + middle * (b + middle * a) < 0) & (edges[1:] > edges[:-1])
    after = over + end * (b + end * a) < 0
    starts = np.sort(np.concatenate([edges[:-1][within], end[after]]))
    ends = np.sort(edges[1:][within])
    candidates = np.unique(starts)
    inside = np.searchsorted(starts, candidates, "right") - np.searchsorted(
        ends, candidates, "right"
    )
    enough = np.flatnonzero(inside >= probability * len(over) - 1e-9)
    return float(candidates[enough[0]]) if len(enough) else float("inf")


def _roots(over: Floats, slope: Floats, bend: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return where quadratics cross zero between 0 and the end, the lower one first."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = np.sqrt(slope * slope - 4 * bend * over)
        # of the two terms of equal sign, so that nothing cancels
        stable = -0.5 * (slope + np.copysign(root, slope))
        found = np.stack([stable / bend, over / stable])
    found = np.where(np.isfinite(found), found, 0.0).clip(0.0, end)
    return found.min(axis=0), found.max(axis=0)
