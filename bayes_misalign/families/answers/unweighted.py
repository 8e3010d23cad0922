"""Evidence about goals in which every agent counts once, or nobody knows weights."""

from __future__ import annotations

import numpy as np

from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.goal_evidence import GoalEvidence


class Unweighted(GoalEvidence):
    """Base of evidence whose sums of weights, and of their squares, are its counts."""

    @property
    def weight_sum(self) -> FloatArray:
        """(S, K) the counts: there are no weights."""
        return self.counts

    @property
    def weight_sq_sum(self) -> FloatArray:
        """(S, K) the same."""
        return self.counts

    @property
    def n(self) -> FloatArray:
        """(S,) agents who answered."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def weight_total(self) -> FloatArray:
        """(S,) the same."""
        return self.n

    @property
    def weight_sq_total(self) -> FloatArray:
        """(S,) the same."""
        return self.n


class NeverWeighted(Unweighted):
    """Base of evidence that has no weights in any study, and is of populations without an end."""

    weighted = False
    population_size = None
    zero_weights = 0
