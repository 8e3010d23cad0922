"""Posterior draws of poststratified shares without a chain: normal mixtures, weighted.

Standard deviations of effects are drawn from their prior, a few hundred points that fill it evenly
(Sobol). Given one the posterior of intercepts, effects and slopes is log-concave and near a normal
distribution at its mode (Laplace); points are weighted by the mass below it. Draws of that mixture
are then weighted by what the posterior says of them (importance sampling), so that they stand for
the posterior itself. `model.stan` and NUTS are other ways to the same; here slopes are explicit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from bayes_misalign.models.poststratified.effects import prior_scales, terms_of, zero_sum
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors

Array = NDArray[np.float64]
NEWTON, CLOSE, LONGEST = 30, 1e-3, 3.0  # steps, when to end, and the longest of them
LEAST_SD = 1e-3


@dataclass(frozen=True)
class Weighted:
    """Draws of shares (draw, cell, goal), and how many independent ones they are worth."""

    shares: Array
    worth: float


@dataclass(frozen=True)
class _Linear:
    """What log odds are made of: (cell, goal, parameter), and where each has its variance from."""

    matrix: Array
    term: NDArray[np.intp]  # -1 where the variance is known
    variance: Array


def _linear(evidence: CellCounts, priors: CellPriors) -> _Linear:
    goals = zero_sum(len(evidence.categories))
    number = goals.shape[1]
    parts = [np.ones((len(evidence.cells), 1))]
    term, variance = [-1] * number, [priors.intercept**2] * number
    for i, one in enumerate(terms_of(evidence)):
        parts.append(one.basis[one.of_cells])
        size = one.basis.shape[1] * number
        term, variance = term + [i] * size, variance + [1.0] * size
        if priors.reached > 0 and one.reached.any():
            parts.append(one.reached[one.of_cells][:, None])
            term, variance = term + [-1] * number, variance + [priors.reached**2] * number
    blocks = [
        np.einsum("cf,kg->ckfg", x, goals).reshape(*x.shape[:1], len(goals), -1) for x in parts
    ]
    return _Linear(np.concatenate(blocks, axis=2), np.array(term, np.intp), np.array(variance))


def sds_of_the_prior(evidence: CellCounts, priors: CellPriors, points: int, seed: int) -> Array:
    """Return points of the prior of the standard deviations, (point, term)."""
    scales = prior_scales(terms_of(evidence), priors)
    even = qmc.Sobol(len(scales), seed=seed).random(points)
    return np.asarray(np.maximum(norm.ppf(0.5 + 0.5 * even) * scales, LEAST_SD))


def weighted_draws(
    evidence: CellCounts, priors: CellPriors, sds: Array, draws: int, rng: np.random.Generator
) -> Weighted:
    """Return draws of the shares of the cells of the evidence, those without answers too."""
    linear = _linear(evidence, priors)
    precision = 1 / np.where(
        linear.term < 0, linear.variance, sds[:, linear.term] ** 2
    )  # (point, parameter)
    there = evidence.cell_n > 0
    matrix, counts = linear.matrix[there], evidence.cell_counts[there]
    middle = np.exp(np.log(precision).mean(axis=0, keepdims=True))
    start, _, _ = _modes(matrix, counts, middle, np.zeros_like(middle))
    mode, factor, log_mass = _modes(matrix, counts, precision, start)
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    point = rng.choice(len(mass), draws, p=mass)
    normal = rng.normal(size=(draws, mode.shape[1]))
    drawn = np.empty_like(normal)
    for one in np.unique(point):
        own = point == one
        drawn[own] = mode[one] + np.linalg.solve(factor[one].T, normal[own].T).T
    logs = _log_shares(linear.matrix, drawn)
    posterior = (evidence.cell_counts * logs).sum(axis=(1, 2))
    posterior += 0.5 * (np.log(precision[point]) - precision[point] * drawn**2).sum(axis=1)
    density = _log_root(factor)[point] - 0.5 * (normal**2).sum(axis=1) + np.log(mass[point])
    ratio = posterior - density
    weights = np.exp(ratio - ratio.max())
    weights /= weights.sum()
    even = (np.arange(draws) + rng.random()) / draws
    kept = np.minimum(np.searchsorted(np.cumsum(weights), even), draws - 1)
    return Weighted(np.exp(logs[kept]), float(1 / (weights**2).sum()))


def _log_shares(matrix: Array, drawn: Array) -> Array:
    cells, goals, number = matrix.shape
    eta = (drawn @ matrix.reshape(-1, number).T).reshape(len(drawn), cells, goals)
    eta -= eta.max(axis=-1, keepdims=True)
    return np.asarray(eta - np.log(np.exp(eta).sum(axis=-1, keepdims=True)))


def _log_root(factor: Array) -> Array:
    """Return half the log determinant of precisions, from their Cholesky factors."""
    return np.asarray(np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1))


def _modes(
    matrix: Array, counts: Array, precision: Array, start: Array
) -> tuple[Array, Array, Array]:
    """Return modes, Cholesky factors of the precision there, and log masses, by Newton's method."""
    cells, goals, number = matrix.shape
    flat, n = matrix.reshape(-1, number), counts.sum(axis=1)
    mode = np.broadcast_to(start, precision.shape)
    diagonal = np.arange(number)
    for _ in range(NEWTON):
        logs = _log_shares(matrix, mode)
        share = np.exp(logs)
        mean = np.matmul(share.transpose(1, 0, 2), matrix).transpose(1, 0, 2)
        apart = matrix[None] - mean[:, :, None, :]
        apart *= (share * n[:, None])[..., None]
        own = np.matmul(flat.T[None], apart.reshape(len(mode), cells * goals, number))
        own[:, diagonal, diagonal] += precision
        slope = (counts - n[:, None] * share).reshape(len(mode), -1) @ flat - precision * mode
        step = np.linalg.solve(own, slope[..., None])[..., 0]
        longest = np.abs(step).max(axis=1, keepdims=True)
        if longest.max() < CLOSE:
            break
        mode = mode + step * np.minimum(1, LONGEST / np.maximum(longest, CLOSE))
    factor = np.linalg.cholesky(own)
    mass = (counts * logs).sum(axis=(1, 2)) - _log_root(factor)
    mass += 0.5 * (np.log(precision) - precision * mode**2).sum(axis=1)
    return mode, factor, mass
