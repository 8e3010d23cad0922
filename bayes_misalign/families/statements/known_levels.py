"""Levels of conflict that are known: `fixed`, and all of them 1 where goals exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair


@dataclass(frozen=True, eq=False)
class FixedConflict(ConflictSource):
    """Levels of conflict without uncertainty.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories, each in the order of the categories.
    conflict : (P,) ndarray of float
        Probability that two agents with these goals conflict, in [0, 1].
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    model: ClassVar[str] = "fixed"

    pairs: tuple[Pair, ...]
    conflict: FloatArray
    origin: str
    notes: tuple[str, ...] = ()
