"""Percentages as they were published, with the number of agents behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.answers.unweighted import Unweighted
from bayes_misalign.models.published.rounding import Ranges, ranges_of
from bayes_misalign.reading.evidence import FloatArray, Shape, frozen_array
from bayes_misalign.reading.left_out import LeftOut


@dataclass(frozen=True, eq=False)
class PublishedShares(Unweighted):
    """Rounded percentages of labels in each population.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations.
    labels : tuple of str, length L
        What percentages are of: the categories first, then other labels of no goal, and those that
        are no answers.
    part_of : (L,) ndarray of int
        Category that each label belongs to; K for one that is no answer.
    percent : (S, L) ndarray of float
        Percentages as published; NaN where there is none.
    rounding : (S,) ndarray of float
        To how many points percentages were rounded.
    asked : (S,) ndarray of float
        Number of agents behind the percentages, those without an answer among them.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".
    stated_deff : (S,) ndarray of float, or None
        Design effect of each population; NaN, or None, for simple random samples, whose percentages
        are those of whole agents.
    """

    model: ClassVar[str] = "published"
    SHAPES: ClassVar[dict[str, Shape]] = {
        "percent": ("populations", "labels"),
        "rounding": ("populations",),
        "asked": ("populations",),
        "part_of": ("labels",),
    }

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    labels: tuple[str, ...]
    part_of: NDArray[np.int64]
    percent: FloatArray
    rounding: FloatArray
    asked: FloatArray
    population_size: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    source: str = field(default="stated in the study")
    stated_deff: FloatArray | None = None
    weighted: bool = False
    zero_weights: int = 0
    not_answers: dict[str, FloatArray] = field(default_factory=dict)
    not_asked: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Settle the fields, and work out about how many agents gave no answer."""
        super().__post_init__()
        about = self._about
        left = {
            label: frozen_array(about[:, i])
            for i, label in enumerate(self.labels)
            if self.part_of[i] == len(self.categories)
        }
        object.__setattr__(self, "not_answers", left)
        object.__setattr__(self, "not_asked", frozen_array(np.zeros(len(self.populations))))

    @classmethod
    def of(
        cls,
        categories: Sequence[str],
        populations: Sequence[str],
        percent: ArrayLike,
        asked: ArrayLike,
        *,
        rounding: ArrayLike = 1.0,
        stated_deff: ArrayLike | None = None,
    ) -> Self:
        """Return percentages of the categories themselves, everybody having answered."""
        number = len(populations)
        deff = None if stated_deff is None else np.broadcast_to(stated_deff, number)
        return cls(
            tuple(categories),
            tuple(populations),
            tuple(categories),
            np.arange(len(categories)),
            frozen_array(percent),
            frozen_array(np.broadcast_to(rounding, number)),
            frozen_array(np.broadcast_to(asked, number)),
            stated_deff=None if deff is None else frozen_array(deff),
        )

    @cached_property
    def left_out(self) -> LeftOut | None:  # type: ignore[override]  # a field elsewhere
        """Agents without an answer, about as many as the percentages say; None without any."""
        if not self.not_answers:
            return None
        agents = np.column_stack([*self.not_answers.values(), self.not_asked])
        return LeftOut(tuple(self.not_answers), agents, agents, agents, weighted=True)

    @cached_property
    def ranges(self) -> tuple[Ranges, ...]:
        """What rounding leaves possible in each population.

        Raises
        ------
        ValueError
            When it leaves nothing.
        """
        found = [self.range_of(s) for s in range(len(self.populations))]
        if any(isinstance(one, list) or not one.possible for one in found):
            raise ValueError("no shares round to these percentages")
        return tuple(one for one in found if isinstance(one, Ranges))

    def range_of(self, s: int) -> Ranges | list[int]:
        """Return what rounding leaves possible in one population, or the labels it cannot be of."""
        stated = self.stated_deff
        deff = None if stated is None or np.isnan(stated[s]) else float(stated[s])
        return ranges_of(
            self.percent[s],
            float(self.rounding[s]),
            self.part_of,
            len(self.categories),
            float(self.asked[s]),
            deff,
        )

    @cached_property
    def _about(self) -> FloatArray:
        """(S, L) whole agents nearest to the percentages; those of a population sum to all."""
        percent = np.nan_to_num(self.percent)
        total = percent.sum(axis=1, keepdims=True)
        exact = self.asked[:, None] * np.divide(
            percent, total, out=np.zeros_like(percent), where=total > 0
        )
        whole = np.floor(exact + 1e-9)
        for s, left in enumerate((self.asked - whole.sum(axis=1)).round().astype(int)):
            order = np.argsort(whole[s] - exact[s], kind="stable")
            whole[s, order[: max(left, 0)]] += 1
        return np.asarray(whole)

    @cached_property
    def counts(self) -> FloatArray:
        """(S, K) about how many agents hold each goal, as whole numbers."""
        found = np.zeros((len(self.populations), len(self.categories) + 1))
        np.add.at(found.T, self.part_of, self._about.T)
        return frozen_array(found[:, :-1])

    @cached_property
    def of_answers(self) -> FloatArray:
        """(S, K) percentages of those who answered, by category."""
        found = np.zeros((len(self.populations), len(self.categories) + 1))
        np.add.at(found.T, self.part_of, np.nan_to_num(self.percent).T)
        total = found[:, :-1].sum(axis=1, keepdims=True)
        return np.divide(
            100 * found[:, :-1], total, out=np.zeros_like(found[:, :-1]), where=total > 0
        )
