"""The largest misalignment that shares could reach, and misalignment as a part of it."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike, PartlyKnown
from bayes_misalign.measure.misalignment import misalignment
from bayes_misalign.measure.shapes import Floats, bilinear, proper_conflict

EXACT_GOALS = 15  # 2^15 supports take some 0.1 s a matrix; each goal more doubles that
RANDOM_STARTS = 32
ROUNDS = 300  # of the search from every start
LAST_ROUNDS = 5000  # from the best start alone
MOST_STARTS = 30_000_000  # matrices times goals cubed, each searched from starts of its own
NUMBERS_AT_ONCE = 1 << 19
NEGLIGIBLE_SHARE = 1e-12
NEGLIGIBLE_CONFLICT = 1e-30  # relative to the largest conflict of the matrix


class Maximum(NamedTuple):
    """The largest P(ma) that any shares attain under a conflict matrix.

    Parameters
    ----------
    value : numpy.ndarray, shape (...,)
        Maximum over shares p of p'Cp, or the best value found.
    exact : bool
        True if it is the maximum; False if it is the best value a search found, a lower bound.
    shares : numpy.ndarray, shape (..., K)
        Shares that attain the value.
    """

    value: Floats
    exact: bool
    shares: Floats


def attainable_maximum(conflict: ConflictLike, *, directed: bool = False) -> Maximum:
    """Return the maximum of p'Cp over all shares p.

    Parameters
    ----------
    conflict : array_like, shape (..., K, K)
        Non-negative probabilities of conflict.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Maximum
        Exact if at most 15 goals conflict with any, or if all of them conflict at one level; a
        best-found value, named so, otherwise.

    Raises
    ------
    ValueError
        If the shape is not (..., goals, goals), or a matrix is not symmetric with a zero diagonal.

    Notes
    -----
    A standard quadratic programme (Bomze, Journal of Global Optimization 13, 1998). Take a
    maximiser whose support S is as small as possible. The form is strictly concave along every
    direction inside S (else one could walk, without loss, until a share is zero), so if its value
    is positive C_SS is invertible, and stationarity, C_SS p = lambda 1, has one solution. Hence it
    is enough to solve one system for each support, leave out singular ones, and keep the best of
    the solutions that are shares. Each candidate is judged by its own p'Cp, so that rounding cannot
    overstate the maximum. Cost: 2^K systems a matrix. 4,000 matrices of 6 goals take a
    fraction of a second, of 12 goals half a minute, of 15 goals several minutes: pass fewer draws
    there.

    Above 15 goals the replicator map p_i (Cp)_i / p'Cp, which never lowers p'Cp (Baum and Eagon,
    Bulletin of the AMS 73, 1967), is followed from the centre, from near every goal, and from
    fixed random shares; of many large matrices, from near the best shares of their mean only.

    Examples
    --------
    >>> float(attainable_maximum([[0.0, 0.5], [0.5, 0.0]]).value)
    0.25
    """
    proper = proper_conflict(conflict, directed=directed)
    c = proper.whole() if isinstance(proper, PartlyKnown) else proper
    lead, k = c.shape[:-2], c.shape[-1]
    matrices = c.reshape(-1, k, k)
    # On one scale for all: products of small probabilities must not vanish in a determinant, nor
    # the reciprocals of those far below what the largest is rounded to overflow.
    scale = matrices.max(axis=(1, 2), initial=0.0)[:, np.newaxis, np.newaxis]
    relative = matrices / np.where(scale > 0, scale, 1.0)
    relative[relative < NEGLIGIBLE_CONFLICT] = 0.0
    # Goals that conflict with nothing, such as g_0, add nothing but work.
    active = np.flatnonzero((relative != 0).any(axis=(0, 1)))
    shares = np.zeros((len(matrices), k))
    core = relative[:, active[:, np.newaxis], active]
    alike = _are_alike(core)
    exact = alike or len(active) <= EXACT_GOALS
    if len(active) == 0:
        shares[:, 0] = 1.0
    elif alike:
        shares[:, active] = 1.0 / len(active)
    else:
        shares[:, active] = best_support(core) if exact else _search(core)
    value = np.asarray(bilinear(shares, matrices, shares)).reshape(lead)
    return Maximum(value, exact, shares.reshape(*lead, k))


def _are_alike(matrices: Floats) -> bool:
    """Return whether each matrix has one level off its diagonal, which is zero.

    By symmetry, and p'Cp being concave on the simplex, equal shares are best then.
    """
    k = matrices.shape[1]
    if k < 2:
        return False
    level = matrices[:, :1, 1:2] * (1.0 - np.eye(k))
    return bool((matrices == level).all())


def best_support(matrices: Floats) -> Floats:
    """Return shares (n, K) at the maximum of p'Mp, for symmetric matrices M >= 0 (n, K, K)."""
    n, k = matrices.shape[:2]
    rows = np.arange(n)
    diagonal = np.einsum("nii->ni", matrices)
    shares = np.zeros((n, k))
    shares[rows, diagonal.argmax(axis=1)] = 1.0
    best = diagonal.max(axis=1)
    for size in range(2, k + 1):
        supports = np.array(list(combinations(range(k), size)))
        step = max(1, NUMBERS_AT_ONCE // (len(supports) * size * size))
        for start in range(0, n, step):
            block = slice(start, start + step)
            values, solutions = _stationary(matrices[block], supports)
            winner = values.argmax(axis=1)
            here = np.arange(len(winner))
            better = np.flatnonzero(values[here, winner] > best[block])
            rows = start + better
            best[rows] = values[better, winner[better]]
            shares[rows] = 0.0
            columns = supports[winner[better]]
            shares[rows[:, np.newaxis], columns] = solutions[better, winner[better]]
    return shares


def _stationary(matrices: Floats, supports: np.ndarray) -> tuple[Floats, Floats]:
    """Return value (n, S) and shares (n, S, size) of each support's solution, -1 if none."""
    systems = matrices[:, supports[:, :, np.newaxis], supports[:, np.newaxis, :]]
    regular = np.linalg.det(systems) != 0
    size = supports.shape[1]
    systems_or_identity = np.where(regular[..., np.newaxis, np.newaxis], systems, np.eye(size))
    solutions = np.linalg.solve(systems_or_identity, np.ones((size, 1)))[..., 0]
    totals = solutions.sum(axis=-1)
    usable = regular & np.isfinite(totals) & (totals > 0)
    solutions = solutions / np.where(usable, totals, 1.0)[..., np.newaxis]
    usable &= solutions.min(axis=-1) >= -NEGLIGIBLE_SHARE
    solutions = np.where(usable[..., np.newaxis], np.clip(solutions, 0.0, None), 1.0)
    solutions = solutions / solutions.sum(axis=-1, keepdims=True)
    values = np.einsum("nsi,nsij,nsj->ns", solutions, systems, solutions)
    return np.where(usable, values, -1.0), solutions


def _search(matrices: Floats) -> Floats:
    n, k = matrices.shape[:2]
    if n > 1 and n * k**3 > MOST_STARTS:
        return _search_nearby(matrices)
    scattered = np.random.default_rng(0).dirichlet(np.full(k, 0.3), RANDOM_STARTS) + 1e-9
    near_goals = 0.5 * np.eye(k) + 0.5 / k
    starts = np.concatenate([np.full((1, k), 1.0 / k), near_goals, scattered])
    starts = starts / starts.sum(axis=1, keepdims=True)
    shares = np.empty((n, k))
    step = max(1, NUMBERS_AT_ONCE // starts.size)
    for start in range(0, n, step):
        block = matrices[start : start + step]
        ends = _replicate(np.tile(starts, (len(block), 1, 1)), block, ROUNDS)
        winner = bilinear(ends, block[:, np.newaxis], ends).argmax(axis=1)
        best = ends[np.arange(len(block)), winner][:, np.newaxis]
        shares[start : start + step] = _replicate(best, block, LAST_ROUNDS)[:, 0]
    return shares


def _search_nearby(matrices: Floats) -> Floats:
    """Return the best shares found of many large matrices, from the best of their mean."""
    n, k = matrices.shape[:2]
    best = _search(matrices.mean(axis=0, keepdims=True))
    starts = np.concatenate([best, 0.9 * best + 0.1 / k])
    shares = np.empty((n, k))
    step = max(1, NUMBERS_AT_ONCE // k**2)
    for start in range(0, n, step):
        block = matrices[start : start + step]
        ends = _replicate(np.tile(starts, (len(block), 1, 1)), block, ROUNDS)
        winner = bilinear(ends, block[:, np.newaxis], ends).argmax(axis=1)
        shares[start : start + step] = ends[np.arange(len(block)), winner]
    return shares


def _replicate(shares: Floats, matrices: Floats, rounds: int) -> Floats:
    for _ in range(rounds):
        grown = shares * (shares @ matrices)
        total = grown.sum(axis=-1, keepdims=True)
        # A draw without any conflict stays where it is.
        new = np.divide(grown, total, out=shares.copy(), where=total > 0)
        if np.abs(new - shares).max() < NEGLIGIBLE_SHARE:
            return new
        shares = new
    return shares


def normalised(shares: ArrayLike, conflict: ArrayLike, *, directed: bool = False) -> Floats:
    """Return misalignment as a part of what the conflict between the goals lets shares reach.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        p'Cp / max over shares of p'Cp, in [0, 1] where the maximum is exact (`attainable_maximum`:
        up to 15 goals in conflict); not a number where no two goals conflict.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    Kierans, Hazan and Dori-Hacohen (2022) divide by a bound for exclusive goals. Under graded
    conflict no shares come near it; this maximum is attained by some shares, so 1 means 1.

    Examples
    --------
    >>> float(normalised([0.5, 0.5], [[0.0, 0.2], [0.2, 0.0]]))
    1.0
    """
    value = np.asarray(misalignment(shares, conflict, directed=directed))
    top = np.asarray(attainable_maximum(conflict, directed=directed).value)
    unknown = np.full(np.broadcast_shapes(value.shape, top.shape), np.nan)
    np.divide(value, top, out=unknown, where=top > 0)
    return unknown


def normalised_by_bound(misalignment: ArrayLike, n_goals: int) -> Floats:
    """Return misalignment over (k - 1)/k, the bound for k goals that all exclude each other.

    Parameters
    ----------
    misalignment : array_like, shape (...,)
        P(ma) of two agents drawn with replacement.
    n_goals : int
        Number k of goals, at least 2; with g_0 only if that conflicts with goals.

    Returns
    -------
    numpy.ndarray, shape (...,)
        P(ma) * k / (k - 1). It may exceed 1 for anything but exclusive goals and two agents drawn
        with replacement; `normalised` may not.

    Raises
    ------
    ValueError
        If there are fewer than two goals.

    Notes
    -----
    Kierans, Hazan and Dori-Hacohen (2022) with their count of goals read as k. With g_0 among
    them, ``(|G| - 1)/|G|`` is the bound only if holding no goal conflicts with goals: count it
    then.

    Examples
    --------
    >>> float(normalised_by_bound(0.25, 2))
    0.5
    """
    if n_goals < 2:
        raise ValueError(f"the bound (k - 1)/k needs n_goals of at least 2, not {n_goals}")
    scaled: Floats = np.asarray(misalignment, dtype=np.float64) * (n_goals / (n_goals - 1))
    return scaled
