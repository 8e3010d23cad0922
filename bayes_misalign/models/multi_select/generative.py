"""Each agent states several goals, one, or none: counts of holdings are multinomial."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.measure.holders import LOG_OF_ZERO
from bayes_misalign.models.multi_select.evidence import HoldingCounts


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("multi-select")["priors"]["shares"])


def declare_lifted(evidence: HoldingCounts, matrix: Any) -> Any:
    """Return conflict of holdings as a tensor, as `measure.lifted` works it out of numbers."""
    import pytensor.tensor as pt

    held = evidence.held.astype(float)
    if evidence.lift == "mean":
        size = held.sum(axis=1)
        found = pt.matmul(pt.matmul(held, matrix), held.T) / np.outer(size, size)
    elif evidence.lift == "max":
        found = _worst_pair(held, matrix)
    else:
        certain = pt.ge(matrix, 1.0)
        peace = pt.log1p(-pt.switch(certain, 0.0, matrix))
        log_peace = pt.switch(certain, LOG_OF_ZERO, peace)
        found = -pt.expm1(pt.matmul(pt.matmul(held, log_peace), held.T))
    apart = 1.0 - np.eye(len(held)) if evidence.same_goals == "agree" else 1.0
    return found * apart


def _worst_pair(held: Any, matrix: Any) -> Any:
    """Return the largest level of any pair of goals, those of no goal among them."""
    import pytensor.tensor as pt

    found: Any = 0.0
    for i in range(held.shape[1]):
        for j in range(held.shape[1]):
            if i == j:
                continue
            level = matrix[..., i, j][..., None, None]
            found = pt.maximum(found, level * np.outer(held[:, i], held[:, j]))
    return found
