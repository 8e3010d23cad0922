"""How many agents of each population hold each set of goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.lifted import SameRule, lifted
from bayes_misalign.models.multi_select.holdings import JOINED, MOST_WHOLE, holdings_of
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape, frozen_array
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.settings import EVERYONE, NO_GOAL

UNSEEN = 0.1  # of agents, as Good estimates it; more is cautioned
TOO_FEW = 0.8  # standard deviations that P(ma) is off; 90 % intervals then hold it 0.8 of the time
MOST_ALIKE = 2_000  # holdings of which levels of conflict are worked out for a caution


@dataclass(frozen=True, eq=False)
class HoldingCounts(CountedAgents):
    """Counts of agents by the goals that they hold, a population a row and a holding a column.

    Parameters
    ----------
    categories : tuple of str, length M
        The holdings, goals joined by " + ", then "no goal" if it is an answer.
    goals : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    held : (M, K) ndarray of int
        Which goals each holding is made of, 1 or 0.
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
        Agents without any answer.
    lift : {"noisy-or", "max", "mean"}
        How conflict of holdings follows from that of goals, see `measure.pattern_conflict`.
    same_goals : {"conflict", "agree"}
        Whether agents of the same holding conflict as any others, see `measure.lifted`.
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

    model: ClassVar[str] = "multi-select"
    SHAPES: ClassVar[dict[str, Shape]] = {
        **dict.fromkeys(("counts", "weight_sum", "weight_sq_sum"), ("populations", "categories")),
        "held": ("categories", "goals"),
    }

    categories: tuple[str, ...]
    goals: tuple[str, ...]
    held: NDArray[np.int64]
    populations: tuple[str, ...]
    counts: FloatArray
    weight_sum: FloatArray
    weight_sq_sum: FloatArray
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    lift: HolderRule = "noisy-or"
    same_goals: SameRule = "conflict"
    zero_weights: int = 0
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"
    stated_deff: FloatArray | None = None
    clusters: FloatArray | None = None
    design: SampleDesign | None = None
    weights_in_common: bool = False

    @classmethod
    def from_counts(
        cls,
        goals: Sequence[str],
        populations: Sequence[str],
        counts: Sequence[Mapping[str, float]],
        *,
        lift: HolderRule = "noisy-or",
        same_goals: SameRule = "conflict",
    ) -> Self:
        """Return evidence from the agents of each population by their goals, as in "a + b"."""
        seen = [tuple(map(goals.index, label.split(JOINED))) for one in counts for label in one]
        categories, held = holdings_of(goals, seen)
        found = np.array([[one.get(label, 0.0) for label in categories] for one in counts])
        return cls(
            categories=categories,
            goals=tuple(goals),
            held=held,
            populations=tuple(populations),
            counts=found,
            weight_sum=found,
            weight_sq_sum=found,
            weighted=False,
            population_size=None,
            not_answers={},
            not_asked=frozen_array(np.zeros(len(populations))),
            lift=lift,
            same_goals=same_goals,
        )

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """That many agents may hold sets of goals that nobody was seen to hold, or hold alike.

        Notes
        -----
        Good (Biometrika 40, 1953): the share of the former is about that of agents whose holding
        nobody shares.
        """
        return (*self._of_unseen(), *self._of_alike())

    def _of_unseen(self) -> tuple[Caution, ...]:
        if len(self.goals) - (NO_GOAL in self.goals) <= MOST_WHOLE or not self.n.sum():
            return ()
        several = self.held.sum(axis=1) > 1
        once = float((self.counts.sum(axis=0)[several] == 1).sum())
        share = once / float(self.n.sum())
        if share <= UNSEEN:
            return ()
        return (
            Caution(
                f"about {100 * share:.0f} % of agents hold sets of goals that nobody else was seen "
                "to hold; sets that nobody was seen to hold have no share in the model",
                "ask more agents, or put goals together",
            ),
        )

    def _of_alike(self) -> tuple[Caution, ...]:
        """Say that too few agents tell how many hold the same goals, where these agree.

        Notes
        -----
        P(ma) is then that of all pairs less sum p_h^2 c_hh, over holdings h whose goals conflict.
        Chance makes shares less even in a sample, and once more in the posterior: the sum is too
        large by 2 sum p_h (1 - p_h) c_hh / n. That is set against the standard deviation of P(ma),
        2 sd_p(Cp) / sqrt(n), for goals that exclude each other.
        """
        if self.same_goals != "agree":
            return ()
        found = []
        for name, counts in zip(self.populations, self.effective_counts, strict=True):
            seen = np.flatnonzero(counts)
            n, p = float(counts.sum()), counts[seen] / max(float(counts.sum()), 1.0)
            if not 1 < len(seen) <= MOST_ALIKE:
                continue
            none = NO_GOAL in self.goals
            exclusive = exclusive_conflict(len(self.goals) - none, none)
            levels = np.asarray(lifted(self.held[seen], exclusive, self.lift).whole())
            own = np.diagonal(levels).copy()
            np.fill_diagonal(levels, 0.0)
            row = levels @ p
            spread = max(float(p @ row**2 - (p @ row) ** 2), 0.0)
            off = 2 * float((p * (1 - p)) @ own) / n
            times = off / max(2 * (spread / n) ** 0.5, 1e-12)
            if times > TOO_FEW:
                found.append((off, times, n, name))
        if not found:
            return ()
        off, times, n, name = max(found, key=lambda x: x[1])
        where = "" if name == EVERYONE else f" of {named(name)}"
        others = f", and those of {len(found) - 1:,} more populations," if len(found) > 1 else ""
        return (
            Caution(
                f"{n:,.0f} agents{where}{others} are few beside all the sets of goals that they "
                "hold, and agents of the same goals agree: where goals exclude each other P(ma) is "
                f"too low by about {off:.2g}, {min(times, 99.0):.1f} times its standard deviation, "
                "and intervals miss it",
                "ask more agents, or put goals together",
            ),
        )
