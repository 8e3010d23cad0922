"""Each agent holds the goals with strengths: counts of kinds of agents are multinomial."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.measure import pair_weight
from bayes_misalign.models.endorsement.evidence import StrengthCounts


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("endorsement")["priors"]["shares"])


def declare_lifted(evidence: StrengthCounts, matrix: Any) -> Any:
    """Return conflict of kinds of agents as a tensor, as `measure.endorsed` works it out."""
    import pytensor.tensor as pt

    strength, held = evidence.strength, evidence.held
    joined, k = pair_weight(evidence.average), strength.shape[1]
    found: Any = 0.0
    for i in range(k):
        for j in range(k):
            both = np.outer(held[:, i], held[:, j])
            if i == j or not both.any():
                continue
            weight = np.where(both > 0, joined(strength[:, i, None], strength[:, j]), 0.0)
            level = matrix[..., i, j][..., None, None] * weight
            if evidence.lift == "max":
                found = pt.maximum(found, level)
            elif evidence.lift == "mean":
                found = found + level
            else:
                found = found + level * (1.0 - found)
    if evidence.lift == "mean":
        size = held.sum(axis=1)
        found = found / np.outer(size, size)
    return found
