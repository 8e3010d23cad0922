"""Levels of conflict of goals that stand in an order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.reading.evidence import Pair, frozen_array


@dataclass(frozen=True, eq=False)
class OrdinalConflict(FixedConflict):
    """Levels of conflict that follow from the order of the goals.

    Parameters
    ----------
    pairs, conflict, origin, notes
        As in `FixedConflict`.
    order : tuple of str, length K
        Goals from one end of the scale to the other.
    power : float
        What the distance, a share of the scale's length, is raised to.
    threshold : int, optional
        Steps from which on two goals conflict for certain; nearer ones do not conflict.
    """

    model: ClassVar[str] = "ordinal"

    order: tuple[str, ...] = ()
    power: float = 1.0
    threshold: int | None = None

    @classmethod
    def of(
        cls,
        order: tuple[str, ...],
        categories: tuple[str, ...],
        *,
        power: float = 1.0,
        threshold: int | None = None,
    ) -> OrdinalConflict:
        """Return the levels of all pairs of ordered goals, pairs in the order of categories."""
        place = {goal: i for i, goal in enumerate(order)}
        ordered = [goal for goal in categories if goal in place]
        pairs: tuple[Pair, ...] = tuple(combinations(ordered, 2))
        steps = np.array([abs(place[a] - place[b]) for a, b in pairs], dtype=float)
        if threshold is None:
            levels = (steps / (len(order) - 1)) ** power
        else:
            levels = (steps >= threshold).astype(float)
        origin = f"steps apart on a scale of {len(order)}"
        return cls(pairs, frozen_array(levels), origin, (), order, power, threshold)

    @property
    def formula(self) -> str:
        """How a level follows from two places."""
        if self.threshold is not None:
            return f"c_ij = 1 where |i - j| >= {self.threshold}, else 0"
        power = "" if self.power == 1 else f"^{self.power:g}"
        share = f"|i - j| / {len(self.order) - 1}"
        return f"c_ij = ({share}){power}" if power else f"c_ij = {share}"
