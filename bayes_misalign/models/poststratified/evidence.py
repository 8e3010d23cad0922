"""Answers by cells of covariates, and how many people of the population are in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.answers.unweighted import NeverWeighted
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape


@dataclass(frozen=True, eq=False)
class CellCounts(NeverWeighted):
    """Answers in cells of covariates, and the sizes of the population's cells.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        Parts of the population that are reported, in the order of their categories; "all" for one.
    covariates : tuple of str, length V
        What is known of agents and of the population.
    levels : tuple of tuple of str
        The categories of each covariate, in the order of an ordered one.
    cells : (C, V) ndarray of int
        Category of each covariate in the cells in which somebody answered.
    cell_counts : (C, K) ndarray of float
        Answers in these cells.
    table : (T, V) ndarray of int
        Category of each covariate in the cells of the population.
    sizes : (T,) ndarray of float
        Number of people in these cells, or anything in proportion to it; above zero.
    by : tuple of str
        Covariates whose categories make the parts.
    ordered : tuple of str
        Covariates whose neighbouring categories are alike.
    interactions : tuple of tuple of str
        Covariates whose combinations have effects of their own.
    not_answers : dict of str to (S,) ndarray of float
        Agents who gave a declared non-answer, by its label.
    not_asked : (S,) ndarray of float
        Agents with an empty cell.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file of the survey, or "data frame".
    """

    model: ClassVar[str] = "poststratified"
    SHAPES: ClassVar[dict[str, Shape]] = {
        "cells": (None, "covariates"),
        "cell_counts": ("cells", "categories"),
        "table": (None, "covariates"),
        "sizes": ("table",),
        "not_asked": ("populations",),
    }

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    covariates: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    cells: NDArray[np.int64]
    cell_counts: FloatArray
    table: NDArray[np.int64]
    sizes: FloatArray
    by: tuple[str, ...]
    ordered: tuple[str, ...]
    interactions: tuple[tuple[str, ...], ...]
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"

    refusals_untold: ClassVar[str] = (
        "agents were asked who are no random sample, so that it is not known which part of the "
        "population would give no answer"
    )

    @property
    def by_places(self) -> list[int]:
        """Places of the covariates whose categories make the parts."""
        return [self.covariates.index(name) for name in self.by]

    @cached_property
    def _combinations(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Categories (S, by) of each part, and the part of each cell of the population (T,)."""
        found, part = np.unique(self.table[:, self.by_places], axis=0, return_inverse=True)
        return found, part.reshape(-1)

    @property
    def part(self) -> NDArray[np.intp]:
        """(T,) part of the population that each of its cells belongs to."""
        return self._combinations[1] if self.by else np.zeros(len(self.table), np.intp)

    def part_of(self, cells: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the part of other cells (C,); -1 where the population has none such."""
        if not self.by:
            return np.zeros(len(cells), np.intp)
        place = {tuple(row): s for s, row in enumerate(self._combinations[0].tolist())}
        own = cells[:, self.by_places].tolist()
        return np.array([place.get(tuple(row), -1) for row in own], np.intp)

    @cached_property
    def counts(self) -> FloatArray:
        """(S, K) answers in each part; those in parts that the population lacks are left out."""
        part = self.part_of(self.cells)
        found = np.zeros((len(self.populations), len(self.categories)))
        np.add.at(found, part[part >= 0], self.cell_counts[part >= 0])
        return found

    @property
    def cell_n(self) -> FloatArray:
        """(C,) answers in each cell."""
        return np.asarray(self.cell_counts.sum(axis=1))

    @property
    def part_sizes(self) -> FloatArray:
        """(S,) people in each part, or anything in proportion to them: they are known."""
        return np.bincount(self.part, self.sizes, len(self.populations))

    @property
    def no_answer_populations(self) -> tuple[str, ...]:
        """Nobody: the model fills parts in which nobody answered from agents who are like them."""
        return ()

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """(T,) whether somebody answered in a cell of the population."""
        seen = set(map(tuple, self.cells[self.cell_n > 0].tolist()))
        return np.array([tuple(row) in seen for row in self.table.tolist()], bool)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """(C,) whether the population has such a cell."""
        there = set(map(tuple, self.table.tolist()))
        return np.array([tuple(row) in there for row in self.cells.tolist()], bool)

    def shares_of_levels(self, v: int) -> tuple[FloatArray, FloatArray]:
        """Return answers and shares of the population in the categories of a covariate, (L,)."""
        number = len(self.levels[v])
        answers = np.bincount(self.cells[:, v], self.cell_n, number)
        return answers, np.bincount(self.table[:, v], self.sizes, number) / self.sizes.sum()

    def reached(self, v: int) -> FloatArray:
        """Return how far each category of a covariate was reached, (L,): log odds, mean zero.

        Answers over those that a sample of the same size with the population's shares would have;
        half an answer is added to both, so that a category in which nobody answered has a number.
        """
        answers, share = self.shares_of_levels(v)
        found = np.log((answers + 0.5) / (answers.sum() * share + 0.5))
        return np.asarray(found - found.mean())

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Categories of which nobody answered."""
        found = []
        for v, name in enumerate(self.covariates):
            answers, share = self.shares_of_levels(v)
            none = [label for label, n in zip(self.levels[v], answers, strict=True) if not n]
            if none:
                known = "by its neighbours" if name in self.ordered else "by how far others differ"
                percent = 100 * share[answers == 0].sum()
                found.append(
                    Caution(
                        f"nobody of {few_of(none)} ({name}) answered, who are {percent:.1f} % of "
                        f"the population: what they hold is known {known} only",
                        f"ask agents there, or put categories of {name} together",
                    )
                )
        return tuple(found)
