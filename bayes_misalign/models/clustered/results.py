"""What clusters say beside goal shares: how alike their answers are, and what these are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.generative import OWN, SHARED, correlations
from bayes_misalign.page.estimate import Estimates


@dataclass(frozen=True)
class ClusterResults:
    """How alike the answers of one cluster are.

    Parameters
    ----------
    correlation : Estimates
        Correlation rho of two answers of one cluster, by population.
    within : Estimates
        P(ma) of two answers of one cluster, (1 - rho) p'Cp, by population.
    worth : Estimates
        How many answers of clusters of their own tell as much as those there are.
    worth_of_one : Estimates
        The same of one cluster, of the mean size; NaN where nobody answered.
    shared : bool
        Whether all populations have one correlation.
    """

    correlation: Estimates
    within: Estimates
    worth: Estimates
    worth_of_one: Estimates
    shared: bool


def results_of(evidence: ClusterCounts, posterior: Any) -> ClusterResults | None:
    """Return what a posterior says of clusters; None where it holds no correlation."""
    held = [name for name in (OWN, SHARED) if posterior.groups.has(POSTERIOR, name)]
    if not held:
        return None
    values = np.asarray(posterior.groups.values(POSTERIOR, held[0]))
    flat = values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])
    rho = correlations(evidence, {held[0]: flat})
    pma = posterior.misalignment_draws()
    size = np.divide(
        evidence.n, evidence.clusters, out=np.full_like(evidence.n, np.nan), where=evidence.n > 0
    )

    def estimates(title: str, draws: Any) -> Estimates:
        return Estimates(
            title,
            {s: posterior.estimate(s, draws[:, i]) for i, s in enumerate(evidence.populations)},
        )

    return ClusterResults(
        estimates("correlation of two answers of one cluster", rho),
        estimates("P(ma) of two answers of one cluster", (1 - rho) * pma),
        estimates("answers of clusters of their own", evidence.answers_worth_in_each(rho)),
        estimates("the same of one cluster", size / (1 + (size - 1) * rho)),
        held == [SHARED],
    )
