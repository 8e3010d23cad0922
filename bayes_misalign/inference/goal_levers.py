"""P(ma) where goals conflict less that categories, such as sets or orders of goals, are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign import measure
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.measure.known_and_drawn import PartlyKnown, as_arithmetic
from bayes_misalign.measure.steps import Steps
from bayes_misalign.study.lifted import of_categories

Array = NDArray[np.float64]
Pair = tuple[int, int]
FINE = 1e-5  # how finely a step is looked for where P(ma) is no quadratic in it
EXACT = 1e-10  # how far a quadratic may be from P(ma)
AT_MOST = 1 << 29  # numbers of matrices of categories that are made for the levers of goals


@dataclass(frozen=True, eq=False)
class Falling:
    """Changes of P(ma) along a lever by which it never rises, as `measure.steps.Steps` has them."""

    of: Callable[[float], Array]

    def change(self, size: float) -> Array:
        """Return the change (draw,) after a step."""
        return self.of(size)

    def smallest(self, now: ArrayLike, below: float, probability: float) -> float:
        """Return the smallest step, up to `FINE`, that brings enough draws below a number."""
        before = np.asarray(now)

        def enough(size: float) -> bool:
            under = before + self.of(size) < below
            return int(under.sum()) >= probability * len(under) - 1e-9

        low, high = 0.0, 1.0
        if enough(low):
            return low
        if not enough(high):
            return float("inf")
        while high - low > FINE:
            middle = (low + high) / 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        return high


def lowered(levels: PartlyKnown, pairs: Iterable[tuple[Pair, float | Array]]) -> PartlyKnown:
    """Return levels of goals of which some are lower, at least 0; by a number or (draw,) each."""
    known, drawn = levels.known.copy(), levels.drawn.copy()
    column = {pair: k for k, pair in enumerate(zip(levels.first, levels.second, strict=True))}
    for (i, j), by in pairs:
        first, second = min(i, j), max(i, j)
        if (k := column.get((first, second))) is not None:
            drawn[..., k] = np.maximum(drawn[..., k] - by, 0.0)
        else:
            value = max(float(known[first, second]) - float(np.max(by)), 0.0)
            known[first, second] = known[second, first] = value
    return PartlyKnown(known, drawn)


def misalignment_of_goals(drawn: Drawn, shares: Array, levels: PartlyKnown) -> Array:
    """Return draws of P(ma) of shares (draw, category), given levels of goals."""
    conflict = as_arithmetic(of_categories(drawn.study.goals, levels))
    return np.asarray(measure.misalignment(shares, conflict))


def best_pairs(drawn: Drawn, shares: Array, levels: PartlyKnown, level: float) -> list[Pair]:
    """Return pairs of goals, those first that lower P(ma) most by the means; not too many."""
    means, mean = shares.mean(axis=0)[np.newaxis], levels.averaged(0)
    mean = PartlyKnown(mean.known, mean.drawn[np.newaxis])
    conflict = mean.whole()[0]
    now = misalignment_of_goals(drawn, means, mean)
    found = {
        (i, j): float(
            (misalignment_of_goals(drawn, means, lowered(mean, [((i, j), level)])) - now)[0]
        )
        for i, j in zip(*map(np.ndarray.tolist, np.nonzero(np.triu(conflict, 1))), strict=True)
    }
    numbers = len(levels) * shares.shape[-1] ** 2 + shares.size
    best = sorted((pair for pair, by in found.items() if by < 0), key=lambda pair: found[pair])
    return best[: AT_MOST // (4 * numbers)]


def steps_of_goals(
    drawn: Drawn, shares: Array, levels: PartlyKnown, pair: Pair, now: Array
) -> Steps | Falling:
    """Return the changes of P(ma) as two goals conflict less.

    With noisy-or over pairs of goals P(ma) is a quadratic in each level, since a level takes part
    at most twice: the first agent holds the one goal and the second the other, or the other way
    round. With means it is linear. With the largest over pairs it is neither.
    """
    first, second = np.array([min(pair)]), np.array([max(pair)])
    level = np.asarray(levels.at(first, second)[..., 0])

    def at(by: float | Array) -> Array:
        return misalignment_of_goals(drawn, shares, lowered(levels, [(pair, by)])) - now

    half, end, quarter = (at(part * level) for part in (0.5, 1.0, 0.25))
    some = level > 0
    unit = np.where(some, level, 1.0)
    slope, bend = (4 * half - end) / unit, (2 * end - 4 * half) / unit**2
    found = Steps(slope, bend, level)
    if np.abs(found.change(0.25 * level) - quarter).max() < EXACT:
        return found
    return Falling(at)
