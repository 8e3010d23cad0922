"""P(ma) for a row of assumed error rates, where data cannot tell goals from errors.

The reports may rule some of these rates out by themselves: where 30 % of all labels are wrong, 95 %
of them are hardly ever equal, whatever the goal shares are. What the best of all goal shares lead
to is compared with what was reported by a likelihood ratio.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
ERROR_RATES = (0.01, 0.05, 0.1, 0.15, 0.2, 0.3)
ALPHA = 0.05  # of all sources and populations together, for one error rate
CLOSE = 0.01  # of a likelihood ratio: where its search ends
MOST_STEPS = 5_000


def assumptions(study: Study) -> list[tuple[float, Any, Any]]:
    """Return error rates, each with evidence and prior that take it as known.

    There are none where an error rate has no meaning, because labels or actions name no goals.
    """
    model: Any = evidence_model(study.goals.model)
    goals: Any = study.goals
    certain = model.certain(study.goal_prior)
    found = [(error, goals.assuming(error), certain) for error in ERROR_RATES]
    return [row for row in found if row[1] is not None]


def under_assumptions(study: Study) -> tuple[tuple[float, ...], Array] | None:
    """Return assumed error rates, and draws of shares (rate, chain, draw, population, goal).

    None where no error rate can be assumed.
    """
    if not (rows := assumptions(study)):
        return None
    model: Any = evidence_model(study.goals.model)
    _, first, prior = rows[0]
    compiled = Compiled(model.build(first, prior))
    found = [
        compiled.sample(model.data(evidence, given), study.fitting)["posterior"]["proportion"]
        for _, evidence, given in rows
    ]
    return tuple(error for error, _, _ in rows), np.stack([draws.values for draws in found])


def speak_against(study: Study) -> dict[str, float]:
    """Return how well the reports fit each assumed error rate, whatever the goal shares are.

    That is a p-value by error rate as text; below `ALPHA` the reports speak against the rate.

    Notes
    -----
    Each source of unknown errors is compared in each population, and the smallest p-value counts as
    often as there are comparisons. Several reports of an agent by one source count as one, and
    agents of known goal do not count. That reports agree too often, or too rarely, is not looked
    at.
    """
    goals: Any = study.goals
    found: dict[str, float] = {}
    reported = _shares_reported(goals)
    for error, evidence, _ in assumptions(study):
        p_values = np.ones(1)
        for i in goals.estimated:
            counts = reported[i][reported[i].sum(axis=1) > 0]
            p_values = np.append(p_values, p_value_of_best_shares(counts, evidence.stated_rates(i)))
        smallest = float(p_values.min()) * max(len(p_values) - 1, 1)
        found[f"{error:g}"] = min(1.0, smallest)
    return found


def p_value_of_best_shares(counts: Array, rates: Array) -> Array:
    """Return how often sets of counts (T, C) fit worse than these, if shares are what fits best.

    The probabilities (K, C) of each report given each goal are all above zero.

    Notes
    -----
    Likelihood ratio of the best shares against free shares of the reports, by its chi-square
    approximation. Its degrees of freedom are those that the goals with a share above zero leave:
    with as many goals as reports there are none, unless some goal would have a share below zero.
    """
    from scipy.special import xlogy
    from scipy.stats import chi2

    total = counts.sum(axis=1, keepdims=True)
    shares = np.full((len(counts), len(rates)), 1 / len(rates))
    for _ in range(MOST_STEPS):
        # each step of EM multiplies the shares by the slope of the likelihood, one at its top
        slope = (counts / total / (shares @ rates)) @ rates.T
        short_of_top = 2 * total[:, 0] * np.log(slope.max(axis=1))
        if (short_of_top < CLOSE).all():
            break
        shares = shares * slope
    ratio = 2 * xlogy(counts, counts / total / (shares @ rates)).sum(axis=1) - short_of_top
    held = [rates[one > 1e-3] for one in shares]
    free = np.array([rates.shape[1] - np.linalg.matrix_rank(some) for some in held])
    return np.where(free > 0, chi2.sf(np.maximum(ratio, 0), np.maximum(free, 1)), 1.0)


def _shares_reported(goals: DistinctReports) -> list[Array]:
    """Return agents by what each source said of them, (S, C), split if that was several things."""
    agents = np.where(goals.gold == UNKNOWN, goals.effective_agents, 0.0)
    per_source = np.maximum(goals.per_source, 1)
    return [
        goals.by_population((agents / per_source[:, i])[:, None] * goals.reports[:, span])
        for i, span in enumerate(goals.spans)
    ]
