"""Labels that raters or instruments gave to agents, and what is known of their errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports, IntArray
from bayes_misalign.measure import EffectiveCounts
from bayes_misalign.reading.evidence import FloatArray, Shape

ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class DistinctLabels(DistinctReports):
    """Patterns of labels, each with the number of agents who were labelled so.

    Parameters
    ----------
    raters : tuple of str, length R
        Who, or what, gave the labels.
    labels : tuple of str, length L
        Labels that they gave or could have given.
    emission : (R, K, L) ndarray of float
        Known probabilities P(label | goal) of a rater; NaN throughout for a rater whose error
        rates are not known.
    validation : (R, K, L) ndarray of float
        How often each rater gave each label to agents of each goal in a validation study.

    Notes
    -----
    Column r L + l of `reports` counts label l by rater r. The other fields are those of
    `DistinctReports`.
    """

    model: ClassVar[str] = "noisy-labels"
    report_noun: ClassVar[str] = "label"
    source_noun: ClassVar[str] = "raters"
    anchor: ClassVar[str] = "the expected accuracy of the raters"
    rates: ClassVar[str] = "emission"
    comparable: ClassVar[bool] = True
    SHAPES: ClassVar[dict[str, Shape]] = dict.fromkeys(
        ("emission", "validation"), ("raters", "categories", "labels")
    )

    raters: tuple[str, ...]
    labels: tuple[str, ...]
    emission: FloatArray = field(default_factory=lambda: np.zeros(0))
    validation: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Settle the fields; what is not given of errors is unknown."""
        shape = (len(self.raters), len(self.categories), len(self.labels))
        for name, nothing in (("emission", np.nan), ("validation", 0.0)):
            if not np.size(getattr(self, name)):
                object.__setattr__(self, name, np.full(shape, nothing))
        super().__post_init__()

    @property
    def cells(self) -> int:
        """Number of pairs of a rater and a label."""
        return len(self.raters) * len(self.labels)

    @property
    def report_labels(self) -> tuple[str, ...]:
        """(C,) each rater with each label."""
        return tuple(f"{rater}: {label}" for rater in self.raters for label in self.labels)

    @property
    def sources(self) -> tuple[str, ...]:
        """The raters."""
        return self.raters

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """(R,) columns of each rater."""
        labels = len(self.labels)
        return tuple(slice(r * labels, (r + 1) * labels) for r in range(len(self.raters)))

    @property
    def naive_counts(self) -> dict[str, EffectiveCounts]:
        """Labels taken at face value one by one, and by majority vote."""
        if self.reports.sum(axis=1).max(initial=0) <= 1:  # nothing to vote about
            return {"labels at face value": self.counted(self.face_value)}
        return {
            "labels at face value": self.counted(self.votes),
            "majority vote": self.counted(self.face_value),
        }

    @property
    def rough_rates(self) -> tuple[FloatArray, FloatArray]:
        """(K, C) P(label | goal) of raters of known errors, else NaN; and counts of validations."""
        goals = len(self.categories)
        known, counted = (
            x.transpose(1, 0, 2).reshape(goals, -1) for x in (self.emission, self.validation)
        )
        return known, counted

    @property
    def by_rater(self) -> IntArray:
        """(D, R, L) the reports, a rater a row and a label a column."""
        return self.reports.reshape(-1, len(self.raters), len(self.labels))

    @property
    def own_label(self) -> IntArray:
        """(K,) the label that names each goal itself; -1 where no label does."""
        place = {label: i for i, label in enumerate(self.labels)}
        return np.array([place.get(goal, -1) for goal in self.categories], dtype=np.int64)

    @property
    def own_report(self) -> IntArray | None:
        """(K,) the label that names each goal; None where some goal has none."""
        own = self.own_label
        return own if (own >= 0).all() else None

    @property
    def known_sources(self) -> list[str]:
        """Raters whose known or validated errors tell all goals apart."""
        asked = self.agents @ self.per_source
        found = []
        for r, rater in enumerate(self.raters):
            rates: FloatArray = self.emission[r]
            if not self.is_known[r]:
                total = self.validation[r].sum(axis=1, keepdims=True)
                if not total.all():
                    continue
                rates = self.validation[r] / total
            if asked[r] and self._tell_apart(rates):
                found.append(rater)
        # together they may tell apart what none of them does alone
        together = not found and self.is_known.all()
        if together and self._tell_apart(np.concatenate(list(self.emission), axis=1)):
            return list(self.raters)
        return found

    def _tell_apart(self, rates: FloatArray) -> bool:
        return bool(np.linalg.matrix_rank(rates, tol=1e-3) == len(self.categories))

    @property
    def estimated(self) -> list[int]:
        """Numbers of the raters whose error rates are not known."""
        return np.flatnonzero(~self.is_known).tolist()

    def stated_rates(self, source: int) -> FloatArray:
        """Return the known P(label | goal) of a rater, (K, L)."""
        return np.asarray(self.emission[source])

    def assuming(self, error: float) -> Self | None:
        """Return the labels with one error rate for every rater whose own is not known.

        Wrong labels are equally likely; None where a goal has no label of its own.
        """
        if (own := self.own_report) is None:
            return None
        rates = np.full((len(own), len(self.labels)), error / (len(self.labels) - 1))
        rates[np.arange(len(own)), own] = 1 - error
        emission = np.where(self.is_known[:, None, None], self.emission, rates)
        return replace(self, emission=emission, validation=np.zeros_like(emission))

    def chance(self, rates: FloatArray) -> FloatArray:
        """Return draws of P(label | goal) by column of `reports`, (draw, K, C)."""
        return rates.transpose(0, 2, 1, 3).reshape(len(rates), len(self.categories), -1)

    def profiles(self, rates: FloatArray) -> FloatArray:
        """Return P(label | goal) of each chain, averaged over the raters."""
        return np.asarray(rates.mean(axis=1))

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """(R,) whether a rater's error rates are known numbers."""
        return np.asarray(~np.isnan(self.emission).any(axis=(1, 2)))

    @property
    def errorless(self) -> bool:
        """Whether every rater is known to make no error, so that a label is the goal."""
        if not self.is_known.all():
            return False
        return bool(
            np.all((np.abs(self.emission) < ROUNDING) | (np.abs(self.emission - 1) < ROUNDING))
        )

    @cached_property
    def votes(self) -> FloatArray:
        """(D, K) how many reports of each row name each goal."""
        by_label = self.by_rater.sum(axis=1)
        own = self.own_label
        return np.where(own >= 0, by_label[:, own], 0).astype(float)

    @cached_property
    def face_value(self) -> FloatArray:
        """(D, K) the goal that most reports name; ties are shared, zero where none names one."""
        if self.errorless:  # the label is the goal, whatever it is called
            able = np.exp(self.log_possible())
            total = able.sum(axis=1, keepdims=True)
            return np.divide(able, total, out=np.zeros_like(able), where=total > 0)
        top = self.votes.max(axis=1, keepdims=True)
        winners = (self.votes == top) & (top > 0)
        return np.asarray(winners / np.maximum(winners.sum(axis=1, keepdims=True), 1))

    def log_possible(self) -> FloatArray:
        """(D, K) 0 where a goal can give rise to a row's reports under known errors, else -inf."""
        impossible = np.where(np.isnan(self.emission), 1.0, self.emission) < ROUNDING
        cells = impossible.transpose(1, 0, 2).reshape(len(self.categories), -1)
        clash = (self.reports > 0).astype(float) @ cells.T
        return np.where((clash > 0) | ~self.allowed, -np.inf, 0.0)

    @property
    def reports_of_raters(self) -> FloatArray:
        """(R, L) how often each rater gave each label."""
        return np.asarray(np.tensordot(self.agents, self.by_rater, axes=1))

    @property
    def confusion(self) -> FloatArray:
        """(R, K, L) labels of each rater by goal: known where it is gold, at face value elsewhere.

        Notes
        -----
        Rough counts, with which a sampler finds its way; no posterior depends on them.
        """
        goal = np.where(self.gold[:, None] == UNKNOWN, self.face_value, self.allowed)
        counted = np.einsum("d,dk,drl->rkl", self.agents, goal, self.by_rater)
        return np.asarray(counted + self.validation)
