"""How many agents of each population gave each answer: all that a one-goal survey says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.reading.evidence import Caution, FloatArray, Pair, Shape, frozen_array
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.left_out import LeftOut
from bayes_misalign.reading.pairing import ABSENT, Pairing, Patterns
from bayes_misalign.reading.sample_design import SampleDesign


def _none() -> Any:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class ChoiceCounts(GoalEvidence):
    """Counts and sums of weights of the answers, a population a row and a category a column.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations, in the order asked for or of first appearance.
    counts : (S, K) ndarray of float
        Number of agents.
    weight_sum, weight_sq_sum : (S, K) ndarray of float
        Sum of the weights, and of their squares; both equal `counts` without weights.
    weighted : bool
        Whether the agents have weights.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    not_answers : dict of str to (S,) ndarray of float
        Agents who gave a declared non-answer, by its label.
    not_asked : (S,) ndarray of float
        Agents with an empty cell.
    zero_weights : int
        Agents whose answer counts for nothing, because their weight is 0.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".
    stated_deff : (S,) ndarray of float, or None
        Design effect of each population that the study states; NaN where it states none.
    doubts : tuple of (str, str)
        What the table is probably not read as it was meant, each with its remedy.
    patterns : (P, S) ndarray of int
        What agents answered who did in several populations, such as waves of one panel: the
        category in each, -1 where they did not answer. Each pattern is there once.
    pattern_counts : (P,) ndarray of float
        Agents of each pattern.
    pattern_weight_sum, pattern_weight_sq_sum : (P, S) ndarray of float
        Sum of their weights in each population, and of the squares; their number without weights.
    pattern_alike : (P,) ndarray of float
        Cosine between their weights in one population and in another, the least of all two: 1 where
        they are in proportion.
    clusters : (S,) ndarray of float, or None
        Number of clusters that the answers come from; None where the study names no clusters.
    design : SampleDesign, or None
        Variance of the weighted shares by strata, clusters or replicate weights.
    left_out : LeftOut, or None
        Agents without an answer, with their weights.
    """

    model: ClassVar[str] = "single-choice"
    SHAPES: ClassVar[dict[str, Shape]] = {
        **dict.fromkeys(("counts", "weight_sum", "weight_sq_sum"), ("populations", "categories")),
        "patterns": ("pattern_counts", "populations"),
        "pattern_weight_sum": ("pattern_counts", "populations"),
        "pattern_weight_sq_sum": ("pattern_counts", "populations"),
        "pattern_alike": ("pattern_counts",),
    }

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    counts: FloatArray
    weight_sum: FloatArray
    weight_sq_sum: FloatArray
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    zero_weights: int = 0
    notes: tuple[str, ...] = ()
    source: str = field(default="stated in the study")
    stated_deff: FloatArray | None = None
    doubts: tuple[Pair, ...] = ()
    patterns: NDArray[np.int64] = field(default_factory=_none)
    pattern_counts: FloatArray = field(default_factory=_none)
    pattern_weight_sum: FloatArray = field(default_factory=_none)
    pattern_weight_sq_sum: FloatArray = field(default_factory=_none)
    pattern_alike: FloatArray = field(default_factory=_none)
    clusters: FloatArray | None = None
    design: SampleDesign | None = None
    left_out: LeftOut | None = None
    weights_in_common: bool = False

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What makes the counts doubtful."""
        return tuple(Caution(*one) for one in self.doubts)

    @classmethod
    def from_counts(
        cls,
        categories: Sequence[str],
        populations: Sequence[str],
        counts: ArrayLike,
        *,
        weight_sum: ArrayLike | None = None,
        weight_sq_sum: ArrayLike | None = None,
        population_size: ArrayLike | None = None,
        stated_deff: ArrayLike | None = None,
        source: str = "stated in the study",
        patterns: Patterns | None = None,
    ) -> Self:
        """Return evidence that holds answers only: nobody refused, and everybody was asked."""
        if (weight_sum is None) != (weight_sq_sum is None):
            raise ValueError("weight_sum and weight_sq_sum are stated together or not at all")
        sizes = None if population_size is None else np.asarray(population_size, np.int64)
        return cls(
            categories=tuple(categories),
            populations=tuple(populations),
            counts=frozen_array(counts),
            weight_sum=frozen_array(counts if weight_sum is None else weight_sum),
            weight_sq_sum=frozen_array(counts if weight_sq_sum is None else weight_sq_sum),
            weighted=weight_sum is not None,
            population_size=sizes,
            not_answers={},
            not_asked=frozen_array(np.zeros(len(populations))),
            source=source,
            stated_deff=None if stated_deff is None else frozen_array(stated_deff),
            **({} if patterns is None else patterns.fields()),
        )

    def unweighted(self, counts: FloatArray) -> Self:
        """Return evidence of the same shape with other counts, and without weights or a design."""
        return replace(
            self,
            counts=counts,
            weight_sum=counts,
            weight_sq_sum=counts,
            weighted=False,
            stated_deff=None,
            doubts=(),
            clusters=None,
            design=None,
            **no_patterns(),
        )

    def of_populations(self, places: NDArray[np.intp]) -> Self | None:
        """Return the answers in some populations alone; None where agents are in several."""
        if len(self.patterns):
            return None
        cut: dict[str, Any] = {
            name: None if (values := getattr(self, name)) is None else values[places]
            for name in (
                *("counts", "weight_sum", "weight_sq_sum", "population_size"),
                *("not_asked", "stated_deff", "clusters"),
            )
        }
        return replace(
            self,
            populations=tuple(self.populations[s] for s in places),
            not_answers={label: number[places] for label, number in self.not_answers.items()},
            design=None if self.design is None else self.design.of_populations(places),
            left_out=None if self.left_out is None else self.left_out.of_populations(places),
            **cut,
        )

    @property
    def n(self) -> FloatArray:
        """(S,) number of agents who answered, those without a goal among them."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def all_rows(self) -> FloatArray:
        """(S,) number of agents who answered, refused or were not asked."""
        return np.asarray(self.n + self.not_asked + sum(self.not_answers.values()))

    @property
    def pair_sums(self) -> tuple[FloatArray, FloatArray] | None:
        """(S, K) sums of weights and of squared weights; None where agents hang together."""
        return None if self.design is not None else (self.weight_sum, self.weight_sq_sum)

    @property
    def weight_total(self) -> FloatArray:
        """(S,) sum of the weights of those who answered."""
        return np.asarray(self.weight_sum.sum(axis=1))

    @property
    def weight_sq_total(self) -> FloatArray:
        """(S,) sum of their squared weights."""
        return np.asarray(self.weight_sq_sum.sum(axis=1))

    @property
    def pairing(self) -> Pairing | None:
        """What the patterns say of how the populations are related; None if there are none."""
        if not len(self.patterns):
            return None
        place = np.maximum(self.patterns, 0)
        each = np.arange(len(self.populations))
        there = (self.patterns != ABSENT) & (self.weight_sum[each, place] > 0)
        part = np.zeros(self.patterns.shape)
        np.divide(self.pattern_weight_sum, self.weight_sum[each, place], out=part, where=there)
        return Pairing(
            self.patterns,
            self.pattern_counts,
            part * self.effective_counts[each, place],
            self.pattern_alike,
            self.counts,
        )

    def without_pairing(self) -> Self:
        """Return the same evidence, with nobody said to be in several populations."""
        return replace(self, **no_patterns())


def no_patterns() -> dict[str, Any]:
    """Return the fields of evidence in which nobody is in several populations."""
    names = ("patterns", "pattern_counts", "pattern_weight_sum", "pattern_weight_sq_sum")
    return dict.fromkeys((*names, "pattern_alike"), np.zeros(0))
