"""What a calibration of stated ranges and means looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.elicited.generative import ElicitedPriors
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]


def designs() -> dict[str, ElicitedConflict]:
    """Return two ranges and a mean, one of the ranges with the default probability."""
    n = np.nan
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    low, high, probability = np.array([[0.7, 0.2, n], [1.0, 0.4, n], [n, 0.8, n]])
    mean, strength = np.array([[n, n, 0.6], [n, n, 10.0]])
    stated = ElicitedConflict(pairs, low, high, probability, mean, strength, origin="a design")
    return {"ranges and a mean": stated}


def against_statements(
    evidence: ElicitedConflict, prior: ElicitedPriors, level: Array
) -> dict[str, float]:
    """Return p-values of the draws inside each stated range, and of the average for a mean.

    Notes
    -----
    For a range it is the exact binomial p-value of the number of draws inside it.
    """
    from scipy.special import ndtr
    from scipy.stats import binomtest

    found: dict[str, float] = {}
    for i, label in enumerate(pair_labels(evidence.pairs)):
        mean, strength = evidence.mean[i], evidence.strength[i]
        if np.isnan(mean):
            stated = evidence.probability[i]
            stated = prior.probability if np.isnan(stated) else stated
            inside = (level[:, i] >= evidence.low[i]) & (level[:, i] <= evidence.high[i])
            test = binomtest(int(inside.sum()), len(level), float(stated))
            found[f"mass in the range[{label}]"] = float(test.pvalue)
        else:
            sd = np.sqrt(mean * (1 - mean) / (strength + 1) / len(level))
            found[f"mean[{label}]"] = float(2 * ndtr(-abs(level[:, i].mean() - mean) / sd))
    return found
