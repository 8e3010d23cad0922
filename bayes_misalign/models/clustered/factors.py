"""The probability of a cluster's answers, its own shares of goals summed out.

A cluster of m answers has shares q of its own, drawn from a Dirichlet with mean p and correlation
rho, its concentration being (1 - rho) / rho. With q summed out, answers n_1 ... n_K in their order
have the probability

    prod_k prod_{i < n_k} ((1 - rho) p_k + i rho) / prod_{i < m} (1 - rho + i rho).

A factor occurs in the likelihood as often as there are clusters with more than i answers k. These
numbers are all that the likelihood needs, and none of them grows with the number of clusters. At
rho = 0 it is the multinomial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]
GRID = (np.arange(400) + 0.5) / 400
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm
MOST_NUMBERS = 4_000_000  # of one array: draws are worked through in batches


@dataclass(frozen=True, eq=False)
class Factors:
    """How often each factor occurs.

    Parameters
    ----------
    first : (S, K) ndarray of float
        Clusters with an answer k: the factor (1 - rho) p_k.
    spare : (S,) ndarray of float
        These, summed over k, less the clusters: by how many factors 1 - rho there are more above
        the line than below.
    again_population, again_goal, again_before : (F,) ndarray of int
        Of each other factor (1 - rho) p_k + i rho: population, k and i, from 1.
    again_times : (F,) ndarray of float
        Clusters with more than i answers k.
    size_population, size_before : (G,) ndarray of int
        Of each factor 1 - rho + i rho below the line: population and i, from 1.
    size_times : (G,) ndarray of float
        Clusters with more than i answers.
    """

    first: Array
    spare: Array
    again_population: Places
    again_goal: Places
    again_before: Places
    again_times: Array
    size_population: Places
    size_before: Places
    size_times: Array


def factors_of(patterns: Array, population: Places, number: Array, populations: int) -> Factors:
    """Return the factors of the likelihood of patterns (D, K), each so many clusters (D,)."""
    first = np.zeros((populations, patterns.shape[1]))
    np.add.at(first, population, number[:, None] * (patterns > 0))
    clusters = np.bincount(population, number, minlength=populations)
    again: list[tuple[int, int, Array]] = []
    sizes: list[tuple[int, int, Array]] = []
    for s in range(populations):
        own = population == s
        again += [(s, k, _more(column, number[own])) for k, column in enumerate(patterns[own].T)]
        sizes.append((s, 0, _more(patterns[own].sum(axis=1), number[own])))
    (of, goal, before), times = _flat(again)
    (of_size, _, size_before), size_times = _flat(sizes)
    spare = first.sum(axis=1) - clusters
    return Factors(first, spare, of, goal, before, times, of_size, size_before, size_times)


def _more(values: Array, number: Array) -> Array:
    """Return how many clusters have more than i of something, for i = 1, 2, ..."""
    top = int(values.max(initial=0))
    there = np.bincount(values.astype(np.int64), number, minlength=top + 1)
    return np.asarray(np.cumsum(there[::-1])[::-1][2:])


def _flat(found: list[tuple[int, int, Array]]) -> tuple[Places, Array]:
    """Return population, goal and i of each factor, (3, F), and how often it occurs."""
    rows = [(np.full(len(x), s), np.full(len(x), k), np.arange(1, len(x) + 1)) for s, k, x in found]
    places = np.concatenate([np.zeros((3, 0), np.int64), *map(np.array, rows)], axis=1)
    return places.astype(np.int64), np.concatenate([np.zeros(0), *(x for _, _, x in found)])


def log_likelihood(factors: Factors, log_share: Array, correlation: Array) -> Array:
    """Return the log probability of all clusters in their order, (draw,).

    `log_share` is (draw, S, K), `correlation` (draw, S).
    """
    population, goal = factors.again_population, factors.again_goal
    rho = correlation[:, population]
    share = np.exp(log_share[:, population, goal])
    above = np.log(np.maximum((1 - rho) * share + factors.again_before * rho, SMALLEST))
    below = np.log1p((factors.size_before - 1) * correlation[:, factors.size_population])
    found = (factors.first * log_share).sum(axis=(1, 2)) + np.log1p(-correlation) @ factors.spare
    return np.asarray(found + above @ factors.again_times - below @ factors.size_times)


def mean_on_grid(factors: Factors, counts: Array) -> float:
    """Return the mean of the correlation under a uniform prior, shares as in counts (S, K)."""
    seen = counts + 0.5
    log_share = np.log(seen / seen.sum(axis=1, keepdims=True))
    each = np.broadcast_to(log_share, (len(GRID), *seen.shape))
    rho = np.broadcast_to(GRID[:, None], (len(GRID), len(seen)))
    found = log_likelihood(factors, each, rho)
    weight = np.exp(found - found.max())
    return float(weight @ GRID / weight.sum())


def log_patterns(patterns: Array, log_share: Array, correlation: Array) -> Array:
    """Return the log probability of each pattern's answers in their order, (draw, D).

    All patterns (D, K) are of one population; `log_share` is (draw, K), `correlation` (draw,).
    """
    draws, (rows, goals) = len(log_share), patterns.shape
    sizes = patterns.sum(axis=1).astype(np.int64)
    most = int(sizes.max(initial=0))
    found = np.empty((draws, rows))
    step = max(1, MOST_NUMBERS // max(goals * (most + 1), rows * goals, 1))
    i = np.arange(most)
    for start in range(0, draws, step):
        part = slice(start, start + step)
        rho, share = correlation[part, None, None], np.exp(log_share[part, :, None])
        factor = np.log(np.maximum((1 - rho) * share + i * rho, SMALLEST))
        rising = np.concatenate([np.zeros_like(share), np.cumsum(factor, axis=-1)], axis=-1)
        of_size = np.log(np.maximum(1 - rho[:, 0] + i * rho[:, 0], SMALLEST))
        below = np.concatenate([np.zeros((len(rho), 1)), np.cumsum(of_size, axis=-1)], axis=-1)
        above = rising[:, np.arange(goals), patterns.astype(np.int64)].sum(axis=-1)
        found[part] = above - below[:, sizes]
    return found
