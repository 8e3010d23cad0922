"""Agents who were asked and named no goal: how many, and what their weights are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import EffectiveCounts, effective_counts
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Evidence, FloatArray
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.reading.sampled_units import is_weighted

Shape = tuple[int, int]


class Ways(NamedTuple):
    """How each distinct row gives no answer, -1 where it does, and how many ways there are."""

    of_row: NDArray[np.intp]
    number: int


@dataclass(frozen=True, eq=False)
class LeftOut(Evidence):
    """Agents without an answer, a population a row: by declared label, then those not asked.

    Parameters
    ----------
    labels : tuple of str, length L
        The declared non-answers.
    agents : (S, L + 1) ndarray of float
        Number of agents; in the last column those with an empty cell.
    weight_sum, weight_sq_sum : (S, L + 1) ndarray of float
        Sum of their weights, and of the squares; their number where weights are not known.
    weighted : bool
        Whether their weights are known.
    """

    model: ClassVar[str] = "left-out"

    labels: tuple[str, ...]
    agents: FloatArray
    weight_sum: FloatArray
    weight_sq_sum: FloatArray
    weighted: bool

    def of_populations(self, places: NDArray[np.intp]) -> LeftOut:
        """Return the agents of some populations."""
        cut = (self.agents[places], self.weight_sum[places], self.weight_sq_sum[places])
        return LeftOut(self.labels, *cut, self.weighted)

    def chosen(self, labels: Sequence[str] | None, *, not_asked: bool) -> NDArray[np.bool_]:
        """Return which columns count, (L + 1,): those of labels (all if None), and empty cells."""
        named = self.labels if labels is None else labels
        return np.array([label in named for label in self.labels] + [not_asked], bool)

    def effective(
        self,
        chosen: NDArray[np.bool_],
        answered: tuple[FloatArray, FloatArray, FloatArray],
    ) -> EffectiveCounts:
        """Return effective counts (S, 2) of those who answered and of those who did not.

        `answered` are the sums of weights and of squared weights of the former, and their number,
        each (S,). Where the weights of the latter are not known nobody's count.
        """
        sums, squares, n = answered
        if not self.weighted:
            sums = squares = n
        without = [x[:, chosen].sum(axis=1) for x in (self.weight_sum, self.weight_sq_sum)]
        total = n + self.agents[:, chosen].sum(axis=1)
        first, second = (
            np.stack(both, axis=1) for both in zip((sums, squares), without, strict=True)
        )
        return effective_counts(first, second, total)


def read_left_out(
    found: DistinctRows,
    population: NDArray[np.intp],
    ways: Ways,
    labels: Sequence[str],
    number: int,
) -> LeftOut:
    """Return the agents without an answer; their weights count if all of them have one."""
    kept = ways.of_row >= 0
    at = population[kept], ways.of_row[kept]
    weighted = is_weighted(found) and not found.sum("zero_weights")[kept].any()
    roles = ("n", "weight_sum", "weight_sq_sum") if weighted else ("n", "n", "n")
    sums = []
    for role in roles:
        total = np.zeros((number, ways.number))
        np.add.at(total, at, found.sum(role)[kept])
        sums.append(total)
    agents, weights, squares = sums
    known = weighted or not is_weighted(found)
    return LeftOut(tuple(labels), agents, weights, squares, known)


def with_left_out(
    design: SampleDesign,
    variance: Callable[[NDArray[np.intp], NDArray[np.intp], Shape], SampleDesign | None],
    found: DistinctRows,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: Shape,
    ways: Ways | None,
) -> SampleDesign:
    """Return the design with the variance of the parts who answered and who did not."""
    if ways is None or not (ways.of_row >= 0).any() or not _all_placed(found, ways.of_row >= 0):
        return design
    part = np.where(category >= 0, 0, np.where(ways.of_row >= 0, ways.of_row + 1, -1))
    told = variance(population, part, (shape[0], ways.number + 1))
    if told is None:
        return design
    return replace(design, asked=told.covariance, asked_df=told.df)


def _all_placed(found: DistinctRows, rows: NDArray[np.bool_]) -> bool:
    """Tell whether all agents of some distinct rows have their weight and place in a design."""
    if is_weighted(found) and found.sum("zero_weights")[rows].any():
        return False
    if "strata" in found.roles and (np.array(found.named("strata")[1])[rows] < 0).any():
        return False
    if "cluster" not in found.roles:
        return True
    if found.lazy is not None:
        return bool((np.array(found.named("cluster")[1])[rows] >= 0).all())
    return bool(found.ids("cluster")[1][rows[found.rows.group]].all())
