"""Conflict of agents who put alternatives in an order: by pairs of them, or by first choices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.known_and_drawn import AT_ONCE, ConflictLike, PartlyKnown
from bayes_misalign.measure.lifted import as_partly_known
from bayes_misalign.measure.shapes import Floats, proper_shares

TieRule = Literal["agree", "coin"]
OrderDistance = Literal["kendall", "first"]


def preferences(positions: ArrayLike, ties: TieRule = "agree") -> Floats:
    """Return which alternative of each two stands before the other.

    Parameters
    ----------
    positions : array_like of int, shape (..., K)
        Place of each of K alternatives in an order, 1 for the first. Alternatives with the same
        place are tied; 0 is an alternative of which nothing is known. An order of zeros alone is
        that of an agent who holds no preference.
    ties : {"agree", "coin"}
        Of two alternatives without an order neither stands before the other; or each does with
        probability 1/2, as if a coin had been tossed.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        1 where the alternative of the row stands before that of the column; else 0, or 1/2.

    Raises
    ------
    ValueError
        If positions are not whole numbers from 0, or the rule is unknown.

    Examples
    --------
    >>> preferences([1, 2, 2])
    array([[0., 1., 1.],
           [0., 0., 0.],
           [0., 0., 0.]])
    """
    if ties not in get_args(TieRule):
        raise ValueError(f"ties must be one of {get_args(TieRule)}, not {ties!r}")
    at = np.asarray(positions, dtype=np.float64)
    if at.ndim < 1 or not (np.isfinite(at).all() and (at >= 0).all() and (at % 1 == 0).all()):
        raise ValueError("positions must be whole numbers from 0")
    one, other = at[..., :, np.newaxis], at[..., np.newaxis, :]
    before = ((one < other) & (one > 0)).astype(np.float64)
    if ties == "coin":
        after = np.swapaxes(before, -1, -2)
        held = (at > 0).any(axis=-1)[..., np.newaxis, np.newaxis]
        open_pair = (before + after == 0) & held & ~np.eye(at.shape[-1], dtype=bool)
        before = before + 0.5 * open_pair
    return before


def pairwise_shares(shares: ArrayLike, positions: ArrayLike, ties: TieRule = "agree") -> Floats:
    """Return the share of agents that prefers each alternative to each other.

    Parameters
    ----------
    shares : array_like, shape (..., M)
        Share of each of M orders in the population, summing to 1.
    positions : array_like of int, shape (M, K)
        Place of each alternative in each order, see `preferences`.
    ties : {"agree", "coin"}
        Agents without a preference between two alternatives count for neither; or half for each.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        Share that prefers the alternative of the row to that of the column. The share without a
        preference is what both directions leave of 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, positions are not whole numbers
        from 0, or the rule is unknown.

    Examples
    --------
    >>> pairwise_shares([0.75, 0.25], [[1, 2], [2, 1]])
    array([[0.  , 0.75],
           [0.25, 0.  ]])
    """
    p, before = proper_shares(shares), preferences(positions, ties)
    if before.ndim != 3 or len(before) != p.shape[-1]:
        raise ValueError(f"{p.shape[-1]} shares need positions of as many orders, a row each")
    return np.tensordot(p, before, axes=(-1, 0))


def rankings_misalignment(
    pairwise: ArrayLike, weights: ArrayLike | None = None, pairs: Sequence[tuple[int, int]] = ()
) -> Floats:
    """Return P(ma) of agents who order alternatives, from the shares of pairwise preferences.

    Parameters
    ----------
    pairwise : array_like, shape (..., K, K)
        Share of agents that prefers the alternative of the row to that of the column, as
        `pairwise_shares` returns it.
    weights : array_like, shape (..., K, K), optional
        How likely two agents conflict who disagree about a pair of alternatives; 1 by default.
    pairs : sequence of (int, int), optional
        Places of the pairs of alternatives that count; all by default.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Mean over these pairs of c_ab 2 m_ab m_ba, with m_ab the share that prefers a to b. Where
        everybody has a preference that is the mean of 2 m (1 - m), at most 1/2.

    Raises
    ------
    ValueError
        If there are fewer than two alternatives, shares are not in [0, 1] or both directions of a
        pair sum to more than 1, or a pair names one alternative twice.

    Notes
    -----
    It is the mean normalised Kendall distance of two agents drawn at random: the part of pairs of
    alternatives that they order differently (Kendall, Biometrika 30, 1938). The mean over pairs of
    agents and that over pairs of alternatives change places. Ties are those of Fagin, Kumar,
    Mahdian, Sivakumar and Vee (Comparing partial rankings, SIAM Journal on Discrete Mathematics 20,
    2006) with penalty 0; with shares in which ties count half for each, both agents toss a coin.

    Examples
    --------
    >>> float(rankings_misalignment([[0.0, 0.75], [0.25, 0.0]]))
    0.375
    """
    m = np.asarray(pairwise, dtype=np.float64)
    if m.ndim < 2 or m.shape[-1] != m.shape[-2] or m.shape[-1] < 2:
        raise ValueError(f"pairwise shares have shape (..., K, K) with K > 1, not {m.shape}")
    i, j = _places(m.shape[-1], pairs)
    one, other = m[..., i, j], m[..., j, i]
    if (m < 0).any() or (one + other > 1 + 1e-9).any():
        raise ValueError("shares of both directions must be in [0, 1] and sum to at most 1")
    level = 1.0 if weights is None else np.asarray(weights, dtype=np.float64)[..., i, j]
    return np.asarray((2 * level * one * other).mean(axis=-1))


def rankings_conflict(
    positions: ArrayLike,
    conflict: ConflictLike,
    distance: OrderDistance = "kendall",
    ties: TieRule = "agree",
    pairs: Sequence[tuple[int, int]] = (),
) -> PartlyKnown:
    """Return the conflict of agents who order alternatives, from that of the alternatives.

    Parameters
    ----------
    positions : array_like of int, shape (M, K)
        Place of each of K alternatives in each of M orders, see `preferences`.
    conflict : array_like or PartlyKnown, shape (..., K, K) or (..., K + 1, K + 1)
        Probability of conflict between two alternatives, for every draw; 1 for each pair gives the
        plain distances. A further row is that of holding no preference.
    distance : {"kendall", "first"}
        The mean over pairs of alternatives of the level of those that the agents order
        differently, which is the normalised Kendall distance where all levels are 1; or the level
        of their first choices, the mean level where they have several.
    ties : {"agree", "coin"}
        Who has no preference between two alternatives agrees with everybody about them, and with
        several first choices with whoever shares one; or chooses by a coin.
    pairs : sequence of (int, int), optional
        Places of the pairs of alternatives that count for "kendall"; all by default.

    Returns
    -------
    PartlyKnown, shape (..., M, M)
        A level is known once where those of all pairs behind it are. With "coin" the diagonal is
        above zero for orders with ties. Conflict with an agent without any preference is that of
        the first choice with the further row.

    Raises
    ------
    ValueError
        If the shapes do not fit together, conflict is not symmetric with a zero diagonal, or a rule
        is unknown.

    Notes
    -----
    P(ma) = p'Cp of these levels is `rankings_misalignment` of the pairwise shares, exactly.

    Examples
    --------
    >>> exclusive = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    >>> rankings_conflict([[1, 2, 3], [2, 1, 3], [3, 2, 1]], exclusive).known.round(3)
    array([[0.   , 0.333, 1.   ],
           [0.333, 0.   , 0.667],
           [1.   , 0.667, 0.   ]])
    """
    rule = Rule.of(positions, distance, ties, pairs)
    of_alternatives = as_partly_known(conflict)
    rule.check(of_alternatives.known.shape[-1])
    known = rule.levels(of_alternatives.without_drawn)
    known[rule.levels(np.isnan(of_alternatives.known).astype(float)) > 0] = np.nan
    first, second = np.nonzero(np.triu(np.isnan(known)))
    lead = of_alternatives.drawn.shape[:-1]
    drawn = np.empty((int(np.prod(lead, dtype=np.int64)), len(first)))
    flat = of_alternatives.drawn.reshape(len(drawn), -1)
    step = max(1, AT_ONCE // known.size)
    for start in range(0, len(drawn) if len(first) else 0, step):
        block = PartlyKnown(of_alternatives.known, flat[start : start + step]).whole()
        drawn[start : start + step] = rule.levels(block)[:, first, second]
    return PartlyKnown(known, drawn.reshape(*lead, len(first)))


class Rule:
    """How levels of alternatives become those of orders: linear in them, so arrays will do."""

    def __init__(
        self, one: Floats, other: Floats, pairs: tuple[NDArray[np.intp], ...], first: Floats
    ) -> None:
        self.one, self.other, self.pairs, self.first = one, other, pairs, first
        self.share_first = np.zeros((len(first), len(first)), bool)

    @classmethod
    def of(
        cls,
        positions: ArrayLike,
        distance: OrderDistance = "kendall",
        ties: TieRule = "agree",
        pairs: Sequence[tuple[int, int]] = (),
    ) -> Rule:
        """Return the rule of orders (M, K) by a distance."""
        if distance not in get_args(OrderDistance):
            options = get_args(OrderDistance)
            raise ValueError(f"distance must be one of {options}, not {distance!r}")
        before = preferences(positions, ties)
        if before.ndim != 3:
            raise ValueError("positions must have shape (orders, alternatives)")
        at = np.asarray(positions, dtype=np.float64)
        told = np.where(at > 0, at, np.inf)
        top = (at > 0) & (told == told.min(axis=1, keepdims=True))
        none = ~(at > 0).any(axis=1)
        first = np.column_stack([top, none]).astype(float)
        first /= first.sum(axis=1, keepdims=True)
        i, j = _places(at.shape[1], pairs)
        number = max(1, len(i)) if distance == "kendall" else np.inf
        found = cls(before[:, i, j] / number, before[:, j, i], (i, j), first)
        if distance == "kendall":  # of first choices there is that of holding none alone
            found.share_first[:] = none[:, np.newaxis] == none
        elif ties == "agree":
            found.share_first[:] = first @ first.T > 0
        return found

    def check(self, size: int) -> None:
        """Raise a ValueError unless conflict is that of the alternatives, or of no goal too."""
        k = self.first.shape[1] - 1
        if size not in (k, k + 1):
            raise ValueError(f"conflict of {size} goals does not fit {k} alternatives")

    def levels(self, conflict: Floats) -> Floats:
        """Return levels of orders (..., M, M), given those of alternatives (..., K, K)."""
        i, j = self.pairs
        weighted = self.one * conflict[..., i, j][..., np.newaxis, :]
        by_pairs = weighted @ self.other.T
        first = self.first[:, : conflict.shape[-1]]
        by_first = (first @ conflict @ first.T) * ~self.share_first
        found: Floats = by_pairs + np.swapaxes(by_pairs, -1, -2) + by_first
        return found


def _places(k: int, pairs: Sequence[tuple[int, int]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of both alternatives of each pair."""
    stated = np.array(pairs or list(combinations(range(k), 2)), dtype=np.intp).reshape(-1, 2)
    if ((stated < 0) | (stated >= k)).any() or (stated[:, 0] == stated[:, 1]).any():
        raise ValueError(f"a pair is of two different places from 0 to {k - 1}")
    return stated[:, 0], stated[:, 1]
