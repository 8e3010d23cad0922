"""How likely two agents of a population are to hold conflicting goals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.shapes import Floats, bilinear, proper_conflict, proper_shares


def misalignment(shares: ArrayLike, conflict: ConflictLike, *, directed: bool = False) -> Floats:
    """Return P(ma) = p'Cp, the probability that two random agents hold conflicting goals.

    The two agents are drawn with replacement; see `distinct_agents` for two different ones.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1; typically (draws, populations, goals).
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals. Its leading axes broadcast
        against those of `shares`: (K, K), or (draws, 1, K, K) for one matrix a draw.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Probability of misalignment.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    Kierans, Hazan and Dori-Hacohen, "Quantifying Misalignment Between Agents" (NeurIPS ML Safety
    Workshop 2022). It is the quadratic entropy of Rao (1982) with conflict as the distance; with
    exclusive goals it is the Gini-Simpson index; half of the Potential for Conflict Index PCI2.

    Examples
    --------
    >>> float(misalignment([0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]]))
    0.5
    """
    p = proper_shares(shares)
    return bilinear(p, proper_conflict(conflict, p.shape[-1], directed=directed), p)


def alignment(shares: ArrayLike, conflict: ConflictLike, *, directed: bool = False) -> Floats:
    """Return P(a) = 1 - p'Cp, the probability that two random agents do not conflict.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Share of each goal group, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Probability of alignment.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    The complement of `misalignment`; Kierans, Hazan and Dori-Hacohen (2022).

    Examples
    --------
    >>> float(alignment([0.75, 0.25], exclusive_conflict(2)))
    0.625
    """
    return 1.0 - misalignment(shares, conflict, directed=directed)


def distinct_agents(misalignment: ArrayLike, population_size: ArrayLike) -> Floats:
    """Return the misalignment of two different agents of a finite population.

    Parameters
    ----------
    misalignment : array_like, shape (...,)
        P(ma) of two agents drawn with replacement.
    population_size : array_like of int
        Number N of agents, at least 2; broadcasts against `misalignment`.

    Returns
    -------
    numpy.ndarray, shape (...,)
        P(ma) * N / (N - 1).

    Raises
    ------
    ValueError
        If a population has fewer than two agents, or the shapes do not fit together.

    Notes
    -----
    Two draws with replacement pick the same agent with probability 1/N, and an agent does not
    conflict with itself. Only exact if holders of the same goal never conflict; Simpson (1949).

    Examples
    --------
    >>> float(distinct_agents(0.5, 2))
    1.0
    """
    value = np.asarray(misalignment, dtype=np.float64)
    size = np.asarray(population_size, dtype=np.float64)
    if not np.all(size >= 2):
        raise ValueError(
            "two different agents need a population of at least 2, not "
            f"population_size {np.min(size):g}"
        )
    try:
        return value * (size / (size - 1.0))
    except ValueError:
        raise ValueError(
            f"population_size has shape {size.shape}, which does not broadcast against "
            f"misalignment of shape {value.shape}"
        ) from None


def exclusive_conflict(n_goals: int, no_goal: bool = False) -> Floats:
    """Return the conflict matrix of goals that exclude each other.

    Parameters
    ----------
    n_goals : int
        Number k of goals, at least 1, without g_0.
    no_goal : bool, default False
        Whether to add g_0, the agents who hold no goal: a last row and column of zeros.

    Returns
    -------
    numpy.ndarray, shape (K, K)
        Ones off the diagonal, K = k or k + 1.

    Raises
    ------
    ValueError
        If there is no goal.

    Notes
    -----
    The mutually exclusive case of Jang, Dori-Hacohen and Allan's contention model (ICTIR 2017).

    Examples
    --------
    >>> exclusive_conflict(2, no_goal=True)
    array([[0., 1., 0.],
           [1., 0., 0.],
           [0., 0., 0.]])
    """
    if n_goals < 1:
        raise ValueError(f"n_goals must be at least 1, not {n_goals}")
    conflict = np.zeros((n_goals + no_goal, n_goals + no_goal))
    conflict[:n_goals, :n_goals] = 1.0 - np.eye(n_goals)
    return conflict
