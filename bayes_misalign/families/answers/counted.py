"""Counts of agents by what they hold, sums of their weights, and what follows from these alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.reading.evidence import FloatArray, frozen_array
from bayes_misalign.reading.goal_evidence import GoalEvidence


class CountedAgents(GoalEvidence):
    """Evidence that is counts (S, M) of agents by what they hold; its classes are dataclasses.

    They have the fields `clusters` and `design`, see `reading.goal_evidence.GoalEvidence`.
    """

    def unweighted(self, counts: ArrayLike) -> Self:
        """Return evidence of the same shape with other counts, and without weights."""
        whole = frozen_array(counts)
        made: Any = self
        found: Self = replace(
            made,
            counts=whole,
            weight_sum=whole,
            weight_sq_sum=whole,
            weighted=False,
            stated_deff=None,
            clusters=None,
            design=None,
        )
        return found

    def of_populations(self, places: NDArray[np.intp]) -> Self:
        """Return the answers in some populations alone."""
        names = ("counts", "weight_sum", "weight_sq_sum", "population_size", "not_asked")
        cut: dict[str, Any] = {
            name: None if (values := getattr(self, name)) is None else values[places]
            for name in (*names, "stated_deff", "clusters")
        }
        made: Any = self
        found: Self = replace(
            made,
            populations=tuple(self.populations[s] for s in places),
            not_answers={label: number[places] for label, number in self.not_answers.items()},
            design=None if self.design is None else self.design.of_populations(places),
            **cut,
        )
        return found

    @property
    def n(self) -> FloatArray:
        """(S,) number of agents who answered, those without a goal among them."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def pair_sums(self) -> tuple[FloatArray, FloatArray] | None:
        """(S, M) sums of weights and of squared weights; None where agents hang together."""
        return None if self.design is not None else (self.weight_sum, self.weight_sq_sum)

    @property
    def weight_total(self) -> FloatArray:
        """(S,) sum of the weights of those who answered."""
        return np.asarray(self.weight_sum.sum(axis=1))

    @property
    def weight_sq_total(self) -> FloatArray:
        """(S,) sum of their squared weights."""
        return np.asarray(self.weight_sq_sum.sum(axis=1))
