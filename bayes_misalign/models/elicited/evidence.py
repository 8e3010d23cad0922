"""Stated ranges and means of levels of conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair


@dataclass(frozen=True, eq=False)
class ElicitedConflict(ConflictSource):
    """Stated ranges, or means with a strength, of the levels of conflict.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories, each in the order of the categories.
    low, high : (P,) ndarray of float
        Range of the level of conflict; NaN where a mean is stated instead.
    probability : (P,) ndarray of float
        Probability that the level lies in the range; NaN where it is left to the model.
    mean, strength : (P,) ndarray of float
        Mean of the level, and how many observations it is worth; NaN where a range is stated.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    model: ClassVar[str] = "elicited"

    pairs: tuple[Pair, ...]
    low: FloatArray
    high: FloatArray
    probability: FloatArray
    mean: FloatArray
    strength: FloatArray
    origin: str
    notes: tuple[str, ...] = ()
