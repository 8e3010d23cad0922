"""Misalignment of a union of populations: how much lies within them, how much between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.contributions import pairs
from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.shapes import (
    Conflict,
    Floats,
    as_shares,
    bilinear,
    facing,
    leading_shape,
    proper_conflict,
    proper_shares,
    without_population_axis,
)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """P(ma) of a union of S populations, taken apart.

    Parameters
    ----------
    within : numpy.ndarray, shape (...,)
        Part in which both agents are of the same population; sum of `population_terms`.
    between : numpy.ndarray, shape (...,)
        Part in which they are of different populations; sum of `pair_terms`.
    total : numpy.ndarray, shape (...,)
        P(ma) of the union, `within` + `between`.
    population_terms : numpy.ndarray, shape (..., S)
        pi_s^2 P_s of each population.
    pair_terms : numpy.ndarray, shape (..., S (S - 1) / 2), or None
        2 pi_s pi_t P_st of each two populations s < t, in the order of `pairs(S)`. None if they
        were not asked for.
    """

    within: Floats
    between: Floats
    total: Floats
    population_terms: Floats
    pair_terms: Floats | None


def union_shares(shares: ArrayLike, population_shares: ArrayLike) -> Floats:
    """Return the goal shares of a union of populations.

    Parameters
    ----------
    shares : array_like, shape (..., S, K)
        Shares of the goal groups in each of S populations.
    population_shares : array_like, shape (..., S)
        Share pi_s of each population in the union, summing to 1.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        The sum over s of pi_s p_s.

    Raises
    ------
    ValueError
        If the shapes do not fit together or the population shares do not sum to 1.

    Notes
    -----
    The law of total probability.

    Examples
    --------
    >>> union_shares([[1.0, 0.0], [0.0, 1.0]], [0.25, 0.75])
    array([0.25, 0.75])
    """
    p, pi = _populations(shares, population_shares)
    union: Floats = np.einsum("...s,...sk->...k", pi, p)
    return union


def decompose(
    shares: ArrayLike,
    conflict: ConflictLike,
    population_shares: ArrayLike,
    *,
    pair_terms: bool = True,
    directed: bool = False,
) -> Decomposition:
    """Split P(ma) of a union of populations into a part within and a part between them.

    Parameters
    ----------
    shares : array_like, shape (..., S, K)
        Shares of the goal groups in each of S populations.
    conflict : array_like, shape (K, K) or (..., 1, K, K)
        Probability of conflict between holders of each two goals, the same for all populations.
    population_shares : array_like, shape (..., S)
        Share pi_s of each population in the union, summing to 1.
    pair_terms : bool, default True
        Whether to return a term for each two populations: draws x S (S - 1) / 2 numbers, too many
        for thousands of populations. The totals are the same without.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Decomposition
        Within, between, total, and their terms.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal, if conflict differs between the populations, or the
        population shares do not sum to 1.

    Notes
    -----
    sum_s pi_s^2 P_s + sum_{s != t} pi_s pi_t P_st = P(ma) of the union, an identity of the
    bilinear form; after the apportionment of diversity of Rao (1982). Unlike his "between", the
    part between is what pairs of agents from different populations contribute.

    Examples
    --------
    >>> parts = decompose([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]], [0.25, 0.75])
    >>> float(parts.within), float(parts.between), float(parts.total)
    (0.0, 0.375, 0.375)
    """
    p, pi = _populations(shares, population_shares)
    c = proper_conflict(conflict, p.shape[-1], directed=directed)
    without_population_axis(c)
    leading_shape(p, c)
    own = pi * pi * bilinear(p, c, p)
    # Each population against the whole union, less itself: S products instead of S squared.
    union = union_shares(p, pi)[..., np.newaxis, :]
    across = pi * bilinear(p, c, union) - own
    within, apart = own.sum(axis=-1), across.sum(axis=-1)
    terms = _pair_terms(p, c, pi) if pair_terms else None
    return Decomposition(within, apart, within + apart, own, terms)


def _pair_terms(shares: Floats, conflict: Conflict, population_shares: Floats) -> Floats:
    first, second = pairs(shares.shape[-2])
    matrix = shares @ facing(shares, conflict).swapaxes(-1, -2)
    both_ways = matrix[..., first, second] + matrix[..., second, first]
    return population_shares[..., first] * population_shares[..., second] * both_ways


def _populations(shares: ArrayLike, population_shares: ArrayLike) -> tuple[Floats, Floats]:
    p = proper_shares(shares)
    pi = as_shares(population_shares, "population_shares")
    if p.ndim < 2 or pi.shape[-1] != p.shape[-2]:
        raise ValueError(
            "shares must have shape (..., populations, goals) and population_shares "
            f"(..., populations), not {p.shape} and {pi.shape}"
        )
    try:
        np.broadcast_shapes(p.shape[:-1], pi.shape)
    except ValueError:
        raise ValueError(
            f"the draws of population_shares {pi.shape} do not fit those of shares {p.shape}"
        ) from None
    if not np.allclose(pi.sum(axis=-1), 1.0, rtol=0.0, atol=1e-6):
        raise ValueError(
            "population_shares must sum to 1 over the populations; divide sizes by their total"
        )
    return p, pi
