"""What agents who order alternatives say beside P(ma): who prefers which, and first choices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.rankings import (
    OrderDistance,
    Rule,
    TieRule,
    preferences,
    rankings_conflict,
)
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
Pair = tuple[str, str]
MOST_NUMBERS = 1 << 25  # of levels that are worked out by every other rule


@dataclass(frozen=True)
class PairOfAlternatives:
    """How agents of one population stand to two alternatives.

    Parameters
    ----------
    prefers : Estimate
        Share that prefers the first to the second.
    against : Estimate
        Share that prefers the second to the first.
    neither : Estimate
        Share without a preference between them.
    part : Estimate or None
        Part of P(ma) that comes from them, by the distance "kendall"; the parts sum to P(ma), but
        for conflict with agents who hold no goal. None by first choices.
    """

    prefers: Estimate
    against: Estimate
    neither: Estimate
    part: Estimate | None


@dataclass(frozen=True)
class OrderResults:
    """Preferences of agents who put alternatives in an order.

    Parameters
    ----------
    pairs : dict of str to dict of (str, str) to PairOfAlternatives
        By population and pair of alternatives, those alone that count.
    first : dict of str to Estimates
        By population, the share of agents whose first choice each alternative is; who has several
        counts in equal parts for each.
    by_rule : dict of str to Estimates
        P(ma) by population by other rules, by their names; empty where that takes too much.
    """

    pairs: dict[str, dict[Pair, PairOfAlternatives]]
    first: dict[str, Estimates]
    by_rule: dict[str, Estimates]


def order_results(evidence: OrderCounts, result: Posterior) -> OrderResults:
    """Return who prefers which alternatives, and what P(ma) is by other rules."""
    shares, names = result.shares(), evidence.alternatives
    k = len(names)
    places = evidence.pair_places or tuple(combinations(range(k), 2))
    of_goals = result.partly_known()
    before = np.tensordot(shares, preferences(evidence.position), axes=(-1, 0))
    counted = np.tensordot(shares, preferences(evidence.position, evidence.ties), axes=(-1, 0))
    holding = np.tensordot(shares, (evidence.position > 0).any(axis=1).astype(float), axes=(-1, 0))
    first = shares @ Rule.of(evidence.position).first
    levels = facing_populations(of_goals)
    if not isinstance(levels, np.ndarray):
        levels = levels.whole()
    pairs: dict[str, dict[Pair, PairOfAlternatives]] = {}
    firsts: dict[str, Estimates] = {}
    for s, population in enumerate(result.populations):
        own: dict[Pair, PairOfAlternatives] = {}
        for i, j in places:
            one, other = names[i], names[j]
            level = levels[..., i, j]
            level = (
                level[:, s if level.ndim > 1 and level.shape[1] > 1 else 0]
                if (level.ndim > 1)
                else level
            )
            part = 2 * level * counted[:, s, i, j] * counted[:, s, j, i] / len(places)
            neither = holding[:, s] - before[:, s, i, j] - before[:, s, j, i]
            own[one, other] = PairOfAlternatives(
                result.estimate(f"{one} before {other}", before[:, s, i, j]),
                result.estimate(f"{other} before {one}", before[:, s, j, i]),
                result.estimate("no preference", np.maximum(neither, 0.0)),
                result.estimate(f"part of {one} and {other}", part)
                if evidence.distance == "kendall"
                else None,
            )
        pairs[population] = own
        firsts[population] = Estimates(
            f"agents of {population} by their first choice",
            {goal: result.estimate(goal, first[:, s, i]) for i, goal in enumerate(names)},
            of="goal",
        )
    return OrderResults(pairs, firsts, _by_rule(evidence, result))


def _by_rule(evidence: OrderCounts, result: Posterior) -> dict[str, Estimates]:
    of_goals, shares = result.partly_known(), result.shares()
    draws = len(shares) if len(of_goals.first) else 1
    if draws * len(evidence.categories) ** 2 > MOST_NUMBERS:
        return {}
    # without ties both ways of reading them are one
    gaps = bool((preferences(evidence.position, "coin") == 0.5).any())
    found: dict[str, Estimates] = {}
    for distance in get_args(OrderDistance):
        for ties in get_args(TieRule) if gaps else (evidence.ties,):
            if (distance, ties) == (evidence.distance, evidence.ties):
                continue
            pairs = evidence.pair_places if distance == "kendall" else ()
            lifted = rankings_conflict(evidence.position, of_goals, distance, ties, pairs)
            name = rule_name(distance, ties, gaps=gaps)
            pma = misalignment(shares, facing_populations(lifted))
            found[name] = result.by_name(name, np.asarray(pma))
    return found


def rule_name(distance: str, ties: str, *, gaps: bool = True) -> str:
    """Return what a rule is called."""
    words = {"kendall": "pairs of alternatives", "first": "first choices"}[distance]
    if not gaps:
        return words
    return f"{words}, {'no preference agrees' if ties == 'agree' else 'a coin for no preference'}"
