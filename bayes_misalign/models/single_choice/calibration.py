"""What a calibration of answers looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.weighted import SAMPLED
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, ChoiceCounts]:
    """Return answers of a small and of a large population."""
    counts = [[15, 0, 0, 0], [60, 0, 0, 0]]
    categories, populations = ("a", "b", "c", NO_GOAL), ("small", "large")
    return {"answers": ChoiceCounts.from_counts(categories, populations, counts)}


def with_data(evidence: ChoiceCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood, and how far shares are from those seen."""
    from scipy.special import xlogy

    shares = parameters.get(SAMPLED, parameters["proportion"])
    counts = evidence.effective_counts
    total = counts.sum(axis=-1, keepdims=True)
    seen = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return {
        "log_likelihood": xlogy(counts, shares).sum(axis=(-2, -1)),
        "residual": np.abs(np.where(total > 0, seen - shares, 0.0)).sum(axis=(-2, -1)),
    }
