"""What agents who hold several goals say beside P(ma): who holds each goal, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.measure import lifted, misalignment
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.settings import NO_GOAL

MOST_NUMBERS = 1 << 25  # of levels that are lifted by every other rule


@dataclass(frozen=True)
class HoldingResults:
    """Goals of agents who may hold several.

    Parameters
    ----------
    holders : dict of str to Estimates
        By population, the share of agents that hold each goal; they sum to more than one where
        agents hold several.
    held : Estimates
        By population, the mean number of goals of an agent.
    same : Estimates
        By population, the part of P(ma) that comes from two agents who hold the same goals.
    by_rule : dict of str to Estimates
        P(ma) by population under the other rules, by their names; empty where that takes too much.
    """

    holders: dict[str, Estimates]
    held: Estimates
    same: Estimates
    by_rule: dict[str, Estimates]


def holding_results(evidence: HoldingCounts, result: Posterior) -> HoldingResults:
    """Return who holds each goal, and what P(ma) is by other rules."""
    shares, goals = result.shares(), evidence.goals
    holding = shares @ evidence.held
    names = result.populations
    holders = {
        s: Estimates(
            f"agents of {s} who hold each goal",
            {goal: result.estimate(goal, holding[:, i, k]) for k, goal in enumerate(goals)},
            of="goal",
        )
        for i, s in enumerate(names)
    }
    number = [k for k, goal in enumerate(goals) if goal != NO_GOAL]
    held = result.by_name("goals of an agent", holding[..., number].sum(axis=-1))
    own = np.diagonal(result.partly_known_of_categories.whole(), axis1=-2, axis2=-1)
    own = own if own.ndim == 3 else own[:, None]
    same = result.by_name("part of agents of the same goals", (shares**2 * own).sum(axis=-1))
    return HoldingResults(holders, held, same, _by_rule(evidence, result))


def _by_rule(evidence: HoldingCounts, result: Posterior) -> dict[str, Estimates]:
    of_goals, shares = result.partly_known(), result.shares()
    draws = len(shares) if len(of_goals.first) else 1
    if draws * len(evidence.categories) ** 2 > MOST_NUMBERS:
        return {}
    found: dict[str, Estimates] = {}
    for how in get_args(HolderRule):
        for same in ("conflict", "agree"):
            if (how, same) == (evidence.lift, evidence.same_goals):
                continue
            levels = facing_populations(lifted(evidence.held, of_goals, how, same))
            name = rule_name(how, same)
            found[name] = result.by_name(name, np.asarray(misalignment(shares, levels)))
    return found


def rule_name(how: str, same: str) -> str:
    """Return what a rule is called."""
    return how if same == "conflict" else f"{how}, the same goals agree"
