"""Repeated choices of one agent: counts that the Dirichlet-multinomial is a matrix product of.

An agent of goal k chooses n times in one situation, its own action probabilities drawn from a
Dirichlet with mean theta_k and correlation rho. The probability of its choices, in their order, is

    prod_a prod_{j < n_a} ((1 - rho) theta_ka + j rho) / prod_{j < n} (1 - rho + j rho),

a sum of logarithms of which each occurs as often as an agent chose an action more than j times. At
rho = 0 it is the multinomial.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.reports.few_reports import pattern_sums

Array = NDArray[np.float64]


def choice_data(evidence: ActedReports) -> dict[str, NDArray[Any]]:
    """Return how often each factor of the probability occurs, by the name of its data container.

    `first` (D, C): whether an action was chosen at all. `again` (D, m): whether it was chosen more
    than `again_number` (m,) times, for the columns `again_cell` (m,). `chosen` (D, J): in how many
    situations there were more than j choices.
    """
    n = evidence.reports
    columns = [(c, j) for c in range(n.shape[1]) for j in range(1, int(n[:, c].max(initial=0)))]
    cell, number = (np.array(columns, dtype=np.int64).reshape(-1, 2)).T
    totals = evidence.per_situation(n.astype(float))
    most = max(1, int(totals.max(initial=0)))
    return {
        "first": (n > 0).astype(float),
        "again": (n[:, cell] > number).astype(float),
        "again_cell": cell,
        "again_number": number,
        "chosen": np.stack([(totals > j).sum(axis=1) for j in range(most)], axis=1).astype(float),
    }


def choice_terms(evidence: ActedReports, log_action: Array, correlation: Array | None) -> Array:
    """Return the log probability of each pattern's choices given each goal, (draw, D, K).

    `correlation` (draw,) is that of two choices of one agent; None without overdispersion.
    """
    if correlation is None:
        return pattern_sums(evidence.reports, log_action.swapaxes(1, 2))
    found: Mapping[str, NDArray[Any]] = choice_data(evidence)
    rho = correlation[:, None, None]
    own = pattern_sums(found["first"], (log_action + np.log1p(-rho)).swapaxes(1, 2))
    action = np.exp(log_action[:, :, found["again_cell"]])
    more = np.log((1 - rho) * action + found["again_number"] * rho).swapaxes(1, 2)
    own += pattern_sums(found["again"], more)
    j = np.arange(found["chosen"].shape[1])
    normaliser = np.log(1 - correlation[:, None] + j * correlation[:, None]) @ found["chosen"].T
    return np.asarray(own - normaliser[..., None])
