"""What agents who hold goals with strengths say beside P(ma): who holds each goal, how strongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.measure import endorsed, misalignment
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.weights import PairWeightKind
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.settings import NO_GOAL

MOST_NUMBERS = 1 << 24  # of levels that are lifted by every other rule
MOST_KINDS = 300  # of agents, of which every rule is worked out


@dataclass(frozen=True)
class EndorsementResults:
    """Goals of agents who hold them with strengths.

    Parameters
    ----------
    holders : dict of str to Estimates
        By population, the share of agents that hold each goal at all.
    strength : dict of str to Estimates
        By population, the mean strength of each goal among the agents that hold it.
    by_rule : dict of str to Estimates
        P(ma) by population with other averages and by other rules; empty where that takes too much.
    """

    holders: dict[str, Estimates]
    strength: dict[str, Estimates]
    by_rule: dict[str, Estimates]


def endorsement_results(evidence: StrengthCounts, result: Posterior) -> EndorsementResults:
    """Return who holds each goal, how strongly, and what P(ma) is by other rules."""
    shares, goals = result.shares(), evidence.goals
    holding, strength = shares @ evidence.held, shares @ evidence.strength
    # of a goal that nobody can hold in a draw nothing is known, and 0 is as good as any
    among = np.divide(strength, holding, out=np.zeros_like(strength), where=holding > 0)
    names = result.populations
    holders = {
        s: Estimates(
            f"agents of {s} who hold each goal",
            {goal: result.estimate(goal, holding[:, i, k]) for k, goal in enumerate(goals)},
            of="goal",
        )
        for i, s in enumerate(names)
    }
    strengths = {
        s: Estimates(
            f"mean strength of each goal among the agents of {s} who hold it",
            {
                goal: result.estimate(goal, among[:, i, k])
                for k, goal in enumerate(goals)
                if goal != NO_GOAL
            },
            of="goal",
        )
        for i, s in enumerate(names)
    }
    return EndorsementResults(holders, strengths, _by_rule(evidence, result))


def _by_rule(evidence: StrengthCounts, result: Posterior) -> dict[str, Estimates]:
    of_goals, shares = result.partly_known(), result.shares()
    draws = len(shares) if len(of_goals.first) else 1
    kinds = len(evidence.categories)
    if kinds > MOST_KINDS or draws * kinds**2 > MOST_NUMBERS:
        return {}
    averages: tuple[PairWeightKind, ...] = get_args(PairWeightKind)
    rules: list[tuple[HolderRule, PairWeightKind]] = [
        *((evidence.lift, average) for average in averages),
        *((how, evidence.average) for how in get_args(HolderRule)),
    ]
    found: dict[str, Estimates] = {}
    for how, average in rules:
        if (how, average) == (evidence.lift, evidence.average):
            continue
        levels = facing_populations(endorsed(evidence.strength, of_goals, how, average))
        name = rule_name(how, average)
        found[name] = result.by_name(name, np.asarray(misalignment(shares, levels)))
    return found


def rule_name(how: str, average: str) -> str:
    """Return what a rule is called."""
    return f"{how}, {average}"
