"""Actions that agents took in situations, and how likely they are for each goal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.measure import EffectiveCounts
from bayes_misalign.reading.evidence import FloatArray

_ROUGH = 20.0  # choices that what is expected is taken for, where only a rough fit is needed
_SMOOTH = 0.5  # of an action, so that one that was never seen does not rule a goal out


@dataclass(frozen=True, eq=False, kw_only=True)
class ActedReports(DistinctReports):
    """Patterns of actions, each with the number of agents who acted so.

    Parameters
    ----------
    situations : tuple of str, length Q
        Situations in which agents chose.
    actions : tuple of tuple of str, length Q
        What could be chosen in each situation.

    Notes
    -----
    The C columns of `reports` are the actions of the first situation, then those of the second, and
    so on. The other fields are those of `DistinctReports`.
    """

    report_noun: ClassVar[str] = "choice"
    source_noun: ClassVar[str] = "situations"
    rates: ClassVar[str] = "action"
    comparable: ClassVar[bool] = False

    situations: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]

    @property
    def likely(self) -> FloatArray:
        """(K, C) P(action | goal) before any choice is seen; NaN where nothing is known of it."""
        raise NotImplementedError

    @property
    def cells(self) -> int:
        """Number of pairs of a situation and an action in it."""
        return sum(map(len, self.actions))

    @property
    def report_labels(self) -> tuple[str, ...]:
        """(C,) each situation with each of its actions."""
        return self.cell_names

    @property
    def sources(self) -> tuple[str, ...]:
        """The situations."""
        return self.situations

    @property
    def naive_counts(self) -> dict[str, EffectiveCounts]:
        """Each agent counted for the goal under which its actions are likeliest."""
        return {"likeliest goal of each agent": self.counted(self.face_value)}

    @property
    def rough_rates(self) -> tuple[FloatArray, FloatArray]:
        """(K, C) nothing that is known for sure; and what is expected, as counts of choices."""
        expected = np.where(np.isnan(self.likely), 0.0, self.likely)
        return np.full_like(expected, np.nan), _ROUGH * expected

    @property
    def cell_names(self) -> tuple[str, ...]:
        """(C,) each situation with each of its actions."""
        alone = len(self.situations) == 1
        return tuple(
            action if alone else f"{situation}: {action}"
            for situation, names in zip(self.situations, self.actions, strict=True)
            for action in names
        )

    @property
    def spans(self) -> tuple[slice, ...]:
        """(Q,) columns of each situation."""
        ends = np.cumsum([0, *map(len, self.actions)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    def stated_rates(self, source: int) -> FloatArray:
        """Return the stated P(action | goal) in a situation, (K, actions)."""
        return np.asarray(self.likely[:, self.spans[source]])

    def per_situation(self, cells: FloatArray) -> FloatArray:
        """Return sums over the actions of each situation, (..., Q) of (..., C)."""
        return np.stack([cells[..., span].sum(axis=-1) for span in self.spans], axis=-1)

    @property
    def chosen_again(self) -> bool:
        """Whether somebody chose twice in one situation, so that overdispersion can show."""
        return bool((self.per_situation(self.reports.astype(float)) > 1).any())

    @cached_property
    def face_value(self) -> FloatArray:
        """(D, K) the goal whose expected actions fit best; ties are shared.

        Expected is what the study states, or else what agents of known goal did.
        """
        known = self.gold != UNKNOWN
        seen = np.zeros((len(self.categories), self.cells))
        np.add.at(seen, self.gold[known], self.agents[known, None] * self.reports[known])
        seen += _SMOOTH
        total = np.concatenate(
            [
                np.broadcast_to(seen[:, span].sum(axis=1, keepdims=True), seen[:, span].shape)
                for span in self.spans
            ],
            axis=1,
        )
        chance = np.where(np.isnan(self.likely), seen / total, self.likely)
        fit = self.reports @ np.log(np.maximum(chance, 1e-12)).T
        fit = np.where(self.allowed, fit, -np.inf)
        winners = np.isclose(fit, fit.max(axis=1, keepdims=True), rtol=0, atol=1e-9)
        acted = self.reports.sum(axis=1, keepdims=True) > 0
        winners &= acted | known[:, None]
        return np.asarray(winners / np.maximum(winners.sum(axis=1, keepdims=True), 1))

    @property
    def actions_by_goal(self) -> FloatArray:
        """(K, C) actions by goal: known where it is gold, at face value elsewhere.

        Notes
        -----
        Rough counts, with which a sampler finds its way; no posterior depends on them.
        """
        return np.asarray((self.agents[:, None] * self.face_value).T @ self.reports)
