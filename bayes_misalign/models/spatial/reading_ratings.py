"""Ratings of pairs of placed goals, on levels that are equally spaced."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.rating_counts import read_ratings
from bayes_misalign.families.raters.rating_scale import RatingScale, rating_scale
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.parse_numbers import noted, parse_number
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

MOST_STEPS = 100
_ROUNDING = 1e-6
_KEYS = re.compile(r"\b(scale|levels)\b(?= =| and| is\b| are\b|,|`)")


@dataclass(frozen=True)
class Steps:
    """A scale of ratings whose levels are equally spaced."""

    scale: RatingScale
    levels: tuple[str, ...]


def rating_steps(
    scale: Any, levels: Any, step: Any, where: str, problems: Problems
) -> Steps | None:
    """Return the levels of ratings, or note what is wrong with how they are stated."""
    own = Problems()
    found = rating_scale(scale, levels, None, where, own)
    for problem in own:  # the same statements as those of `rated`, by other names
        texts = (problem.what, problem.valid, problem.fix)
        what, valid, fix = (_KEYS.sub(r"rating_\1", text) for text in texts)
        problems.extend([replace(problem, what=what, valid=valid, fix=fix)])
    if found is None:
        return None
    if found.ends is None:
        return Steps(found, found.levels)
    zero, one = found.ends
    positive = partial(parse_number, valid="a number above 0")
    if (width := noted(positive, step, "rating_step", where, problems)) is None:
        return None
    steps = abs(one - zero) / width if width > 0 else 0.0
    if not 1 - _ROUNDING <= steps <= MOST_STEPS or abs(steps - round(steps)) > _ROUNDING:
        problems.add(
            f"the scale of ratings from {zero:g} to {one:g} is not divided by steps of {width:g}",
            where=where,
            valid=f"a whole number of steps, at most {MOST_STEPS}",
            fix="state `rating_step`, from one possible rating to the next",
        )
        return None
    at = np.linspace(zero, one, round(steps) + 1)
    return Steps(found, tuple(f"{level:.6g}" for level in at))


def read_spatial_ratings(
    table: Table,
    roles: dict[str, str],
    names: PairNames,
    steps: Steps,
    goals: tuple[str, ...],
    not_ratings: tuple[str, ...],
) -> tuple[NDArray[np.int64], FloatArray, tuple[str, ...]]:
    """Read ratings of pairs of placed goals."""
    # who is asked about whom does not matter here, so pairs may be written in both directions
    ratings = read_ratings(table, roles, names, steps.scale, not_ratings, directed=True)
    problems, top = names.problems, len(steps.levels) - 1
    if ratings is None:
        return np.zeros((0, 2), np.int64), np.zeros((0, top + 1)), ()
    tallies: dict[tuple[str, str], FloatArray] = {}
    between: dict[float, None] = {}
    given = zip(ratings.pair, ratings.value.tolist(), ratings.number, strict=True)
    for place, value, number in given:
        pair = ratings.pairs[place]
        level = round(value * top)
        if abs(value * top - level) > _ROUNDING:
            between.setdefault(value)
            continue
        tallies.setdefault(pair, np.zeros(top + 1))[level] += number
    if between and steps.scale.ends is not None:
        zero, one = steps.scale.ends
        seen = shown([f"{zero + value * (one - zero):.6g}" for value in sorted(between)])
        problems.add(
            f"ratings lie between two levels: {seen}",
            where=table.source,
            valid=f"one of {shown(steps.levels)}",
            fix="state a smaller `rating_step`: levels are equally spaced",
        )
    strange = dict.fromkeys(goal for pair in tallies for goal in pair if goal not in goals)
    for goal in strange:
        problems.add(
            f"{show(goal)} is rated, and not placed",
            where=table.source,
            several="{n} goals are rated, and not placed",
            value=show(goal),
            valid=f"pairs of goals that are placed: {shown(goals)}",
            fix="place it, or leave its ratings out",
        )
    pairs = [pair for pair in names.sorted(tallies) if not strange.keys() & set(pair)]
    rated = np.array([[goals.index(a), goals.index(b)] for a, b in pairs], np.int64)
    counts = np.array([tallies[pair] for pair in pairs])
    return rated.reshape(-1, 2), counts.reshape(-1, top + 1), ratings.notes
