"""Answers in clusters: how often each distinct cluster was seen, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.answers.unweighted import NeverWeighted
from bayes_misalign.measure import EffectiveCounts
from bayes_misalign.models.clustered.factors import Factors, factors_of, mean_on_grid
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape, frozen_array
from bayes_misalign.settings import EVERYONE


@dataclass(frozen=True, eq=False)
class ClusterCounts(NeverWeighted):
    """Distinct clusters of answers in each population, with the number of clusters like each.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations.
    patterns : (D, K) ndarray of float
        Answers of one cluster by category; each pattern of a population is there once.
    population : (D,) ndarray of int
        Place of the population that each pattern was seen in.
    number : (D,) ndarray of float
        Clusters of each pattern.
    not_answers : dict of str to (S,) ndarray of float
        Answers that are declared as none, by their label.
    not_asked : (S,) ndarray of float
        Empty cells.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".
    """

    model: ClassVar[str] = "clustered"
    SHAPES: ClassVar[dict[str, Shape]] = {
        "patterns": (None, "categories"),
        "population": ("patterns",),
        "number": ("patterns",),
        "not_asked": ("populations",),
    }

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    patterns: FloatArray
    population: NDArray[np.int64]
    number: FloatArray
    not_answers: dict[str, FloatArray] = field(default_factory=dict)
    not_asked: FloatArray = field(default_factory=lambda: np.zeros(0))
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"

    refusals_untold: ClassVar[str] = (
        "answers that are none come in clusters too, and how alike they are in it is not modelled"
    )

    def __post_init__(self) -> None:
        """Settle the fields; nobody is left out where nothing is said of it."""
        if not np.size(self.not_asked):
            object.__setattr__(self, "not_asked", np.zeros(len(self.populations)))
        super().__post_init__()

    @classmethod
    def of(
        cls,
        categories: Sequence[str],
        populations: Sequence[str],
        clusters: Sequence[ArrayLike],
        **more: Any,
    ) -> Self:
        """Return evidence of clusters (J, K) of each population, as many as there are."""
        found = [np.asarray(x, float).reshape(-1, len(categories)) for x in clusters]
        each = [np.unique(x[x.sum(axis=1) > 0], axis=0, return_counts=True) for x in found]
        return cls(
            tuple(categories),
            tuple(populations),
            frozen_array(np.concatenate([rows for rows, _ in each])),
            np.repeat(np.arange(len(each)), [len(rows) for rows, _ in each]),
            frozen_array(np.concatenate([times for _, times in each])),
            **more,
        )

    def by_population(self, values: FloatArray) -> FloatArray:
        """Return sums (S, ...) over clusters of what each pattern (D, ...) has."""
        found = np.zeros((len(self.populations), *values.shape[1:]))
        weight = self.number.reshape(-1, *[1] * (values.ndim - 1))
        np.add.at(found, self.population, weight * values)
        return found

    @property
    def sizes(self) -> FloatArray:
        """(D,) answers of a cluster of each pattern."""
        return np.asarray(self.patterns.sum(axis=1))

    @property
    def counts(self) -> FloatArray:
        """(S, K) answers by category."""
        return self.by_population(self.patterns)

    @property
    def clusters(self) -> FloatArray:  # type: ignore[override]  # a field elsewhere
        """(S,) number of clusters."""
        return self.by_population(np.ones(len(self.patterns)))

    @property
    def unanimous(self) -> tuple[FloatArray, FloatArray]:
        """(S,) clusters of two or more answers that are all the same, and all of two or more."""
        several = self.sizes > 1
        same = several & (self.patterns.max(axis=1, initial=0) == self.sizes)
        return self.by_population(same.astype(float)), self.by_population(several.astype(float))

    @property
    def agreement(self) -> tuple[FloatArray, FloatArray]:
        """(S,) pairs of answers of one cluster that are the same, and all such pairs."""
        same = (self.patterns * (self.patterns - 1)).sum(axis=1)
        return self.by_population(same), self.by_population(self.sizes * (self.sizes - 1))

    @cached_property
    def factors(self) -> Factors:
        """How often each factor of the likelihood occurs: all that it needs of the clusters."""
        return factors_of(self.patterns, self.population, self.number, len(self.populations))

    @cached_property
    def rough_correlation(self) -> float:
        """About what the correlation of answers of one cluster is, the same in all populations.

        Its mean under a uniform prior, on a grid and with shares as they were seen. Where only a
        number at hand is needed, before anything is sampled; no posterior depends on it.
        """
        return mean_on_grid(self.factors, self.counts)

    def answers_worth(self, correlation: FloatArray) -> FloatArray:
        """Return how many answers of clusters of their own tell as much, (..., S).

        Notes
        -----
        Sum over clusters of m / (1 + (m - 1) rho), with m answers in each (Kish, Survey Sampling,
        1965, section 5.4, where all m are the same). `correlation` is (...) or (..., S).
        """
        rho = np.asarray(correlation, float)
        rho = np.broadcast_to(rho[..., None], (*rho.shape, len(self.populations)))
        return self.answers_worth_in_each(rho)

    def answers_worth_in_each(self, correlation: FloatArray) -> FloatArray:
        """Return `answers_worth` given the correlation in each population, (..., S)."""
        found = np.zeros(correlation.shape)
        for s in range(len(self.populations)):
            own = self.population == s
            each = self.sizes[own] / (1 + (self.sizes[own] - 1) * correlation[..., s, None])
            found[..., s] = each @ self.number[own]
        return found

    def design_effect_of(self, conflict: FloatArray) -> FloatArray:
        """Return the design effect (S,) at the rough correlation, whatever conflicts with what."""
        del conflict
        worth = self.answers_worth(np.asarray(self.rough_correlation))
        none = np.full(len(self.populations), np.nan)
        return np.asarray(np.divide(self.n, worth, out=none, where=worth > 0))

    def counted_between(self, conflict: FloatArray) -> FloatArray:
        """Return how many pairs of answers of two clusters conflict, (S,), each cluster alike.

        Its mean over samples is P(ma), however shares differ from cluster to cluster; not a number
        with fewer than two clusters. `conflict` is (K, K) or (S, K, K).
        """
        own, cross, square, _ = self._pairs(conflict)
        n = self.clusters
        both = np.einsum("si,si->s", own, cross) - square
        none = np.full(len(n), np.nan)
        return np.asarray(np.divide(both, n * (n - 1), out=none, where=n > 1))

    def error_between(self, conflict: FloatArray) -> FloatArray:
        """Return the standard error (S,) of `counted_between`, by leaving out a cluster in turn.

        The jackknife of Arvesen (Annals of Mathematical Statistics 40, 1969); not a number with
        fewer than three clusters.
        """
        own, cross, square, each = self._pairs(conflict)
        n, s = self.clusters, self.population
        both = (np.einsum("si,si->s", own, cross) - square)[s]
        shares = self.patterns / np.maximum(self.sizes, 1)[:, None]
        number = np.maximum(n, 3)[s]
        without = both - 2 * (np.einsum("di,di->d", shares, cross[s]) - each)
        without = without / ((number - 1) * (number - 2))
        mean = self.by_population(without) / np.maximum(n, 1)
        spread = self.by_population((without - mean[s]) ** 2) * (n - 1) / np.maximum(n, 1)
        return np.asarray(np.where(n > 2, np.sqrt(np.maximum(spread, 0.0)), np.nan))

    def _pairs(self, conflict: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return sums of shares T (S, K), C T, sums of q'Cq (S,), and q'Cq of each pattern (D,)."""
        shares = self.patterns / np.maximum(self.sizes, 1)[:, None]
        levels = np.broadcast_to(conflict, (len(self.populations), *conflict.shape[-2:]))
        own = self.by_population(shares)
        each = np.einsum("di,dij,dj->d", shares, levels[self.population], shares)
        cross = np.einsum("sij,sj->si", levels, own)
        return own, cross, self.by_population(each), each

    @cached_property
    def effective(self) -> EffectiveCounts:
        """Counts (S, K) that as many answers as they are worth would have."""
        deff = np.where(self.n > 0, self.design_effect_of(self._exclusive), 1.0)
        return EffectiveCounts(self.counts / deff[:, None], np.ones_like(self.counts))

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Which populations have answers of one cluster only."""
        alone = [s for s, n in zip(self.populations, self.clusters, strict=True) if n == 1]
        if not alone:
            return ()
        of = "" if alone == [EVERYONE] else f" of {few_of(alone)}"
        return (
            Caution(
                f"all answers{of} are of one cluster, and tell little more than one of them would",
                "ask in other clusters too, such as other prompts",
            ),
        )
