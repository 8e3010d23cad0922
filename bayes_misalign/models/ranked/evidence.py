"""How many agents of each population put the alternatives in each order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.measure.rankings import OrderDistance, TieRule, preferences
from bayes_misalign.models.ranked.orders import order_of, orders_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.evidence import Caution, FloatArray, Pair, Shape, frozen_array
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.settings import EVERYONE, NO_GOAL

# Squared distance from the middle over the sampling variance behind it, of all pairs of
# alternatives together; below it 90 % intervals held P(ma) in 0.0 to 0.8 of samples.
NEAR_MIDDLE = 6.0


@dataclass(frozen=True, eq=False)
class OrderCounts(CountedAgents):
    """Counts of agents by their order of the alternatives, a population a row, an order a column.

    Parameters
    ----------
    categories : tuple of str, length M
        The orders, alternatives joined by " > " and " = ", then "no goal" if it is an answer.
    goals : tuple of str, length K
        The alternatives in the order of the problem area, then "no goal" if it is an answer.
    position : (M, alternatives) ndarray of int
        Place of each alternative in each order, 1 for the first; 0 where it is not known.
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
        Agents without any order.
    distance : {"kendall", "first"}
        How conflict of orders follows from that of alternatives, see `measure.rankings_conflict`.
    ties : {"agree", "coin"}
        What having no preference between two alternatives means there.
    unranked : {"below", "unknown"}
        How alternatives were read that an agent left out of its order.
    pairs : tuple of pairs of str
        Pairs of alternatives that count for "kendall"; all where it is empty.
    incomplete : (S,) ndarray of float
        Agents who left out two alternatives or more.
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

    model: ClassVar[str] = "ranked"
    SHAPES: ClassVar[dict[str, Shape]] = {
        **dict.fromkeys(("counts", "weight_sum", "weight_sq_sum"), ("populations", "categories")),
        "position": ("categories", None),
        "incomplete": ("populations",),
    }

    categories: tuple[str, ...]
    goals: tuple[str, ...]
    position: NDArray[np.int64]
    populations: tuple[str, ...]
    counts: FloatArray
    weight_sum: FloatArray
    weight_sq_sum: FloatArray
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    incomplete: FloatArray
    distance: OrderDistance = "kendall"
    ties: TieRule = "agree"
    unranked: str = "below"
    pairs: tuple[Pair, ...] = ()
    zero_weights: int = 0
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"
    stated_deff: FloatArray | None = None
    clusters: FloatArray | None = None
    design: SampleDesign | None = None
    weights_in_common: bool = False

    @classmethod
    def from_counts(
        cls, goals: Sequence[str], populations: Sequence[str], counts: Sequence[Mapping[str, float]]
    ) -> Self:
        """Return evidence from the agents of each population by their orders, as in "a > b"."""
        seen = [order_of(goals, label) for one in counts for label in one if label != NO_GOAL]
        categories, position = orders_of(goals, seen)
        found = np.array([[one.get(label, 0.0) for label in categories] for one in counts])
        return cls(
            categories=categories,
            goals=tuple(goals),
            position=position,
            populations=tuple(populations),
            counts=found,
            weight_sum=found,
            weight_sq_sum=found,
            weighted=False,
            population_size=None,
            not_answers={},
            not_asked=frozen_array(np.zeros(len(populations))),
            incomplete=frozen_array(np.zeros(len(populations))),
        )

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The goals, without "no goal"."""
        return tuple(goal for goal in self.goals if goal != NO_GOAL)

    @property
    def pair_places(self) -> tuple[tuple[int, int], ...]:
        """Places of the pairs of alternatives that the study names; empty where all count."""
        at = {goal: i for i, goal in enumerate(self.goals)}
        return tuple((at[a], at[b]) for a, b in self.pairs)

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """That agents disagree about as much as they can, so that few of them do not do.

        Notes
        -----
        Where shares of all pairs are near 1/2, chance alone takes them away from it in every
        sample, and once more in the posterior: P(ma) is pulled down by about its maximum times
        2 / n (Stein's problem of estimating the length of a vector near zero).
        """
        if self.distance != "kendall" or len(self.alternatives) < 3:
            return ()
        near = [s for s, name in enumerate(self.populations) if self._is_near_middle(s)]
        if not near:
            return ()
        n = float(self.n[near].min())
        names = [named(self.populations[s]) for s in near if self.populations[s] != EVERYONE]
        where = f" of {', '.join(names[:3])}{' and others' * (len(names) > 3)}" if names else ""
        return (
            Caution(
                f"agents{where} disagree about nearly as much as they could, and there are "
                f"{n:,.0f} of them: P(ma) is then too low by about "
                f"{100 * min(2 / n, 1):.2g} % of itself, and intervals are too short",
                "ask more agents",
            ),
        )

    def _is_near_middle(self, s: int) -> bool:
        n = float(self.effective_counts[s].sum())
        if n < 2:
            return False
        shares = self.effective_counts[s] / n
        before = np.tensordot(shares, preferences(self.position), axes=(0, 0))
        i, j = np.triu_indices(len(before), 1)
        one, other = before[i, j], before[j, i]
        away = float(((one - other) ** 2).sum()) / 4
        chance = float((one + other - (one - other) ** 2).sum()) / (4 * n)
        return chance > 0 and away < NEAR_MIDDLE * chance

    def unweighted(self, counts: ArrayLike) -> Self:
        """Return evidence of the same shape with other counts, and without weights."""
        whole = super().unweighted(counts)
        return replace(whole, incomplete=frozen_array(np.zeros(len(self.populations))))

    def of_populations(self, places: NDArray[np.intp]) -> Self:
        """Return the answers in some populations alone."""
        return replace(super().of_populations(places), incomplete=self.incomplete[places])
