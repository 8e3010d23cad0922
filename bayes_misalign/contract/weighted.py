"""Goal shares given weighted answers: shares behind effective counts, tilted to the population.

Effective counts (`measure.effective_counts`) stand for a sample without weights, in which goals
whose holders were sampled more often are too frequent. The prior of the shares meets these counts;
what comes out are the shares q among those sampled, and p_i = q_i s_i / sum_j q_j s_j are those of
the population.

Before any answer nobody has a weight, all scales are 1 and p is q: so the prior of p is the stated
one, and that is what a report shows as the prior. It is not what the posterior would be at zero
answers and the scales that were observed, since these scales are answers themselves.
"""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.base import Draws, Rng
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.measure import EffectiveCounts, population_shares

SAMPLED = "sampled_proportion"  # shares among those sampled, where weights tilt them


def drawn_shares(
    prior: Any, effective: EffectiveCounts, categories: tuple[str, ...], draws: int, rng: Rng
) -> Draws:
    """Return exact draws of `proportion`, and of what it is tilted from where weights tilt it."""
    found = shares_of(prior).draw(prior, effective.counts, categories, draws, rng)
    if (tilt := effective.tilt) is None:
        return found
    sampled = found["proportion"]
    return {**found, "proportion": population_shares(sampled, tilt), SAMPLED: sampled}
