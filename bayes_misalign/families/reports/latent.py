"""Goals that nobody sees, given draws of everything else: who holds which, and what fits.

All of it works on log joint probabilities of goals and reports, for a few draws at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.weighted import among_sampled as among_sampled
from bayes_misalign.families.reports.distinct_reports import DistinctReports

Array = NDArray[np.float64]
Terms = Callable[[DistinctReports, Mapping[str, Array]], Array]
MOST_NUMBERS = 4_000_000  # of one array: draws are worked through in batches
LOWEST = -1e9


def log_joint(evidence: DistinctReports, terms: Array, shares: Array) -> Array:
    """Return the log probability of each goal and each pattern's reports together, (draw, D, K).

    `terms` are those of the reports given the goal. Where agents were chosen by their goal, the
    share of the goal is left out.
    """
    log_share = np.log(np.maximum(shares, 1e-300))[:, evidence.population]
    joint = terms + log_share * evidence.informs_shares[:, None]
    return np.where(evidence.allowed, joint, LOWEST)


def batches(evidence: DistinctReports, draws: int) -> Iterator[slice]:
    """Yield slices of draws whose arrays fit into memory."""
    size = max(1, evidence.agents.size * max(len(evidence.categories), 1))
    step = max(1, MOST_NUMBERS // size)
    for start in range(0, draws, step):
        yield slice(start, min(start + step, draws))


def responsibilities(joint: Array) -> Array:
    """Return the probability of each goal given a pattern's reports, (draw, D, K)."""
    weight = np.exp(joint - joint.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def log_likelihood(evidence: DistinctReports, joint: Array) -> Array:
    """Return the log-likelihood of all reports, (draw,)."""
    top = joint.max(axis=-1)
    each = np.log(np.exp(joint - top[..., None]).sum(axis=-1)) + top
    return np.asarray(each @ evidence.effective_agents)


def held_goals(
    evidence: DistinctReports,
    terms: Terms,
    drawn: Mapping[str, Array],
    rng: np.random.Generator,
) -> Array:
    """Return how many of the reported agents hold each goal, drawn given their reports.

    That is (draw, S, K), in units of effective agents; in agents where `completed` is "weighted".
    """
    shares = among_sampled(drawn)
    held = np.zeros(shares.shape)
    agents = evidence.agents.astype(np.int64)
    worth = np.divide(
        evidence.effective_agents,
        evidence.agents,
        out=np.zeros_like(evidence.agents),
        where=evidence.agents > 0,
    )
    # the unseen are completed one by one, and those who are seen are not tempered
    worth = np.where(evidence.of_unseen[evidence.population], 1.0, worth)
    for part in batches(evidence, len(shares)):
        some = {name: values[part] for name, values in drawn.items()}
        weight = responsibilities(log_joint(evidence, terms(evidence, some), shares[part]))
        goals = rng.multinomial(agents, weight) * worth[:, None]
        for s in range(len(evidence.populations)):
            held[part, s] = goals[:, evidence.population == s].sum(axis=1)
    return held


def mean_responsibilities(
    evidence: DistinctReports, terms: Terms, drawn: Mapping[str, Array]
) -> Array:
    """Return the mean probability of each goal for the agents of each pattern, (D, K)."""
    shares = among_sampled(drawn)
    total = np.zeros((len(evidence.agents), len(evidence.categories)))
    for part in batches(evidence, len(shares)):
        some = {name: values[part] for name, values in drawn.items()}
        joint = log_joint(evidence, terms(evidence, some), shares[part])
        total += responsibilities(joint).sum(axis=0)
    return total / len(shares)
