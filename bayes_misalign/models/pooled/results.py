"""What partial pooling says of a posterior: spread, mean shares, and what each population lent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.contract.weighted import drawn_shares
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.measure import misalignment
from bayes_misalign.models.pooled.given_common import GROUP_PART, MEAN, SPREAD, of_populations
from bayes_misalign.models.pooled.group_results import GroupResults, group_results
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.posterior import Posterior

APART = 501  # stream of random numbers
MOST_ROWS = 120  # populations that are also taken apart


@dataclass(frozen=True)
class PooledResults:
    """How populations are related, and what each takes from the others.

    Parameters
    ----------
    spread : Estimate
        The spread v of populations about the mean of all, from 0 to 1.
    mean_shares : Estimates
        The mean shares, by goal.
    own_part : Estimates
        By population, the part n / (n + A) of its own answers in its mean shares; empty where
        answers are not counted.
    answers : mapping of str to float
        Effective answers by population.
    apart : Estimates
        P(ma) by population under independent shares; empty where answers are not counted.
    groups : GroupResults, optional
        What is said of the groups that populations are in, where they are in any.
    """

    spread: Estimate
    mean_shares: Estimates
    own_part: Estimates
    answers: Mapping[str, float]
    apart: Estimates
    groups: GroupResults | None = None


def pooled_results(priors: PooledShares, result: Posterior) -> PooledResults:
    """Return what partial pooling says of a posterior."""
    goals: Any = result.study.goals
    names = (SPREAD, MEAN, GROUP_PART) if priors.groups else (SPREAD, MEAN)
    drawn = {name: np.asarray(result.groups.values(POSTERIOR, name)) for name in names}
    spread, mean = drawn[SPREAD], drawn[MEAN]
    by_goal = {
        goal: result.estimate(goal, mean[..., k].ravel())
        for k, goal in enumerate(result.categories)
    }
    counts = goals_model(goals.model).counted(goals)
    answers: dict[str, float] = {}
    own: dict[str, Estimate] = {}
    if counts is not None:
        n, total = counts.sum(axis=1), of_populations(priors, drawn).ravel()
        answers = dict(zip(goals.populations, map(float, n), strict=True))
        own = {s: result.estimate(s, answers[s] / (answers[s] + total)) for s in answers}
    return PooledResults(
        result.estimate("spread of populations", spread.ravel()),
        Estimates("mean goal shares", by_goal, of="goal"),
        Estimates("part of own answers", own),
        answers,
        _apart(result) if counts is not None else Estimates("P(ma), populations apart", {}),
        group_results(priors, result),
    )


def _apart(result: Posterior) -> Estimates:
    """Return P(ma) of each population as if nothing were known of the others."""
    what, study = "P(ma), populations apart", result.study
    if len(result.populations) > MOST_ROWS:
        return Estimates(what, {})
    rng, draws = stream(study.fitting.seed, APART), len(result.shares())
    effective = study.goals.with_weights_in_common(False).effective
    drawn = drawn_shares(shares_prior(), effective, study.goals.categories, draws, rng)
    if drawn is None:
        return Estimates(what, {})
    values = misalignment(drawn["proportion"], result.matrix())
    return result.by_name(what, values, str, partial(result.limits, agents="with-replacement"))
