"""Goals that matter more to some agents: misalignment with goal weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import (
    Floats,
    as_agents,
    as_conflict,
    bilinear,
    proper_conflict,
    proper_shares,
)

PairWeightKind = Literal["geometric", "arithmetic", "harmonic", "min", "max"]

NUMBERS_AT_ONCE = 1 << 20


def pair_weight(kind: PairWeightKind = "geometric") -> Callable[[ArrayLike, ArrayLike], Floats]:
    """Return the function that joins the goal weights of two agents into one.

    Parameters
    ----------
    kind : {"geometric", "arithmetic", "harmonic", "min", "max"}
        The kind of mean.

    Returns
    -------
    callable
        w(w_i, w_j), which broadcasts; of two equal weights it returns that weight.

    Raises
    ------
    ValueError
        If the kind is unknown.

    Notes
    -----
    Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231.

    Examples
    --------
    >>> float(pair_weight("geometric")(0.25, 1.0))
    0.5
    """
    check_kind(kind)
    return _JOINED[kind]


def weighted_misalignment(
    shares: ArrayLike, conflict: ArrayLike, expected_weight: ArrayLike, *, directed: bool = False
) -> Floats:
    """Return the sum over i, j of p_i p_j c_ij E[w(W_i, W_j)].

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    expected_weight : array_like, shape (..., K, K)
        Expected joint weight, in [0, 1], of a random holder of i and another of j.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Weighted misalignment.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231, in expectation over the agents of a
    goal group.

    Examples
    --------
    >>> half = [[0.5, 0.5], [0.5, 0.5]]
    >>> float(weighted_misalignment([0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]], half))
    0.25
    """
    p, c = proper_shares(shares), proper_conflict(conflict, directed=directed)
    w = np.asarray(expected_weight, dtype=np.float64)
    if w.shape[-2:] != c.shape[-2:]:
        raise ValueError(
            f"expected_weight must have shape (..., goals, goals) like conflict {c.shape}, "
            f"not {w.shape}"
        )
    return bilinear(p, as_conflict(c * w, p.shape[-1]), p)


def agents_misalignment(
    goals: ArrayLike,
    conflict: ArrayLike,
    weights: ArrayLike | None = None,
    kind: PairWeightKind = "geometric",
    distinct: bool = True,
    *,
    directed: bool = False,
) -> Floats:
    """Return the misalignment of a list of agents, each with a goal and a weight.

    Parameters
    ----------
    goals : array_like of int, shape (n,)
        Position of each agent's goal in `conflict`.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals.
    weights : array_like, shape (n,), optional
        Weight of each agent's goal, non-negative; 1 for all by default.
    kind : {"geometric", "arithmetic", "harmonic", "min", "max"}
        How the weights of two agents are joined.
    distinct : bool, default True
        Whether the two agents are different ones: the mean over n (n - 1) ordered pairs. Otherwise
        they are drawn with replacement: the mean over n^2.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Mean over pairs of agents of c_ab w(W_a, W_b).

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero
        diagonal, a goal is not in `conflict`, a weight is negative, the kind is unknown, or there
        are too few agents.

    Notes
    -----
    Kierans, Ghosh, Hazan and Dori-Hacohen, arXiv 2406.04231. Only the weight of each two goal
    groups is summed, so draws of `conflict` cost little; all kinds but the harmonic take
    n log n steps, the harmonic the square of the number of different weights.

    Examples
    --------
    >>> float(agents_misalignment([0, 0, 1, 1], [[0.0, 1.0], [1.0, 0.0]], distinct=False))
    0.5
    """
    check_kind(kind)
    c = proper_conflict(conflict, directed=directed)
    k = c.shape[-1]
    g, w = as_agents(goals, weights, k)
    n = len(g)
    if n < 1 + distinct:
        raise ValueError(f"at least {1 + distinct} agents are needed, not {n}")
    joint = group_weights(g, w, k, kind)
    if distinct:
        # An agent's weight joined with itself is that weight, whatever the kind.
        joint[np.diag_indices(k)] -= np.bincount(g, w, minlength=k)
    total: Floats = np.einsum("...ij,ij->...", c, joint) / (n * (n - distinct))
    return total


def group_weights(
    goals: ArrayLike, weights: ArrayLike, n_goals: int, kind: PairWeightKind = "geometric"
) -> Floats:
    """Return the sum of w(W_a, W_b) over the agents a of goal i and b of goal j.

    Parameters
    ----------
    goals : array_like of int, shape (n,)
        Position of each agent's goal.
    weights : array_like, shape (n,)
        Weight of each agent's goal.
    n_goals : int
        Number K of goals.
    kind : {"geometric", "arithmetic", "harmonic", "min", "max"}
        How the weights of two agents are joined.

    Returns
    -------
    numpy.ndarray, shape (K, K)
        Sums; over the products of the group sizes they are the expected weights of
        `weighted_misalignment`.

    Raises
    ------
    ValueError
        If the kind is unknown, or goals and weights do not fit together.

    Notes
    -----
    Geometric and arithmetic means factorise over the two agents; min(x, y) is the integral over t
    of [x > t][y > t], and max(x, y) = x + y - min(x, y).

    Examples
    --------
    >>> group_weights([0, 1], [0.25, 1.0], 2, "min")
    array([[0.25, 0.25],
           [0.25, 1.  ]])
    """
    check_kind(kind)
    g, w = as_agents(goals, weights, n_goals)
    if kind == "geometric":
        roots = np.bincount(g, np.sqrt(w), minlength=n_goals)
        return np.outer(roots, roots)
    sums = np.outer(np.bincount(g, w, minlength=n_goals), np.bincount(g, minlength=n_goals))
    either = sums + sums.T
    if kind == "arithmetic":
        return 0.5 * either
    levels, which = np.unique(w, return_inverse=True)
    holders = np.zeros((len(levels), n_goals))
    np.add.at(holders, (which, g), 1.0)
    if kind == "harmonic":
        return _harmonic_sums(levels, holders)
    at_least = np.cumsum(holders[::-1], axis=0)[::-1]
    steps = np.diff(levels, prepend=0.0)
    least: Floats = at_least.T @ (steps[:, np.newaxis] * at_least)
    return least if kind == "min" else either - least


def check_kind(kind: str) -> None:
    """Raise ValueError if this is not a kind of pair weight."""
    if kind not in get_args(PairWeightKind):
        raise ValueError(f"kind must be one of {get_args(PairWeightKind)}, not {kind!r}")


def _harmonic_sums(levels: Floats, holders: Floats) -> Floats:
    sums = np.zeros((holders.shape[1], holders.shape[1]))
    step = max(1, NUMBERS_AT_ONCE // len(levels))
    for start in range(0, len(levels), step):
        block = slice(start, start + step)
        joined = _harmonic(levels[block, np.newaxis], levels)
        sums += holders[block].T @ (joined @ holders)
    return sums


def _geometric(first: ArrayLike, second: ArrayLike) -> Floats:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    # The product of the roots neither underflows nor overflows where the root of the product does.
    return np.sqrt(a) * np.sqrt(b)


def _arithmetic(first: ArrayLike, second: ArrayLike) -> Floats:
    return 0.5 * (np.asarray(first, dtype=np.float64) + np.asarray(second, dtype=np.float64))


def _harmonic(first: ArrayLike, second: ArrayLike) -> Floats:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    total = a + b
    return np.divide(2.0 * a * b, total, out=np.zeros_like(total), where=total > 0)[()]


def _least(first: ArrayLike, second: ArrayLike) -> Floats:
    return np.minimum(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))


def _most(first: ArrayLike, second: ArrayLike) -> Floats:
    return np.maximum(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))


_JOINED: dict[str, Callable[[ArrayLike, ArrayLike], Floats]] = {
    "geometric": _geometric,
    "arithmetic": _arithmetic,
    "harmonic": _harmonic,
    "min": _least,
    "max": _most,
}
