"""The largest P(ma) that any goal shares would reach, draw by draw, and P(ma)'s limits from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.limits import FEWEST_NEAR, NEAR, Limit, one, zero

if TYPE_CHECKING:
    from bayes_misalign.inference.drawn import Drawn

Array = NDArray[np.float64]
# Draws of an uncertain conflict matrix whose maximum is searched for: 2^K supports each, so fewer
# draws of many goals, within a few seconds. The Monte Carlo error is that of the draws used.
MOST_SUPPORTS, FEWEST_MAXIMA, MOST_MAXIMA = 1_000_000, 50, 1000


@dataclass(frozen=True, eq=False)
class Attainable:
    """Largest values of p'Cp, of the draws whose conflict matrix was looked at.

    Parameters
    ----------
    values : ndarray, shape (draw or 1, population or 1)
        The maxima.
    kept : slice or ndarray of int, shape (draw,)
        Places of these draws; all where conflict is known.
    exact : bool
        Whether they are maxima, or the best values found.
    """

    values: Array
    kept: slice | NDArray[np.intp]
    exact: bool

    def parts(self, draws: Array) -> Array:
        """Return draws of P(ma), (draw, population), as parts of the maximum; 0 where it is 0."""
        part = draws[self.kept]
        out = np.zeros_like(part)
        np.divide(part, self.values, out=out, where=np.broadcast_to(self.values > 0, part.shape))
        return out


class Ceilings:
    """The largest P(ma) under conflict levels, (draw or 1, [population,] goal, goal), if needed."""

    def __init__(self, drawn: Drawn, conflict: Conflict) -> None:
        self.drawn, self.conflict = drawn, conflict

    @cached_property
    def attainable(self) -> Attainable:
        """The maxima, of fewer draws where conflict is uncertain between many goals."""
        drawn, conflict = self.drawn, self.conflict
        kept: slice | NDArray[np.intp] = slice(None)
        if len(conflict) > 1:
            matrices = conflict.shape[1] if conflict.ndim == 4 else 1
            affordable = MOST_SUPPORTS // (2 ** len(drawn.categories) * matrices)
            kept = drawn.thinned(int(np.clip(affordable, FEWEST_MAXIMA, MOST_MAXIMA)))
            conflict = conflict[kept]
        if isinstance(conflict, PartlyKnown) and not conflict.own:
            conflict = conflict.whole()
        top = self._maximum(conflict)
        values = np.asarray(top.value)
        return Attainable(values if conflict.ndim == 4 else values[:, None], kept, top.exact)

    def _maximum(self, conflict: Conflict) -> measure.Maximum:
        """Return the maximum as the model of goals knows it, or as it is searched for."""
        goals = self.drawn.study.goals
        found = goals_model(goals.model).largest(goals, conflict)
        return measure.attainable_maximum(conflict) if found is None else found

    def limits(self, draws: Array, place: int | None, size: float | None) -> tuple[Limit, ...]:
        """Return the limits of draws (draw,) of P(ma), of one population or of a union.

        `size` is the number of agents, where P(ma) is that of two different ones.
        """
        if self.drawn.study.reporting.interval.kind != "eti":
            return ()
        scale = 1.0 if size is None else float(measure.distinct_agents(1.0, size))
        plain = draws / scale
        if self._stays_below(plain, place):
            return (zero(plain),)
        top = self.attainable
        column = 0 if place is None or top.values.shape[1] == 1 else place
        largest = Attainable(top.values[:, column : column + 1], top.kept, top.exact)
        parts = largest.parts(plain[:, None])[:, 0]
        if not top.exact:  # what is only the best value found is no limit
            return (zero(parts),)
        return Limit(scale * largest.values[:, 0], 1 - parts), zero(parts)

    def _stays_below(self, draws: Array, place: int | None) -> bool:
        """Return whether draws stay so far below the maximum that it need not be worked out.

        P(ma) of the best shares of the mean conflict matrix is at most the maximum of each draw.
        """
        conflict = self.conflict
        if conflict.ndim == 4:
            conflict = conflict[:, 0 if place is None else place]
        if len(conflict) == 1:
            return False
        mean: Conflict = conflict.mean(axis=0)
        if isinstance(conflict, PartlyKnown) and conflict.own:
            mean = conflict.averaged()
        best = self._maximum(mean).shares
        reached = measure.misalignment(best, conflict)
        parts = np.divide(draws, reached, out=np.zeros_like(draws), where=reached > 0)
        return bool(np.quantile(1 - parts, FEWEST_NEAR) >= NEAR)


def limits_of_parts(parts: Array, place: int) -> tuple[Limit, ...]:
    """Return the limits of P(ma) as a part of its maximum, in whatever population."""
    del place
    return one(parts), zero(parts)
