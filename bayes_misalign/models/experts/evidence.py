"""Statements of several experts about levels of conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair

Pooling = Literal["hierarchical", "linear"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)


@dataclass(frozen=True, eq=False)
class ExpertConflict(ConflictSource):
    """Statements of several experts about the levels of conflict, and how to pool them.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories that somebody spoke about, each in the order of the categories.
    experts : tuple of str, length E
        Who spoke.
    pair, expert : (N,) ndarray of int
        Which pair each statement is about, and whose it is.
    low, high, probability : (N,) ndarray of float
        A range, and the probability that the level lies in it; NaN where a mean is stated.
    mean, strength : (N,) ndarray of float
        A mean, and how many observations it is worth; NaN where a range is stated.
    weights : (E,) ndarray of float
        Weights of the experts in a linear pool, of any sum.
    pooling : {"hierarchical", "linear"}
        How the statements become one posterior.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    model: ClassVar[str] = "experts"

    pairs: tuple[Pair, ...]
    experts: tuple[str, ...]
    pair: NDArray[np.int64]
    expert: NDArray[np.int64]
    low: FloatArray
    high: FloatArray
    probability: FloatArray
    mean: FloatArray
    strength: FloatArray
    weights: FloatArray
    pooling: Pooling
    origin: str
    notes: tuple[str, ...] = ()

    @property
    def spoke(self) -> NDArray[np.bool_]:
        """(E, P) whether an expert spoke about a pair."""
        spoke = np.zeros((len(self.experts), len(self.pairs)), dtype=bool)
        spoke[self.expert, self.pair] = True
        return spoke
