"""Agents in clusters whose goals nobody sees: what clusters do to the variance of P(ma).

The shares of goals that fit reports move with the probabilities r_ak of goals of each agent, given
its reports. Their sums over clusters have the variance of clusters, and their sums over agents that
of independent agents; what ties both to the shares is the same information. So P(ma) varies by the
ratio of the two more, and the likelihood is raised to the power of one over it (as the composite
likelihoods of Pauli, Racugno and Ventura, Statistica Sinica 21, 2011, are to the curvature that a
sandwich estimate gives).
"""

from __future__ import annotations

import numpy as np

from bayes_misalign.families.reports.agents import Agents
from bayes_misalign.families.reports.distinct_reports import DistinctReports, IntArray
from bayes_misalign.families.reports.weighted_rows import likely_goals
from bayes_misalign.measure import cluster_covariance
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.sample_design import SampleDesign


def design_of(evidence: DistinctReports, agents: Agents, pattern: IntArray) -> SampleDesign | None:
    """Return the design of agents in clusters; None where nobody says what their clusters are."""
    if agents.cluster is None:
        return None
    goals = likely_goals(evidence, evidence.row_weight)
    kept = np.flatnonzero((pattern >= 0) & (agents.weight > 0))
    kept = kept[evidence.informs_shares[pattern[kept]] > 0]
    weight = agents.weight[kept] * agents.number[kept]
    # a pattern stands for several agents only where `count` says so: these are of one cluster
    squares = agents.weight[kept] ** 2 * agents.number[kept]
    likely = goals[pattern[kept]]
    of, cluster = agents.population[kept], agents.cluster[kept]
    number, k = len(evidence.populations), goals.shape[1]
    covariance, plain = np.full((number, k, k), np.nan), np.full((number, k, k), np.nan)
    clusters = np.zeros(number)
    for s in range(number):
        own = of == s
        if not own.any():
            continue
        there, place = np.unique(cluster[own], return_inverse=True)
        total = np.zeros((len(there), k))
        np.add.at(total, place, weight[own, None] * likely[own])
        clusters[s] = len(there)
        if len(there) > 1:
            covariance[s] = cluster_covariance(total)
        plain[s] = _independent(likely[own], weight[own], squares[own])
    together = len(np.unique(np.stack([of, cluster]), axis=1).T)
    return SampleDesign(
        "Taylor linearisation of the probable goals",
        covariance,
        np.maximum(clusters - 1, 0.0),
        clusters,
        (clusters > 0).astype(float),
        shared=together > len(np.unique(cluster)),
        plain=plain,
    )


def _independent(likely: FloatArray, weight: FloatArray, squares: FloatArray) -> FloatArray:
    """Return the variance matrix of mean goals, were all agents sampled one by one."""
    total = weight.sum()
    away = likely - weight @ likely / total
    n = len(likely)
    found: FloatArray = (away.T * squares) @ away / total**2 * n / max(n - 1, 1)
    return found
