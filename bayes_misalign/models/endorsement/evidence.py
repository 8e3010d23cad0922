"""How many agents of each population hold the goals with which strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.weights import PairWeightKind
from bayes_misalign.models.endorsement.kinds import Strengths, kinds_of
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape, frozen_array
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.settings import NO_GOAL

_NEXT_TO_NONE = 0.02  # of the largest strength


@dataclass(frozen=True, eq=False)
class StrengthCounts(CountedAgents):
    """Counts of agents by how strongly they hold the goals, a population a row, a kind a column.

    Parameters
    ----------
    categories : tuple of str, length M
        The kinds of agents, goals with strengths joined by " + ", then "no goal" if it is an
        answer.
    goals : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    strength : (M, K) ndarray of float
        How strongly each kind holds each goal, from 0 to 1.
    populations : tuple of str, length S
        The populations, in the order asked for or of first appearance.
    counts : (S, M) ndarray of float
        Number of agents.
    weight_sum, weight_sq_sum : (S, M) ndarray of float
        Sum of the weights, and of their squares; both equal `counts` without weights.
    weighted : bool
        Whether the agents have weights.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    not_answers : dict of str to (S,) ndarray of float
        Agents who gave a declared non-answer, by its label.
    not_asked : (S,) ndarray of float
        Agents without any strength.
    lift : {"noisy-or", "max", "mean"}
        How conflict of agents follows from that of their goals, see `measure.strength_conflict`.
    average : {"geometric", "arithmetic", "harmonic", "min", "max"}
        How the strengths of two goals that meet are joined.
    zero_weights : int
        Agents who count for nothing, because their weight is 0.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".
    stated_deff : (S,) ndarray of float, or None
        Design effect of each population that the study states; NaN where it states none.
    clusters : (S,) ndarray of float, or None
        Number of clusters that the agents come from; None where the study names no clusters.
    design : SampleDesign, or None
        Variance of the weighted shares by strata and clusters.
    """

    model: ClassVar[str] = "endorsement"
    SHAPES: ClassVar[dict[str, Shape]] = {
        **dict.fromkeys(("counts", "weight_sum", "weight_sq_sum"), ("populations", "categories")),
        "strength": ("categories", "goals"),
    }

    categories: tuple[str, ...]
    goals: tuple[str, ...]
    strength: FloatArray
    populations: tuple[str, ...]
    counts: FloatArray
    weight_sum: FloatArray
    weight_sq_sum: FloatArray
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    lift: HolderRule = "noisy-or"
    average: PairWeightKind = "geometric"
    zero_weights: int = 0
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"
    stated_deff: FloatArray | None = None
    clusters: FloatArray | None = None
    design: SampleDesign | None = None
    weights_in_common: bool = False

    @classmethod
    def of(
        cls,
        goals: Sequence[str],
        populations: Sequence[str],
        strengths: Sequence[Strengths],
        counts: ArrayLike,
        *,
        room: Sequence[float] = (),
        lift: HolderRule = "noisy-or",
        average: PairWeightKind = "geometric",
    ) -> Self:
        """Return evidence from counts (S, n) of agents with these strengths (n, K)."""
        categories, strength = kinds_of(goals, strengths, room)
        at = {tuple(row): m for m, row in enumerate(strength.tolist())}
        given = np.asarray(counts, dtype=float)
        found = np.zeros((len(populations), len(categories)))
        for i, one in enumerate(strengths):
            found[:, at[tuple(map(float, one))]] += given[:, i]
        return cls(
            categories=categories,
            goals=tuple(goals),
            strength=strength,
            populations=tuple(populations),
            counts=found,
            weight_sum=found,
            weight_sq_sum=found,
            weighted=False,
            population_size=None,
            not_answers={},
            not_asked=frozen_array(np.zeros(len(populations))),
            lift=lift,
            average=average,
        )

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """That all strengths are next to none, as fractions of a scale of percent are."""
        goals = [goal != NO_GOAL for goal in self.goals]
        seen = self.strength[self.counts.sum(axis=0) > 0][:, goals]
        if not 0 < seen.max(initial=0.0) <= _NEXT_TO_NONE:
            return ()
        return (
            Caution(
                f"no strength is above {seen.max():.3g}, of at most 1",
                "if strengths are fractions, leave out largest, which divides them; else state "
                "the largest that an agent could give",
            ),
        )

    @property
    def held(self) -> FloatArray:
        """(M, K) which goals each kind of agent holds at all, 1 or 0."""
        return (self.strength > 0).astype(float)
