"""How many agents of each population hold the goals with which strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.measure import exclusive_conflict, strength_conflict
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.weights import PairWeightKind
from bayes_misalign.models.endorsement.kinds import Strengths, kinds_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape, frozen_array
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.settings import EVERYONE, NO_GOAL

_NEXT_TO_NONE = 0.02  # of the largest strength
MOST_KINDS = 2_000  # kinds of agents whose conflicts are looked at, all pairs of them
# mean correlation of strengths of two goals above which, and agents who agree below which, coverage
# was below 0.8
ASSOCIATED, FEW_AGREE = 0.4, 15.0
MOST_POINTS = 11  # of a scale; where strengths are numbers intervals held


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
        """That strengths are next to none, or that too few agents tell who agrees with others."""
        return (*self._of_weak(), *self._of_few())

    def _of_weak(self) -> tuple[Caution, ...]:
        """Say that all strengths are next to none, as fractions of a scale of percent are."""
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

    def _of_few(self) -> tuple[Caution, ...]:
        """Say that few tell who agrees with others, where whoever holds one goal holds all alike.

        Notes
        -----
        Where most agents hold all goals strongly, nearly all pairs of them conflict, and 1 - P(ma)
        hangs on the few who hold everything weakly. A sample often lacks some of them and does not
        show it. With m_a how likely agent a is to agree with a random one, they count as
        (sum m)^2 / sum m^2 agents; for goals that exclude each other
        (`benchmarks/endorsement_coverage.py again`).
        """
        found = []
        for name, counts in zip(self.populations, self.effective_counts, strict=True):
            seen = np.flatnonzero(counts)
            if not 1 < len(seen) <= MOST_KINDS:
                continue
            strength, n = self.strength[seen], float(counts.sum())
            if len(np.unique(strength[strength > 0])) > MOST_POINTS:
                continue
            p = counts[seen] / n
            none = NO_GOAL in self.goals
            if _association(strength[:, : len(self.goals) - none], p) <= ASSOCIATED:
                continue
            exclusive = exclusive_conflict(len(self.goals) - none, none)
            agreeing = 1 - strength_conflict(strength, exclusive, self.lift, self.average) @ p
            square = float(p @ agreeing**2)
            worth = n * float(p @ agreeing) ** 2 / square if square else 0.0
            if worth < FEW_AGREE:
                found.append((worth, n, name))
        if not found:
            return ()
        worth, n, name = min(found)
        where = "" if name == EVERYONE else f" of {named(name)}"
        others = f"; so it is in {len(found) - 1:,} more" if len(found) > 1 else ""
        return (
            Caution(
                f"those of {n:,.0f} agents{where} who hold one goal strongly hold the others "
                "strongly too, and 1 - P(ma) hangs on the few who hold all weakly, worth "
                f"{worth:.1f} agents{others}: where goals exclude each other, intervals of P(ma) "
                "may contain the true value much less often than they claim",
                "ask more agents",
            ),
        )

    @property
    def held(self) -> FloatArray:
        """(M, K) which goals each kind of agent holds at all, 1 or 0."""
        return (self.strength > 0).astype(float)


def _association(strength: FloatArray, p: FloatArray) -> float:
    """Return the mean correlation of the strengths of two goals; 0 where one does not vary."""
    gap = strength - p @ strength
    covariance = gap.T @ (p[:, None] * gap)
    sd = np.sqrt(np.diagonal(covariance))
    if len(sd) < 2 or not (sd > 0).all():
        return 0.0
    return float((covariance / np.outer(sd, sd))[np.triu_indices(len(sd), 1)].mean())
