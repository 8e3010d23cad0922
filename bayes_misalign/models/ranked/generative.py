"""Each agent states an order: counts of orders are multinomial, conflict follows from the orders.

The prior of the shares of orders is Dirichlet with a total of 2, spread evenly over orders that
come with their reverses. So the share m that prefers a to b is Beta(1, 1) before any answer, for
every pair and whatever the number of alternatives, and Beta(1 + n_ab, 1 + n_ba) after: that of a
survey which asks about a and b alone. Which orders coincide tells nothing of it; a prior that
learns how even shares are from that, as `matched` does, takes thirty different orders of eight
alternatives for a sign that all 40,320 are equally frequent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError
from bayes_misalign.measure import Maximum, attainable_maximum
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.rankings import Rule, rankings_conflict
from bayes_misalign.models.ranked.evidence import OrderCounts

MOST_UNCERTAIN = 200  # orders, where levels of alternatives are uncertain


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("ranked")["priors"]["shares"])


def lift(evidence: OrderCounts, conflict: PartlyKnown) -> PartlyKnown:
    """Return conflict of orders given that of alternatives, draw by draw."""
    orders = len(evidence.categories)
    if conflict.drawn.size > len(conflict.first) and orders > MOST_UNCERTAIN:
        raise StudyError(
            f"levels of conflict of alternatives are uncertain, and there are {orders:,} orders; "
            f"levels of all pairs of orders are kept for up to {MOST_UNCERTAIN}. Fix: state known "
            "levels, or take alternatives out of the problem area and name them in `left_out`"
        )
    pairs = evidence.pair_places
    return rankings_conflict(evidence.position, conflict, evidence.distance, evidence.ties, pairs)


def declare_lifted(evidence: OrderCounts, matrix: Any) -> Any:
    """Return conflict of orders as a tensor, as `measure.rankings_conflict` works it out."""
    import pytensor.tensor as pt

    rule = Rule.of(evidence.position, evidence.distance, evidence.ties, evidence.pair_places)
    i, j = rule.pairs
    weighted = rule.one * matrix[..., i, j][..., None, :]
    by_pairs = pt.matmul(weighted, rule.other.T)
    first = rule.first[:, : len(evidence.goals)]
    by_first = pt.matmul(pt.matmul(first, matrix), first.T) * ~rule.share_first
    return by_pairs + by_pairs.swapaxes(-1, -2) + by_first


def largest(evidence: OrderCounts, conflict: Any) -> Maximum | None:
    """Return the largest P(ma) of any shares of orders, given their conflict (..., M, M).

    Notes
    -----
    By pairs of alternatives: each adds at most half of its level, where half of the agents prefer
    the one; an order and its reverse, half of the agents each, reach that for all pairs. By first
    choices: that of the alternatives, an order for each.
    """
    if isinstance(conflict, PartlyKnown):
        conflict = conflict.whole()
    at = evidence.position
    strict = np.flatnonzero((np.sort(at, axis=1) == np.arange(1, at.shape[1] + 1)).all(axis=1))
    if evidence.distance == "kendall":
        one = strict[0]
        other = next(h for h in strict if (at[h] == at.shape[1] + 1 - at[one]).all())
        value = np.asarray(conflict[..., one, other]) / 2
        shares = np.zeros((*value.shape, len(at)))
        shares[..., [one, other]] = 0.5
        if evidence.goals != evidence.alternatives:
            none = conflict[..., -1, :-1]
            if np.asarray(none).any():  # who holds no goal may conflict more than that
                return None
        return Maximum(value, True, shares)
    chosen = [strict[np.argmax(at[strict, k] == 1)] for k in range(at.shape[1])]
    chosen += [len(at) - 1] * (evidence.goals != evidence.alternatives)
    places = np.array(chosen)
    among = attainable_maximum(conflict[..., places[:, None], places])
    shares = np.zeros((*among.value.shape, len(at)))
    shares[..., places] = among.shares
    return Maximum(among.value, among.exact, shares)
