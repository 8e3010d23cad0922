"""What P(ma) would be under another composition: of goals, of populations, of conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.goal_levers import lowered, misalignment_of_goals
from bayes_misalign.inference.levers import NOT_CAUSES, place_of, scale_of, whose
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.estimate import Estimate, cells_of, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.number_text import exceeding
from bayes_misalign.page.safe_text import named
from bayes_misalign.study.lifted import lifts

Array = NDArray[np.float64]
Pair = tuple[str, str]


@dataclass(frozen=True)
class WhatIf(Framed):
    """P(ma) as it is, and as it would be.

    Parameters
    ----------
    of : str
        The population, or an empty text where it is the only one.
    changes : tuple of str
        What is changed, in words.
    now, then : Estimate
        P(ma) before and after.
    change : Estimate
        P(ma) after, minus P(ma) before, draw by draw.
    """

    of: str
    changes: tuple[str, ...]
    now: Estimate
    then: Estimate
    change: Estimate

    def quantities(self) -> dict[str, Estimate]:
        """Return every estimate by what it is."""
        return {"P(ma) now": self.now, "P(ma) then": self.then, "change": self.change}

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a quantity a row."""
        return columns_of(("quantity",), (((q,), e) for q, e in self.quantities().items()))

    def __str__(self) -> str:
        """Return what would change, and P(ma) before and after."""
        whose = f" of {named(self.of)}" if self.of else ""
        lines = [f"P(ma){whose} if {' and '.join(self.changes)}"]
        lines += [f"  {what:<10}  {e.text()}" for what, e in self.quantities().items()]
        if not self.change.withheld:
            lines.append(f"  P(change > 0) {exceeding(self.change, 0.0)}")
        return "\n".join([*lines, NOT_CAUSES])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[what, *cells_of(e)] for what, e in self.quantities().items()]
        columns = ["", "mean", str(self.now.interval_kind)]
        caption = str(self).splitlines()[0]
        return as_html(Cells(columns, rows, caption, note=NOT_CAUSES))


def what_if(
    drawn: Drawn,
    population: str | None,
    move: Mapping[Pair, float],
    lower: Mapping[Pair, float],
    goals: Mapping[str, Mapping[str, float]],
    populations: Mapping[str, float] | None,
) -> WhatIf:
    """Return P(ma) of a population, or the union, as it would be under other shares or levels."""
    if not (move or lower or goals or populations):
        raise StudyError(
            'nothing is changed. Fix: state a change, as in move={("a", "b"): 0.1}, '
            'lower={("a", "b"): 0.2}, goals={"population": {"a": 0.5, "b": 0.5}} or '
            'populations={"north": 0.4, "south": 0.6}'
        )
    said: list[str] = []
    c = drawn.conflict_of(population)
    before = drawn.shares_of(population)
    p = _composed(drawn, population, goals, populations, said)
    for pair, share in move.items():
        i, j = _places(drawn.categories, pair, "move", share)
        p = p.copy()
        step = np.minimum(share, p[:, i])
        p[:, i] -= step
        p[:, j] += step
        said.append(f"{100 * share:g} % of agents went from {named(pair[0])} to {named(pair[1])}")
    then = np.asarray(measure.misalignment(p, c))
    if lower:
        then = _less_conflict(drawn, population, p, c, lower, said)
    scale, place = scale_of(drawn, population), place_of(drawn, population)
    now, then = scale * np.asarray(measure.misalignment(before, c)), scale * then
    within = drawn.limits(now, place)
    return WhatIf(
        whose(drawn, population),
        tuple(said),
        drawn.estimate("P(ma) now", now, within),
        drawn.estimate("P(ma) then", then, () if lower else drawn.limits(then, place)),
        drawn.estimate("change of P(ma)", then - now),
    )


def _less_conflict(
    drawn: Drawn,
    population: str | None,
    p: Array,
    c: Conflict,
    lower: Mapping[Pair, float],
    said: list[str],
) -> Array:
    """Return draws of P(ma) where goals conflict less."""
    lifted = lifts(drawn.study.goals)
    goals = drawn.study.conflict.categories if lifted else drawn.categories
    done: dict[tuple[int, int], float] = {}
    for pair, by in lower.items():
        i, j = sorted(_places(goals, pair, "lower", by))
        if (i, j) in done:
            raise StudyError(f"lower names the pair {pair[0]!r} and {pair[1]!r} twice")
        done[i, j] = by
        said.append(f"{named(pair[0])} and {named(pair[1])} conflicted by {by:g} less")
    if lifted:
        return misalignment_of_goals(
            drawn, p, lowered(drawn.partly_known(population), done.items())
        )
    then = np.asarray(measure.misalignment(p, c))
    return then + sum(measure.lowering(p, c, i, j, by) for (i, j), by in done.items())


def _composed(
    drawn: Drawn,
    population: str | None,
    goals: Mapping[str, Mapping[str, float]],
    populations: Mapping[str, float] | None,
    said: list[str],
) -> Array:
    """Return goal shares of a population, or of the union, of other parts than the study's."""
    if not goals and populations is None:
        return drawn.shares_of(population)
    shares = drawn.shares().copy()
    for name, stated in goals.items():
        place = drawn.place(name)
        given = np.array([float(stated.get(goal, 0.0)) for goal in drawn.categories])
        for goal in stated:
            _goal(drawn.categories, goal)
        if not np.isfinite(given).all() or (given < 0).any() or not np.isclose(given.sum(), 1):
            raise StudyError(
                f"the goal shares of {name!r} are numbers >= 0 that sum to 1, not {given.sum():g}"
            )
        shares[:, place] = given
        said.append(f"the goals of {named(name)} were as stated")
    if populations is not None and population is not None:
        raise StudyError(
            "shares of populations change their union. Fix: leave out population, or populations"
        )
    if population is not None:
        return np.asarray(shares[:, drawn.place(population)])
    if len(drawn.populations) == 1:
        return np.asarray(shares[:, 0])
    weights = drawn.union_weights(None if populations is None else dict(populations))
    if populations is not None:
        parts = ", ".join(f"{named(s)} {100 * w:g} %" for s, w in populations.items())
        said.append(f"the populations made up {parts}")
    assert weights is not None  # `shares_of` has asked for them
    return np.asarray(measure.union_shares(shares, weights))


def _places(goals: Sequence[str], pair: Any, what: str, size: float) -> tuple[int, int]:
    if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] == pair[1]:
        raise StudyError(f'{what} names two goals, as in {what}={{("a", "b"): 0.1}}, not {pair!r}')
    if not 0 < size <= 1:
        raise StudyError(f"{what} of {pair[0]!r} and {pair[1]!r} is in (0, 1], not {size:g}")
    return _goal(goals, pair[0]), _goal(goals, pair[1])


def _goal(goals: Sequence[str], goal: str) -> int:
    if goal not in goals:
        raise StudyError(
            f"there is no goal {goal!r}; there are {listed(goals)}. "
            + did_you_mean(str(goal), goals)
        )
    return goals.index(goal)
