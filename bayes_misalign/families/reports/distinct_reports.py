"""Agents by what was reported of them: equal reports are one row, however many agents have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.few_reports import few, report_list
from bayes_misalign.families.reports.weighted_rows import WeightedRows, weighted_rows
from bayes_misalign.families.reports.wrong_words import REPORTS_WRONG, WrongWords
from bayes_misalign.measure import EffectiveCounts, effective_counts
from bayes_misalign.reading.evidence import UNKNOWN as UNKNOWN
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.evidence import IntArray as IntArray
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.sample_design import SampleDesign

LARGEST_KEY = 2.0**62  # numbers below it fit the integers of numpy
WIDE = 100_000  # numbers from which on importing sparse matrices pays


@dataclass(frozen=True, eq=False, kw_only=True)
class DistinctReports(GoalEvidence):
    """Distinct patterns of reports, with the number of agents of each.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations.
    reports : (D, C) ndarray of int
        How often each of C different things was reported of an agent with the pattern.
    population : (D,) ndarray of int
        Population of the agents with the pattern.
    gold : (D,) ndarray of int
        Known goal of these agents; -1 where nobody knows it.
    agents : (D,) ndarray of float
        Number of agents with the pattern.
    row_weight, row_weight_sq : (D,) ndarray of float
        Sum of their weights and of the squared weights; both equal `agents` without weights.
    weighted : bool
        Whether the agents have weights.
    gold_chosen : bool
        Whether agents with a known goal were chosen by that goal, so that how many there are of
        each says nothing about the shares.
    gold_random : bool
        Whether agents with a known goal are a random subset of the agents of their population.
    gold_probability : (D,) ndarray of float, or None
        How likely each agent with a known goal was to be drawn, where a study states it.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    not_answers : dict of str to (S,) ndarray of float
        Reports that are declared non-answers, by their label.
    not_asked : (S,) ndarray of float
        Empty cells.
    zero_weights : int
        Agents whose weight is 0.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".
    stated_deff : (S,) ndarray of float, or None
        Design effect of each population that the study states; NaN where it states none.
    design : SampleDesign, or None
        Variance of the shares where agents come from clusters.

    Notes
    -----
    Weights belong to agents, and what the weights say of a goal needs to know who holds it. Nobody
    does; so an agent's weight counts for each goal as likely as its reports make it, by a rough fit
    of shares and error rates to the weighted reports (`weighted_rows.likely_goals`).
    """

    refusals_untold: ClassVar[str] = (
        "what is no answer is a report about an agent, who may have others, and not an agent"
    )
    report_noun: ClassVar[str]  # what one report is called
    source_noun: ClassVar[str]  # what those that the reports come from are called
    anchor: ClassVar[str]  # what ties reports to goals where nothing but the prior does
    rates: ClassVar[str]  # name of the draws of P(report | goal)
    comparable: ClassVar[bool]  # whether different sources report the same things
    wrong: ClassVar[WrongWords] = REPORTS_WRONG  # what an error is called

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    reports: IntArray
    population: IntArray
    gold: IntArray
    agents: FloatArray
    row_weight: FloatArray
    row_weight_sq: FloatArray
    weighted: bool = False
    gold_chosen: bool = False
    population_size: NDArray[np.int64] | None = None
    not_answers: dict[str, FloatArray] = field(default_factory=dict)
    not_asked: FloatArray = field(default_factory=lambda: np.zeros(0))
    zero_weights: int = 0
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"
    stated_deff: FloatArray | None = None
    design: SampleDesign | None = None
    gold_random: bool = False
    gold_probability: FloatArray | None = None

    def __post_init__(self) -> None:
        """Settle the fields, and see that they are about the same rows."""
        if not np.size(self.not_asked):
            object.__setattr__(self, "not_asked", np.zeros(len(self.populations)))
        super().__post_init__()
        rows = len(self.agents)
        for name in ("reports", "population", "gold", "row_weight", "row_weight_sq"):
            if len(getattr(self, name)) != rows:
                raise ValueError(f"{name} has {len(getattr(self, name))} rows, agents has {rows}")
        if rows and self.reports.shape != (rows, self.cells):
            raise ValueError(f"reports has {self.reports.shape[1]} columns, not {self.cells}")
        if self.gold_probability is not None and len(self.gold_probability) != rows:
            raise ValueError(
                f"gold_probability has {len(self.gold_probability)} rows, agents has {rows}"
            )

    @property
    def cells(self) -> int:
        """Number C of different things that can be reported."""
        raise NotImplementedError

    @property
    def sources(self) -> tuple[str, ...]:
        """Who or what the reports come from: raters, or situations."""
        raise NotImplementedError

    @property
    def spans(self) -> tuple[slice, ...]:
        """Columns of `reports` that belong to each source."""
        raise NotImplementedError

    @property
    def report_labels(self) -> tuple[str, ...]:
        """(C,) what can be reported, in words."""
        raise NotImplementedError

    @cached_property
    def per_source(self) -> FloatArray:
        """Number of reports of each source in each row, (D, sources)."""
        starts = [span.start for span in self.spans]  # of columns that follow each other
        if few(self.reports):
            row, cell, times = self.given
            shape = len(self.reports), len(starts)
            place = row * shape[1] + np.searchsorted(starts, cell, side="right") - 1
            counted = np.bincount(place, times, minlength=shape[0] * shape[1])
            return np.asarray(counted.astype(self.reports.dtype).reshape(shape))
        return np.asarray(np.add.reduceat(self.reports, starts, axis=1))

    @cached_property
    def given(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Row, column and number of each report of a row, however many agents have it."""
        return report_list(self.reports)

    @property
    def naive_counts(self) -> dict[str, EffectiveCounts]:
        """Effective counts of those who do not correct for errors, by what they do."""
        raise NotImplementedError

    def counted(self, reports: FloatArray) -> EffectiveCounts:
        """Return effective counts of what each agent of a row is taken for so often, (D, K)."""
        counts, sums, squares = (
            self.by_population(x[:, None] * reports)
            for x in (self.agents, self.row_weight, self.row_weight_sq)
        )
        scale = np.ones_like(counts)
        if self.weighted:
            found = effective_counts(sums, squares, self.n)
            alike = ~self.uneven[:, None]
            counts = np.where(alike, counts, found.counts)
            scale = np.where(alike, scale, found.scale)
        factor = self.by_clusters[:, None]
        counts, scale = counts / factor, scale * factor
        if self.stated_deff is None:
            return EffectiveCounts(counts, scale)
        here, worth = self.stated[:, None], 1 / np.where(self.stated, self.stated_deff, 1.0)
        mean = np.divide(self.weight_total, self.n, out=np.ones_like(self.n), where=self.n > 0)
        stated = sums * (worth / mean)[:, None]
        return EffectiveCounts(np.where(here, stated, counts), np.where(here, 1.0, scale))

    @property
    def face_value(self) -> FloatArray:
        """(D, K) goal of each row when reports are taken at face value; ties are shared.

        Zero where the reports name no goal.
        """
        raise NotImplementedError

    @property
    def errorless(self) -> bool:
        """Whether all reports are known to be right."""
        return False

    @property
    def own_report(self) -> IntArray | None:
        """(K,) the report of each source that names each goal; None where not all have one."""
        return None

    @property
    def known_sources(self) -> list[str]:
        """Sources whose known or validated errors tell all goals apart."""
        return []

    @property
    def rough_rates(self) -> tuple[FloatArray, FloatArray]:
        """(K, C) P(report | goal) where it is known, else NaN; and counts from elsewhere."""
        raise NotImplementedError

    @property
    def estimated(self) -> list[int]:
        """Numbers of the sources whose error rates are not known."""
        return list(range(len(self.sources)))

    def stated_rates(self, source: int) -> FloatArray:
        """Return what is stated of P(report | goal) of a source, (K, reports)."""
        raise NotImplementedError

    def identified_by(
        self, overdispersed: bool
    ) -> tuple[Literal["stated payoffs"] | None, str] | None:
        """Return what identifies the model, None for its prior only, and why.

        None in place of both where counting reports tells (`identification.count_rule`).
        """
        del overdispersed
        return None

    def assuming(self, error: float) -> Self | None:
        """Return the same reports with one error rate for all unknown ones; None if meaningless."""
        raise NotImplementedError

    def chance(self, rates: FloatArray) -> FloatArray:
        """Return draws of P(report | goal) by column of `reports`, (draw, K, C)."""
        return rates

    def profiles(self, rates: FloatArray) -> FloatArray:
        """Return P(report | goal) of each chain, (chain, K, ...), by which goals are told apart."""
        return rates

    def by_population(self, rows: FloatArray) -> FloatArray:
        """Return sums over the rows of each population, (S, ...) of (D, ...)."""
        if rows.ndim == 2 and rows.size > WIDE:
            from scipy.sparse import csr_array

            # the same sums in the same order, ten times as fast
            ones, each = np.ones(len(rows)), np.arange(len(rows) + 1)
            places = csr_array(
                (ones, self.population, each), shape=(len(rows), len(self.populations))
            )
            return np.asarray(places.T @ rows)
        total = np.zeros((len(self.populations), *rows.shape[1:]))
        np.add.at(total, self.population, rows)
        return total

    @cached_property
    def counts(self) -> FloatArray:
        """(S, K) agents by goal at face value."""
        return self.by_population(self.agents[:, None] * self.face_value)

    @cached_property
    def weight_sum(self) -> FloatArray:
        """(S, K) sum of the weights of agents by goal at face value."""
        return self.by_population(self.row_weight[:, None] * self.face_value)

    @cached_property
    def n(self) -> FloatArray:
        """(S,) number of agents of whom something was reported."""
        return self.by_population(self.agents)

    @cached_property
    def weight_total(self) -> FloatArray:
        """(S,) sum of their weights."""
        return self.by_population(self.row_weight)

    @cached_property
    def weight_sq_total(self) -> FloatArray:
        """(S,) sum of their squared weights."""
        return self.by_population(self.row_weight_sq)

    @cached_property
    def weight_sq_sum(self) -> FloatArray:
        """(S, K) sum of their squared weights."""
        return self.by_population(self.row_weight_sq[:, None] * self.face_value)

    @cached_property
    def _share_rows(self) -> WeightedRows:
        """Weights of each row that tell of the shares to be drawn, split among its goals."""
        rows = self.agents, self.row_weight, self.row_weight_sq
        return weighted_rows(self, *self.share_weights(*rows, self.population))

    @property
    def goal_weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(S, K) weights and squared weights behind the shares to be drawn, and (S,) agents."""
        if not self.weighted:
            return super().goal_weights
        return self._share_rows.by_goal(self)

    @property
    def seen_weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(S, K) weights and squared weights of the agents observed, and (S,) these agents."""
        if not self.weighted:
            return super().seen_weights
        if not self.of_unseen.any():
            return self.goal_weights
        return weighted_rows(self, self.row_weight, self.row_weight_sq).by_goal(self)

    @cached_property
    def by_clusters(self) -> FloatArray:
        """(S,) by what agents are divided so that P(ma) has the variance of their clusters."""
        if self.design is None:
            return np.ones(len(self.populations))
        return self.design_factor(EffectiveCounts(self.counts, np.ones_like(self.counts)))

    @cached_property
    def effective_agents(self) -> FloatArray:
        """(D,) agents of each row, as many as tell as much without weights.

        Notes
        -----
        An agent of weight w counts w / s_k for goal k (`effective`), and as it may hold several,
        the mean of these over its likely goals: so the weighted shares fit weighted reports.
        """
        if self.weighted:
            scale = self.effective.scale / self.by_clusters[:, None]
            found = self._share_rows.effective_agents(self, scale)
            found = np.where(self.uneven[self.population], found, self.agents)
        else:
            found = self.agents
        found = found / self.by_clusters[self.population]
        if self.stated_deff is None:
            return found
        worth = np.divide(self.n, self.weight_total, out=np.zeros_like(self.n), where=self.n > 0)
        stated = worth / np.where(self.stated, self.stated_deff, 1.0)
        here = self.stated[self.population]
        return np.where(here, self.row_weight * stated[self.population], found)

    @property
    def informs_shares(self) -> FloatArray:
        """(D,) 1 where the row's agents were drawn from their population, 0 if by their goal."""
        chosen = (self.gold != UNKNOWN) & self.gold_chosen
        return np.where(chosen, 0.0, 1.0)

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """(D, K) which goals an agent of each row may hold: one where it is known, else all."""
        known = self.gold[:, None] != UNKNOWN
        return np.asarray(~known | (self.gold[:, None] == np.arange(len(self.categories))))

    @property
    def drawn_by_design(self) -> bool:
        """Whether agents with a known goal are a random sample, as a study says."""
        drawn = self.gold_random or self.gold_probability is not None
        return drawn and bool((self.gold != UNKNOWN).any())

    @property
    def gold_counts(self) -> FloatArray:
        """(K,) number of agents whose goal is known, by goal."""
        known = self.gold != UNKNOWN
        k = len(self.categories)
        return np.bincount(self.gold[known], weights=self.agents[known], minlength=k)


def compress(*columns: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row of each distinct pattern, and the pattern of each row."""
    table = np.column_stack([np.asarray(column, dtype=np.int64) for column in columns])
    # sorting rows as such is several times slower than sorting numbers
    keys = _as_numbers(table)
    axis = 0 if keys.ndim > 1 else None
    _, first, inverse = np.unique(keys, axis=axis, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[np.ravel(inverse)]


def _as_numbers(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each row, the same for equal rows; the rows if none is large enough."""
    if not table.size:
        return table
    low = table.min(axis=0)
    span = table.max(axis=0) - low + 1
    if np.log2(span).sum() >= np.log2(LARGEST_KEY):
        return table
    worth = np.cumprod(np.concatenate([span[1:], [1]])[::-1])[::-1]
    return np.asarray((table - low) @ worth)
