"""What all evidence about goals has in common: populations of agents, their weights and sizes."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import (
    EffectiveCounts,
    design_effect,
    effective_counts,
    effective_counts_in_common,
    exclusive_conflict,
)
from bayes_misalign.reading.evidence import Evidence, FloatArray
from bayes_misalign.reading.left_out import LeftOut
from bayes_misalign.reading.pairing import Pairing
from bayes_misalign.reading.sample_design import Coupling, SampleDesign
from bayes_misalign.settings import NO_GOAL

EQUAL = 1e-9  # relative; weights that differ by no more are equal
SIZE_TOLERANCE = 0.02  # published weights are rounded; they are scaled to sum to the size
Completed = Literal["large", "alike", "weighted", "left out"]


class GoalEvidence(Evidence):
    """Evidence about the goals of agents in one or several populations.

    Attributes
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations.
    counts : (S, K) ndarray of float
        Agents by goal, everything taken at face value.
    weight_sum : (S, K) ndarray of float
        Sum of their weights; equals `counts` without weights.
    n : (S,) ndarray of float
        Agents who are evidence; NaN, as every such number, where draws made elsewhere do not say.
    weight_total, weight_sq_total : (S,) ndarray of float
        Sum of the weights of these agents, and of the squared weights.
    weighted : bool
        Whether the agents have weights.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    not_answers : dict of str to (S,) ndarray of float
        Declared non-answers, by their label.
    not_asked : (S,) ndarray of float
        Empty cells.
    zero_weights : int
        Agents who count for nothing, because their weight is 0.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".

    stated_deff : (S,) ndarray of float, or None
        Design effect of each population that the study states; NaN where it is left to the weights.
    clusters : (S,) ndarray of float, or None
        Number of clusters that the agents come from; None where the study names no clusters.
    design : SampleDesign, or None
        Variance of the weighted shares by strata, clusters or replicate weights, where they are
        known.
    weights_in_common : bool
        Whether what an answer of each goal weighs is learnt of all populations together, because
        their shares are.
    left_out : LeftOut, or None
        Agents without an answer, with their weights; None where a model does not tell them.
    refusals_untold : str
        Why a model never tells them, as the end of a sentence; empty where it may.

    Notes
    -----
    What answers with weights are worth is said in `measure.effective_counts`; how the agents whom
    nobody observed are completed, in `completed`.
    """

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    zero_weights: int
    notes: tuple[str, ...]
    source: str

    stated_deff: FloatArray | None = None
    clusters: FloatArray | None = None
    design: SampleDesign | None = None
    left_out: LeftOut | None = None
    weights_in_common: bool = False
    refusals_untold: ClassVar[str] = ""

    if TYPE_CHECKING:  # fields of one class are worked out in another

        @property
        def counts(self) -> FloatArray:
            """(S, K) agents by goal at face value."""

        @property
        def weight_sum(self) -> FloatArray:
            """(S, K) sum of their weights."""

        @property
        def weight_sq_sum(self) -> FloatArray:
            """(S, K) sum of their squared weights."""

        @property
        def n(self) -> FloatArray:
            """(S,) agents who are evidence."""

        @property
        def weight_total(self) -> FloatArray:
            """(S,) sum of their weights."""

        @property
        def weight_sq_total(self) -> FloatArray:
            """(S,) sum of their squared weights."""

    @property
    def part_sizes(self) -> NDArray[Any] | None:
        """(S,) known sizes of the populations as parts of their union, or None.

        By default those of the whole populations; where only their proportions are known, nobody
        is completed to a size.
        """
        return self.population_size

    @property
    def pair_sums(self) -> tuple[FloatArray, FloatArray] | None:
        """(S, K) sums of weights and of squared weights of random agents whose goals are seen.

        Pairs of different agents give an unbiased estimate of P(ma) from them; None where goals
        are seen through reports, or are not those of single agents.
        """
        return None

    @property
    def pairing(self) -> Pairing | None:
        """The agents who are in several populations; None if there are none, or nobody knows."""
        return None

    def without_pairing(self) -> Self:
        """Return the same evidence, with nobody said to be in several populations."""
        return self

    @property
    def uneven(self) -> NDArray[np.bool_]:
        """(S,) whether the agents of a population differ in weight."""
        total, squares = self.weight_total, self.weight_sq_total
        return np.asarray(self.n * squares > total**2 * (1 + EQUAL))

    @property
    def stated(self) -> NDArray[np.bool_]:
        """(S,) whether the study states the design effect of a population."""
        given = self.stated_deff
        return np.zeros(len(self.populations), bool) if given is None else ~np.isnan(given)

    @property
    def tempered(self) -> bool:
        """Whether answers count for another number of them, so that they are no whole sample."""
        return self.weighted or self.stated_deff is not None or self.design is not None

    @property
    def designed(self) -> NDArray[np.bool_]:
        """(S,) whether strata, clusters or replicates say what the answers are worth."""
        return np.asarray((self.n > 0) & ~self.stated & (self.design is not None))

    @property
    def completed(self) -> tuple[Completed, ...]:
        """(S,) how the agents whom nobody observed are completed to the stated size.

        Notes
        -----
        With equal weights the unseen are like the seen. Where weights differ and sum to the size,
        an agent of weight w stands for w - 1 unseen ones, and these numbers are the weights of the
        unseen: a weighted Polya posterior (Strief and Meeden, Survey Methodology 39, 2013) of goals
        in place of agents, its spread that of Poisson sampling. Where weights differ and do not sum
        to the size, nobody can tell whom they stand for, and nothing is completed; nor is it under
        a design, whose finite-population correction is in its variance.
        """
        if self.population_size is None:
            return tuple[Completed, ...](["large"] * len(self.populations))
        size = self.population_size.astype(float)
        sums = np.abs(self.weight_total - size) <= SIZE_TOLERANCE * size
        how: list[Completed] = []
        for uneven, stated, close in zip(self.uneven, self.stated, sums, strict=True):
            unlike: Completed = "left out" if stated or not close else "weighted"
            how.append(unlike if uneven else "alike")
        if self.design is not None:
            return tuple(
                one if stated else "left out" for one, stated in zip(how, self.stated, strict=True)
            )
        return tuple(how)

    @property
    def of_unseen(self) -> NDArray[np.bool_]:
        """(S,) whether the shares that are drawn are those of the agents whom nobody observed."""
        return np.array([how == "weighted" for how in self.completed], dtype=bool)

    def share_weights(
        self, agents: FloatArray, sums: FloatArray, squares: FloatArray, population: Any
    ) -> tuple[FloatArray, FloatArray]:
        """Return sums of weights, and of their squares, that tell of the shares to be drawn.

        Parameters
        ----------
        agents, sums, squares : ndarray, shape (rows, ...)
            Agents of each row with the sums of their weights and squared weights.
        population : index
            Takes values (S,) to the rows.
        """
        if not self.of_unseen.any() or self.population_size is None:
            return sums, squares
        here, total = self.of_unseen, self.weight_total
        size = self.population_size.astype(float)
        scale = np.divide(size, total, out=np.ones_like(total), where=here & (total > 0))
        f, here = scale[population], here[population]
        # an agent of weight w stands for w - 1 others
        unseen = np.maximum(f * sums - agents, 0.0)
        unseen_sq = np.maximum(f**2 * squares - 2 * f * sums + agents, 0.0)
        return np.where(here, unseen, sums), np.where(here, unseen_sq, squares)

    @property
    def goal_weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(S, K) weights and squared weights behind the shares to be drawn, and (S,) agents."""
        rows = np.arange(len(self.populations))[:, None]
        sums, squares = self.share_weights(self.counts, self.weight_sum, self.weight_sq_sum, rows)
        return sums, squares, self.n

    @cached_property
    def effective(self) -> EffectiveCounts:
        """Effective counts (S, K), and the scales by which the shares behind them are tilted."""
        sums, squares, n = self.goal_weights
        plain = sums if self.weighted else self.counts
        if self.weighted:
            # equal weights leave whole counts whole, to the last digit
            alike = ~self.uneven[:, None]
            if self.weights_in_common and self.uneven.any():
                counts, scale = effective_counts_in_common(sums, squares, self.counts)
                # who all hold one goal do not tell what the others would weigh
                alike = alike & ((self.counts > 0).sum(axis=1, keepdims=True) > 1)
            else:
                counts, scale = effective_counts(sums, squares, n)
            counts = np.where(alike, self.counts, counts)
            scale = np.where(alike, 1.0, scale)
        else:
            counts, scale = self.counts, np.ones_like(self.counts)
        if self.design is not None:
            factor = self.design_factor(EffectiveCounts(counts, scale))[:, None]
            counts, scale = counts / factor, scale * factor
        if self.stated_deff is not None:
            total = plain.sum(axis=1, keepdims=True)
            shares = np.divide(plain, total, out=np.zeros_like(plain), where=total > 0)
            worth = self.n / np.where(self.stated, self.stated_deff, 1.0)
            here = self.stated[:, None]
            counts = np.where(here, worth[:, None] * shares, counts)
            scale = np.where(here, 1.0, scale)
        return EffectiveCounts(counts, scale)

    def design_factor(self, before: EffectiveCounts) -> FloatArray:
        """Return by what effective counts by weights are divided (S,) to have the design's width.

        See `SampleDesign.factor`; 1 where no design says it, or the study states a design effect.
        """
        if self.design is None:
            return np.ones(len(self.populations))
        return np.where(self.designed, self.design.factor(before, self._toward), 1.0)

    @property
    def coupling(self) -> Coupling | None:
        """How P(ma) of populations with clusters in common hang together; None if they do not."""
        if self.design is None or self.stated.any():
            return None
        sums, _, _ = self.seen_weights
        total = sums.sum(axis=1, keepdims=True)
        shares = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
        found = self.design.correlation(shares, self._toward)
        return None if found is None else Coupling(found, self._toward)

    @property
    def effective_counts(self) -> FloatArray:
        """(S, K) answers without weights that tell as much of the shares, see `effective`."""
        return self.effective.counts

    @property
    def tilt(self) -> FloatArray | None:
        """(S, K) scale from shares behind effective counts to the population; None if even."""
        return self.effective.tilt

    def design_effect_of(self, conflict: FloatArray) -> FloatArray:
        """Return the design effect (S,) of P(ma) under conflict levels (K, K) or (S, K, K).

        Stated where the study states it, else by `measure.design_effect`; NaN where nobody answered
        or nobody knows.
        """
        found = (
            np.where(self.n > 0, 1.0, np.nan) if not self.weighted else self._from_weights(conflict)
        )
        if self.design is not None:
            found = np.where(self.designed, self._from_design(self.design, conflict), found)
        if self.stated_deff is not None:
            found = np.where(self.stated & (self.n > 0), self.stated_deff, found)
        return np.asarray(found)

    @property
    def _toward(self) -> FloatArray:
        """Conflict levels of the P(ma) whose variance by the design the posterior has."""
        settled = None if self.design is None else self.design.toward
        return self._exclusive if settled is None else settled

    def _from_design(self, design: SampleDesign, conflict: FloatArray) -> FloatArray:
        sums, _, n = self.seen_weights
        total = sums.sum(axis=1, keepdims=True)
        p = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
        size = np.where(n > 0, n, 1.0)[:, None, None]
        simple = (p[:, :, None] * np.eye(p.shape[1]) - p[:, :, None] * p[:, None, :]) / size
        found = design.ratio(simple, p, conflict)
        if design.plain is not None and self.weighted:
            found = found * self._from_weights(conflict)
        each_one = np.divide(n, design.clusters, out=np.ones_like(n), where=design.clusters > 0)
        return np.where(np.isnan(found), np.maximum(each_one, 1.0), found)

    def with_weights_in_common(self, common: bool) -> Self:
        """Return the same evidence, its weights learnt of all populations together or of each."""
        this: Any = self
        told = any(one.name == "weights_in_common" for one in fields(this))
        if not (told and self.weighted) or self.weights_in_common == common:
            return self
        found: Self = replace(this, weights_in_common=common)
        return found

    def toward(self, conflict: FloatArray) -> Self:
        """Return the same evidence, its design's variance met for P(ma) under conflict levels."""
        if self.design is None:
            return self
        this: Any = self
        found: Self = replace(this, design=replace(self.design, toward=conflict))
        return found

    def _from_weights(self, conflict: FloatArray) -> FloatArray:
        sums, squares, n = self.seen_weights
        found = design_effect(sums, squares, n, conflict)
        return np.where(self.n > 0, np.where(self.uneven, found, 1.0), np.nan)

    @property
    def seen_weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(S, K) weights and squared weights of the agents observed, and (S,) these agents."""
        return self.weight_sum, self.weight_sq_sum, self.n

    def n_effective_of(self, conflict: FloatArray) -> FloatArray:
        """Return the number (S,) of agents without weights who would tell as much of P(ma)."""
        deff = self.design_effect_of(conflict)
        none = np.where(np.isnan(self.n), np.nan, 0.0)
        return np.divide(self.n, deff, out=none, where=self.n > 0)

    @property
    def _exclusive(self) -> FloatArray:
        no_goal = self.categories[-1] == NO_GOAL and len(self.categories) > 1
        return exclusive_conflict(len(self.categories) - no_goal, no_goal)

    @property
    def n_effective(self) -> FloatArray:
        """(S,) `n_effective_of` where all goals exclude each other; 0 where nobody answered."""
        return self.n_effective_of(self._exclusive)

    @property
    def design_effect(self) -> FloatArray:
        """(S,) n / n_effective; NaN where nobody answered."""
        return self.design_effect_of(self._exclusive)

    @property
    def no_answer_populations(self) -> tuple[str, ...]:
        """Populations in which nobody answered; the prior alone speaks for them."""
        return tuple(name for name, n in zip(self.populations, self.n, strict=True) if n == 0)
