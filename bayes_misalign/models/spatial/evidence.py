"""Positions of goals on scales, as counts, means and sums of squares, and ratings of some pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair, Shape, frozen_pairs

Form = Literal["gaussian", "exponential", "linear"]
FORMS: tuple[Form, ...] = get_args(Form)
_FIGURES = ("ends", "weights", "number", "mean", "square", "error")


@dataclass(frozen=True, eq=False)
class SpatialConflict(ConflictSource):
    """Where goals were placed, with what error, and how some pairs of them were rated.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories that the positions speak for, each in the order of the categories.
    goals : tuple of str, length G
        Goals that were placed, in the order of the categories.
    dimensions : tuple of str, length D
        The scales that they were placed on.
    ends : (D, 2) ndarray of float
        Ends of each scale. All other figures are shares of its length, from its first end.
    weights : (D,) ndarray of float
        Weight of each dimension in the squared distance, summing to one: opposite corners are one
        apart.
    form : {"gaussian", "exponential", "linear"}
        How conflict grows with distance.
    length : float or None
        Distance on whose scale conflict grows, if it is known.
    number, mean, square : (G, D) ndarray of float
        Placements of each goal: how many, their mean, and their sum of squares about it.
    error : (G, D) ndarray of float
        Known standard error of the mean, 0 where the position is exact; NaN throughout where it is
        learnt from how placements scatter.
    rated : (N, 2) ndarray of int
        Pairs of goals that were rated, by their places in `goals`.
    counts : (N, L) ndarray of float
        How often each level was given; levels are equally spaced from no to full conflict.
    levels : tuple of str, length L
        Their names; empty if nobody rated.
    people : int
        How many people placed goals; 0 if they are not named.
    origin, rated_in : str
        Where positions and ratings come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    model: ClassVar[str] = "spatial"
    SHAPES: ClassVar[dict[str, Shape]] = {"rated": (None, 2), "counts": ("rated", "levels")}

    pairs: tuple[Pair, ...]
    goals: tuple[str, ...]
    dimensions: tuple[str, ...]
    ends: FloatArray
    weights: FloatArray
    form: Form
    length: float | None
    number: FloatArray
    mean: FloatArray
    square: FloatArray
    error: FloatArray
    rated: NDArray[np.int64]
    counts: FloatArray
    levels: tuple[str, ...]
    people: int
    origin: str
    rated_in: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def from_means(
        cls,
        goals: Iterable[str],
        mean: Any,
        *,
        error: Any = None,
        number: Any = 1.0,
        square: Any = 0.0,
        form: Form = "gaussian",
        length: float | None = None,
        weights: Any = None,
        rated: Any = (),
        counts: Any = (),
        origin: str = "stated",
    ) -> SpatialConflict:
        """Return evidence from mean positions on scales from 0 to 1, speaking for all pairs."""
        names, means = tuple(goals), np.asarray(mean, dtype=float)
        shape = means.shape
        weight = np.ones(shape[1]) if weights is None else np.asarray(weights, dtype=float)
        tallies = np.asarray(counts, dtype=float)
        tallies = tallies if tallies.size else np.zeros((0, 0))
        return cls(
            pairs=tuple(combinations(names, 2)),
            goals=names,
            dimensions=tuple(str(d + 1) for d in range(shape[1])),
            ends=np.tile([0.0, 1.0], (shape[1], 1)),
            weights=weight / weight.sum(),
            form=form,
            length=length,
            number=np.broadcast_to(np.asarray(number, dtype=float), shape),
            mean=means,
            square=np.broadcast_to(np.asarray(square, dtype=float), shape),
            error=np.broadcast_to(np.nan if error is None else np.asarray(error, float), shape),
            rated=np.asarray(rated, dtype=np.int64),
            counts=tallies,
            levels=tuple(str(level) for level in range(tallies.shape[1])),
            people=0,
            origin=origin,
        )

    @property
    def learns_noise(self) -> bool:
        """Whether the error of a placement is learnt from how placements scatter."""
        return bool(np.isnan(self.error).any())

    @property
    def is_exact(self) -> bool:
        """Whether all positions are known without error."""
        return bool((self.error == 0).all())

    @property
    def has_ratings(self) -> bool:
        """Whether some pair was rated."""
        return bool(self.counts.sum() > 0)

    @property
    def is_known(self) -> bool:
        """Whether nothing is left to learn: positions and length are known."""
        return self.is_exact and self.length is not None

    @property
    def rated_pairs(self) -> tuple[Pair, ...]:
        """Pairs of goals that were rated."""
        return tuple((self.goals[i], self.goals[j]) for i, j in self.rated)

    @property
    def places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(P,) and (P,) places in `goals` of both members of each pair spoken for."""
        at = {goal: place for place, goal in enumerate(self.goals)}
        first, second = ([at[pair[side]] for pair in self.pairs] for side in (0, 1))
        return np.array(first, np.int64), np.array(second, np.int64)

    def in_units(self, dimension: int, position: Any) -> Any:
        """Return positions in the units of a dimension's own scale."""
        low, high = self.ends[dimension]
        return low + (high - low) * position

    def can_speak_for(self, pair: Pair) -> bool:
        """Tell whether both goals of a pair were placed."""
        return pair[0] in self.goals and pair[1] in self.goals

    def speaking_for(self, pairs: Iterable[Pair]) -> SpatialConflict:
        """Return the same positions, which speak for other pairs of their goals."""
        return replace(self, pairs=frozen_pairs(pairs))
