"""Whether waves moved as a walk does: the steps between their answers beside those of the drift.

Steps of one size, all goals alike and without direction, are an assumption. Where one goal jumps
once, or goes the same way all the time, the walk draws waves to their neighbours by too much.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from bayes_misalign.families.walks.places import Places
from bayes_misalign.models.waves.walk import contrasts, holders, step_scales
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
HALF = 0.5  # of an answer, so that there are log odds of a goal that nobody holds
MOST_DRAWS = 500  # of the drift, for a mean over them


SURPRISING = 0.02  # a corrected tail below it is said


class Step(NamedTuple):
    """Two waves of a series, by place of their populations, and how likely so large a step is.

    `tail` is the probability of a step at least as large, by the walk and by chance in the answers;
    `tried` is how many steps of that kind there are.
    """

    first: int
    last: int
    tail: float
    tried: int

    @property
    def corrected(self) -> float:
        """The tail, times the number of steps of which this is one (Bonferroni)."""
        return self.tail * self.tried


def log_odds(counts: Array, categories: tuple[str, ...]) -> tuple[Array, Array]:
    """Return log odds (population, contrast) of counts, and their variance by chance alone."""
    held = counts[:, holders(categories)] + HALF
    basis = contrasts(held.shape[1])
    found, variance = np.log(held) @ basis, (1 / held) @ basis**2
    if NO_GOAL in categories:
        none, total = counts[:, categories.index(NO_GOAL)] + HALF, held.sum(axis=1)
        found = np.column_stack([found, np.log(none / total)])
        variance = np.column_stack([variance, 1 / none + 1 / total])
    return found, variance


def steps_of(
    counts: Array, places: Places, categories: tuple[str, ...], drift: Array
) -> tuple[list[Step], list[Step]]:
    """Return steps between neighbouring waves that somebody answered, and from first to last.

    The squared step in each contrast, over its variance by the walk and by chance, is chi-squared
    with as many degrees of freedom as there are contrasts; its tail is a mean over draws of the
    drift. The drift is learnt from the same steps, so that tails are too large rather than too
    small.
    """
    seen, chance = log_odds(counts, categories)
    scales = step_scales(categories)
    time = (places.at - places.at[0]) / (places.at[-1] - places.at[0])
    some = drift[np.linspace(0, len(drift) - 1, min(len(drift), MOST_DRAWS)).astype(int), None]
    answered = counts.sum(axis=1) > 0

    def tail(one: int, other: int) -> float:
        passed = time[places.of_wave[other]] - time[places.of_wave[one]]
        walk = (some * scales) ** 2 * passed
        squares = (seen[other] - seen[one]) ** 2 / (chance[one] + chance[other] + walk)
        return float(gammaincc(len(scales) / 2, squares.sum(axis=1) / 2).mean())

    pairs, ends = list[tuple[int, int]](), list[tuple[int, int]]()
    for series in range(len(places.series)):
        own = np.flatnonzero((places.of_series == series) & answered)
        own = own[np.argsort(places.of_wave[own])]
        pairs += [(int(a), int(b)) for a, b in pairwise(own)]
        if len(own) > 2:
            ends.append((int(own[0]), int(own[-1])))
    neighbours = [Step(*x, tail(*x), len(pairs)) for x in pairs]
    return neighbours, [Step(*x, tail(*x), len(ends)) for x in ends]


def surprises(
    counts: Array, places: Places, categories: tuple[str, ...], drift: Array
) -> list[Step]:
    """Return the least likely step between neighbours, and from first to last, if unlikely."""
    found = [
        min(x, key=lambda one: one.tail) for x in steps_of(counts, places, categories, drift) if x
    ]
    return [step for step in found if step.corrected < SURPRISING]
