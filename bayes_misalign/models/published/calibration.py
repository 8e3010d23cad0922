"""What a calibration of published percentages looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.generative import log_shares
from bayes_misalign.models.published.rounding import rows
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, PublishedShares]:
    """Return percentages of a small and of a larger sample, rounded to whole ones and to tenths."""
    return {
        "percentages": PublishedShares.of(
            ("a", "b", NO_GOAL), ("small", "large"), [[100, 0, 0]] * 2, [40, 240]
        ),
        "rounded coarsely": PublishedShares.of(
            ("a", "b", "c"), ("all",), [[100, 0, 0]], [120], rounding=[5.0]
        ),
    }


def with_data(evidence: PublishedShares, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood, and how far shares are from the percentages."""
    likelihood = sum(rows(evidence.ranges, log_shares(parameters)))
    gap = np.abs(100 * parameters["proportion"] - evidence.of_answers)
    return {"log_likelihood": np.asarray(likelihood), "residual": gap.sum(axis=(-2, -1))}
