"""Weights of agents whose goals nobody sees, split among the goals that they may hold.

Weighted reports in which the weights have to do with the goals are fitted by the weighted shares p
when the agents of each pattern d count W_d sum_k r_dk / s_k: W_d is the sum of their weights, r_dk
the probability of goal k given the pattern where shares are p, and s_k the scale of the goal. The
r_dk are taken from a rough fit, once: shares and error rates that maximise the weighted
likelihood, by expectation maximisation from what the reports say at face value (after Dawid and
Skene, Applied Statistics 28, 1979).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.families.reports.few_reports import as_matrix
from bayes_misalign.reading.evidence import FloatArray

if TYPE_CHECKING:
    from bayes_misalign.families.reports.distinct_reports import DistinctReports

STEPS, CLOSE = 100, 1e-7
SMOOTH = 0.5  # of a report, so that one that was never seen does not rule a goal out
SMALLEST = 1e-12
IMPOSSIBLE = 1e-300  # rate of a report that is never given, as a number that has a logarithm


@dataclass(frozen=True, eq=False)
class WeightedRows:
    """Sums of weights (D,) and of squared weights of rows, and their likely goals (D, K)."""

    sums: FloatArray
    squares: FloatArray
    goals: FloatArray

    def by_goal(self, evidence: DistinctReports) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return (S, K) weights and squared weights by goal, and (S,) agents behind them."""
        tell = evidence.informs_shares
        sums, squares = (
            evidence.by_population((tell * x)[:, None] * self.goals)
            for x in (self.sums, self.squares)
        )
        return sums, squares, evidence.by_population(tell * evidence.agents)

    def effective_agents(self, evidence: DistinctReports, scale: FloatArray) -> FloatArray:
        """Return (D,) how many agents without weights the agents of each row are worth.

        Where agents were chosen by their goal, weights say nothing of the shares, and the agents
        are as many as their own weights leave of them.
        """
        per_weight = (self.goals / scale[evidence.population]).sum(axis=1)
        chosen = np.divide(
            evidence.row_weight**2,
            evidence.row_weight_sq,
            out=np.zeros_like(evidence.agents),
            where=evidence.row_weight_sq > 0,
        )
        return np.where(evidence.informs_shares > 0, self.sums * per_weight, chosen)


def weighted_rows(evidence: DistinctReports, sums: FloatArray, squares: FloatArray) -> WeightedRows:
    """Return weights of rows with the likely goals of their agents."""
    return WeightedRows(sums, squares, likely_goals(evidence, sums))


def likely_goals(evidence: DistinctReports, weight: FloatArray) -> FloatArray:
    """Return the probability of each goal given each row's reports, (D, K), by a rough fit.

    Notes
    -----
    Rates of sources that the study states are kept; those of the others count reports of agents of
    known goal and of a validation too.
    """
    reports, tell = as_matrix(evidence.reports), evidence.informs_shares
    fixed, extra = evidence.rough_rates
    weight = weight * (evidence.agents.sum() / max(weight.sum(), SMALLEST))  # beside other counts
    held = np.where(evidence.allowed, np.maximum(evidence.face_value, 0.0), 0.0)
    nothing = held.sum(axis=1) == 0
    held[nothing] = evidence.allowed[nothing]
    held /= held.sum(axis=1, keepdims=True)
    for _ in range(STEPS):
        shares = evidence.by_population((weight * tell)[:, None] * held) + SMALLEST
        shares /= shares.sum(axis=1, keepdims=True)
        rates = _rates(evidence, (weight[:, None] * held).T @ reports + extra, fixed)
        joint = reports @ np.log(np.maximum(rates, IMPOSSIBLE)).T
        joint += np.log(shares)[evidence.population] * tell[:, None]
        joint = np.where(evidence.allowed, joint, -np.inf)
        new = np.exp(joint - joint.max(axis=1, keepdims=True))
        new /= new.sum(axis=1, keepdims=True)
        moved = np.abs(new - held).max(initial=0.0)
        held = new
        if moved < CLOSE:
            break
    return np.asarray(held)


def _rates(evidence: DistinctReports, counts: FloatArray, fixed: FloatArray) -> FloatArray:
    """Return rough P(report | goal) by column, (K, C); stated ones where they are stated."""
    rates = counts + SMOOTH
    for span in evidence.spans:
        rates[:, span] /= rates[:, span].sum(axis=1, keepdims=True)
    return np.where(np.isnan(fixed), rates, fixed)
