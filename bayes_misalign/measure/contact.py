"""Misalignment of the pairs that meet, where who meets whom is not random."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike, PartlyKnown
from bayes_misalign.measure.shapes import (
    SUM_TOLERANCE,
    Floats,
    as_agents,
    proper_conflict,
    proper_shares,
)


def contact_misalignment(
    mixing: ArrayLike, conflict: ConflictLike, *, directed: bool = False
) -> Floats:
    """Return the probability that two agents who are in contact hold conflicting goals.

    Parameters
    ----------
    mixing : array_like, shape (..., K, K)
        Share m_ij of all contacts that are between a holder of goal i and one of goal j; all sum
        to 1. Where contacts have no direction half of those between two goals stand on each side
        of the diagonal; conflict is symmetric, so that any other way gives the same.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals, symmetric with a zero diagonal.
        Leading axes broadcast against those of mixing.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...)
        Probabilities in [0, 1].

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1 or are negative, or conflict is
        not symmetric with a zero diagonal.

    Notes
    -----
    sum_ij m_ij c_ij. Where contacts are random, m = pp', this is p'Cp of Kierans, Hazan and
    Dori-Hacohen (2022), `misalignment`. Where goals exclude each other it is
    1 - sum_i a_i^2 - Q, with a the shares of the ends of contacts and Q Newman's `modularity`.

    Examples
    --------
    >>> contact_misalignment([[0.4, 0.1], [0.1, 0.4]], [[0, 1], [1, 0]])
    array(0.2)
    """
    m = proper_mixing(mixing)
    c = proper_conflict(conflict, m.shape[-1], directed=directed)
    one, other = np.triu_indices(m.shape[-1], 1)
    level = c.at(one, other) if isinstance(c, PartlyKnown) else c[..., one, other]
    try:
        found = ((m[..., one, other] + m[..., other, one]) * level).sum(axis=-1)
    except ValueError:
        raise ValueError(
            f"the axes before the goals do not fit together: mixing has {m.shape[:-2]}, conflict "
            f"has {c.shape[:-2]}; give both the same number of draws, or one of them none"
        ) from None
    return np.asarray(found)


def mixing_of_contacts(
    goals: ArrayLike, goals_other: ArrayLike, n_goals: int, weights: ArrayLike | None = None
) -> Floats:
    """Return the shares of contacts between the holders of each two goals, from a list of contacts.

    Parameters
    ----------
    goals, goals_other : array_like of int, shape (E,)
        Positions of the goals of the two agents of each contact.
    n_goals : int
        Number of goals K.
    weights : array_like, shape (E,), optional
        How much each contact counts, such as how often the two meet. By default all count alike.

    Returns
    -------
    numpy.ndarray, shape (K, K)
        Symmetric, with a sum of 1.

    Raises
    ------
    ValueError
        If there is no contact, a goal is out of range, or a weight is negative.

    Notes
    -----
    Half of a contact between two goals stands on each side of the diagonal: e_ij of Newman,
    Physical Review E 67, 026126 (2003), equation (1).

    Examples
    --------
    >>> mixing_of_contacts([0, 0, 1, 0], [0, 0, 1, 1], 2)
    array([[0.5  , 0.125],
           [0.125, 0.25 ]])
    """
    one, w = as_agents(goals, weights, n_goals)
    other, _ = as_agents(goals_other, weights, n_goals)
    if len(one) != len(other):
        raise ValueError(
            f"a contact has two agents, but {len(one)} goals stand on one side and {len(other)} on "
            "the other"
        )
    if not w.sum() > 0:
        raise ValueError("there is no contact, or all weights are zero")
    counted = np.bincount(one * n_goals + other, w, n_goals * n_goals).reshape(n_goals, n_goals)
    return np.asarray((counted + counted.T) / (2 * w.sum()))


def modularity(mixing: ArrayLike) -> Floats:
    """Return Newman's modularity: the share of contacts within goals, above that at random.

    Parameters
    ----------
    mixing : array_like, shape (..., K, K)
        Shares of contacts between the holders of each two goals, see `contact_misalignment`.

    Returns
    -------
    numpy.ndarray, shape (...)
        Q in [-1, 1]; 0 where contacts do not depend on goals, given how many each goal has.

    Raises
    ------
    ValueError
        If shares do not sum to 1, or are negative.

    Notes
    -----
    Q = sum_i (m_ii - a_i^2), a_i = sum_j m_ij (Newman and Girvan, Physical Review E 69, 026113,
    2004), of the parts that the goals make. Contacts without a direction, or with one whose ends
    are taken together.

    Examples
    --------
    >>> modularity([[0.4, 0.1], [0.1, 0.4]])
    array(0.3)
    """
    m = proper_mixing(mixing)
    ends = 0.5 * (m.sum(axis=-1) + m.sum(axis=-2))
    return np.asarray(np.einsum("...ii->...", m) - (ends * ends).sum(axis=-1))


def mixing_of_populations(contacts: ArrayLike, shares: ArrayLike) -> Floats:
    """Return the shares of contacts between goals, from those between populations.

    Parameters
    ----------
    contacts : array_like, shape (..., S, S)
        Share of all contacts that are between members of each two populations; all sum to 1.
    shares : array_like, shape (..., S, K)
        Goal shares of each population.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        Symmetric.

    Raises
    ------
    ValueError
        If shares do not sum to 1 or are negative, or the shapes do not fit together.

    Notes
    -----
    m_ij = sum_st M_st p_si p_tj, symmetrised: given the populations of two agents who meet, their
    goals have nothing to do with each other.

    Examples
    --------
    >>> mixing_of_populations([[0.5, 0.0], [0.0, 0.5]], [[1.0, 0.0], [0.5, 0.5]])
    array([[0.625, 0.125],
           [0.125, 0.125]])
    """
    m, p = proper_mixing(contacts, "contacts", "populations"), proper_shares(shares)
    if p.ndim < 2 or p.shape[-2] != m.shape[-1]:
        raise ValueError(
            f"contacts are between {m.shape[-1]} populations, shares have shape {p.shape}; give "
            "shares the shape (..., populations, goals)"
        )
    found = p.swapaxes(-1, -2) @ m @ p
    return np.asarray(0.5 * (found + found.swapaxes(-1, -2)))


def mixing_from_rates(rates: ArrayLike, shares: ArrayLike) -> Floats:
    """Return the shares of contacts between goals, from rates of contact and goal shares.

    Parameters
    ----------
    rates : array_like, shape (..., K, K)
        How often a pair of agents who hold goals i and j is in contact, symmetric, in any unit.
    shares : array_like, shape (..., K)
        Share of each goal group.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        Symmetric, with a sum of 1.

    Raises
    ------
    ValueError
        If shares do not sum to 1, a rate is negative or not symmetric, or nobody meets anybody.

    Notes
    -----
    m_ij = p_i p_j r_ij / sum_kl p_k p_l r_kl. With equal rates m = pp'.

    Examples
    --------
    >>> mixing_from_rates([[3.0, 1.0], [1.0, 3.0]], [0.5, 0.5])
    array([[0.375, 0.125],
           [0.125, 0.375]])
    """
    r, p = np.asarray(rates, dtype=np.float64), proper_shares(shares)
    k = p.shape[-1]
    if r.ndim < 2 or r.shape[-2:] != (k, k):
        raise ValueError(f"rates must have shape (..., {k}, {k}), not {r.shape}")
    if not np.all(r >= 0) or not np.allclose(r, r.swapaxes(-1, -2)):
        raise ValueError("rates must be symmetric, and none of them negative or not a number")
    found = p[..., :, None] * p[..., None, :] * r
    total = found.sum(axis=(-1, -2), keepdims=True)
    if not np.all(total > 0):
        raise ValueError("nobody meets anybody: all rates between goals that are held are zero")
    return np.asarray(found / total)


def proper_mixing(mixing: ArrayLike, name: str = "mixing", of: str = "goals") -> Floats:
    """Return shares of contacts of shape (..., K, K), or say what is wrong with them."""
    m = np.asarray(mixing, dtype=np.float64)
    if m.ndim < 2 or m.shape[-1] != m.shape[-2] or m.shape[-1] == 0:
        raise ValueError(f"{name} must have shape (..., {of}, {of}), not {m.shape}")
    off = np.abs(m.sum(axis=(-1, -2)) - 1.0)
    if not np.all(off <= SUM_TOLERANCE):
        raise ValueError(
            f"all shares of {name} together must sum to 1; divide them by their sum, of counts too"
        )
    if m.min(initial=0.0) < -SUM_TOLERANCE:
        raise ValueError(f"{name} must not be negative")
    return m
