"""Positions of goals given their placements: normal, and drawn exactly.

A mean of placements y_gd is Normal(x_gd, s_gd^2) about the position, whose prior is normal too. The
standard error s_gd is known, or noise_d / sqrt(n_gd) with a noise that is learnt from how
placements scatter. Given the noise positions are normal; without it they are integrated out, and
what is left is one number for each dimension.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.priors import MIDDLE, SpatialPriors

Array = NDArray[np.float64]
GRID = 4000  # points of the noise's posterior, on the logarithmic scale
NEGLIGIBLE = 40.0  # log density below the maximum at which the grid ends
SMALLEST_NOISE, LARGEST_NOISE = 1e-7, 10.0  # the latter in units of the prior's scale


def conditional(mean: Any, variance: Any, prior: SpatialPriors) -> tuple[Any, Any]:
    """Return mean and variance of positions, given mean placements and their error variance."""
    weight = prior.position**2 / (prior.position**2 + variance)
    return MIDDLE + weight * (mean - MIDDLE), weight * variance


def noise_log_likelihood(
    noise: Any, mean: Any, number: Any, square: Any, prior: SpatialPriors, log: Any
) -> Any:
    """Return the log-likelihood of the noise by dimension, positions integrated out."""
    each = noise[..., None, :]
    spread = prior.position**2 + each**2 / number
    scatter = (number - 1) * log(each) + square / (2 * each**2)
    return -(scatter + log(spread) / 2 + (mean - MIDDLE) ** 2 / (2 * spread)).sum(axis=-2)


def draw_noise(
    evidence: SpatialConflict, prior: SpatialPriors, draws: int, rng: np.random.Generator
) -> Array:
    """Return posterior draws of the noise, (draw, D), by inversion on a fine grid."""
    drawn = np.empty((draws, len(evidence.dimensions)))
    for d in range(drawn.shape[1]):
        low, high = np.log(SMALLEST_NOISE), np.log(LARGEST_NOISE * prior.noise)
        for _ in range(3):  # each time a finer grid where the density is
            at = np.linspace(low, high, GRID)
            density = _log_density(at, evidence, prior, d)
            there = np.flatnonzero(density > density.max() - NEGLIGIBLE)
            low, high = at[max(there[0] - 1, 0)], at[min(there[-1] + 1, GRID - 1)]
        height = np.exp(density - density.max())
        mass = np.concatenate([[0.0], np.cumsum((height[1:] + height[:-1]) / 2)])
        drawn[:, d] = np.exp(np.interp(rng.uniform(size=draws), mass / mass[-1], at))
    return drawn


def _log_density(at: Array, evidence: SpatialConflict, prior: SpatialPriors, d: int) -> Array:
    """Return the log posterior density of the logarithm of one dimension's noise."""
    noise, one = np.exp(at), slice(d, d + 1)
    found = noise_log_likelihood(
        noise[:, None],
        evidence.mean[:, one],
        evidence.number[:, one],
        evidence.square[:, one],
        prior,
        np.log,
    )
    return np.asarray(found[:, 0] - noise**2 / (2 * prior.noise**2) + at)


def draw_positions(
    evidence: SpatialConflict, prior: SpatialPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return posterior draws of positions (draw, G, D), and of the noise where it is learnt."""
    found = {}
    variance = evidence.error**2
    if evidence.learns_noise:
        found["noise"] = noise = draw_noise(evidence, prior, draws, rng)
        variance = noise[:, None, :] ** 2 / evidence.number
    centre, spread = conditional(evidence.mean, variance, prior)
    shape = (draws, *evidence.mean.shape)
    found["position"] = centre + np.sqrt(spread) * rng.normal(size=shape)
    return found
