"""The scale that ratings are given on, and what its levels are worth as conflict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.parse_numbers import NotANumber, noted, parse_number, parse_probability
from bayes_misalign.tables import remedies
from bayes_misalign.tables.labels import show, shown, twin_key

MOST_LEVELS = 21  # answers in steps of 5 of 100 keep their own level
GRID = 11  # levels that finer answers are sorted into
_POINT = re.compile(r"\d+\W")  # a number before words, as in "5 - very much"
NAMED = "state `levels`, all points from no conflict to full conflict, in place of `scale`"
_END = "end of the scale"
_ROUNDED = 12  # decimals by which two ratings are the same


@dataclass(frozen=True)
class RatingScale:
    """Named levels, or numbers between two ends.

    Parameters
    ----------
    levels : tuple of str
        Labels from no conflict to full conflict; empty for a scale of numbers.
    values : tuple of float
        Conflict that each level stands for.
    ends : (float, float), optional
        Numbers that mean no conflict and full conflict, in this order; the first may be larger.
    """

    levels: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    ends: tuple[float, float] | None = None

    def conflict(self, cell: str) -> float:
        """Return what a rating means as conflict, from 0 to 1."""
        if self.ends is None:
            if cell in self.levels:
                return self.values[self.levels.index(cell)]
            twins = [level for level in self.levels if twin_key(level) == twin_key(cell)]
            hint = f"write it as {show(twins[0])}" if twins else did_you_mean(cell, self.levels)
            fix = remedies.missing(cell) if not twins and remedies.is_missing(cell) else ""
            told = f"{show(cell)} ({hint})" if hint and not fix else show(cell)
            raise NotANumber("the rating is no level", shown(self.levels), fix, told)
        zero, one = self.ends
        valid = f"a number from {min(self.ends):g} to {max(self.ends):g}"
        try:
            number = parse_number(cell, "rating", valid)
        except NotANumber as trouble:
            if trouble.fix or not _POINT.match(cell):
                raise
            raise NotANumber(trouble.what, valid, NAMED, trouble.value) from None
        if not min(self.ends) <= number <= max(self.ends):
            fix = "state other ends of the scale if ratings go further"
            raise NotANumber("the rating is off the scale", valid, fix, show(cell))
        return round((number - zero) / (one - zero), _ROUNDED)

    def turned(self, *, stated: bool) -> RatingScale:
        """Return the scale that begins at its other end; values that were stated stay with it."""
        if self.ends is not None:
            return RatingScale(ends=(self.ends[1], self.ends[0]))
        turned = tuple(round(1 - value, _ROUNDED) for value in reversed(self.values))
        return RatingScale(self.levels[::-1], turned if stated else self.values)

    def sort(self, ratings: FloatArray, counts: FloatArray) -> Sorted:
        """Return the levels of ratings, all of them or a grid of them.

        Notes
        -----
        People who may answer any number answer in round ones and pile up at the ends, which a
        density does not; so numbers become levels. Up to `MOST_LEVELS` different ones stay as they
        are. More are sorted into `GRID` levels: the two ends are levels of their own, the others
        are equally wide, and each is worth the mean of what was sorted into it. Means of ratings
        are the same before and after.
        """
        if self.ends is None:
            place = np.array([self.values.index(value) for value in ratings.tolist()], np.int64)
            return Sorted(self.levels, self.values, place)
        distinct = np.unique(np.concatenate([[0.0, 1.0], ratings]))
        if len(distinct) <= MOST_LEVELS:
            place = np.searchsorted(distinct, ratings).astype(np.int64)
            return Sorted(tuple(map(self._label, distinct)), tuple(distinct.tolist()), place)
        inner = np.clip(np.ceil(ratings * (GRID - 2)), 1, GRID - 2).astype(np.int64)
        box = np.where(ratings == 0, 0, np.where(ratings == 1, GRID - 1, inner))
        used = np.union1d(box, [0, GRID - 1])
        place = np.searchsorted(used, box).astype(np.int64)
        total = np.bincount(place, counts, len(used))
        mean = np.bincount(place, counts * ratings, len(used)) / np.where(total > 0, total, 1.0)
        mean[0], mean[-1] = 0.0, 1.0
        labels = [self._label(0.0)]
        for b in used[1:-1]:
            labels.append(f"{self._label((b - 1) / (GRID - 2))} to {self._label(b / (GRID - 2))}")
        return Sorted((*labels, self._label(1.0)), tuple(mean.tolist()), place)

    def _label(self, level: float) -> str:
        if self.ends is None:
            return f"{level:g}"
        zero, one = self.ends
        return f"{zero + level * (one - zero):.6g}"


@dataclass(frozen=True)
class Sorted:
    """Ratings as levels."""

    labels: tuple[str, ...]
    values: tuple[float, ...]
    place: NDArray[np.int64]


def rating_scale(
    scale: Any,
    levels: Any,
    values: Any,
    where: str,
    problems: Problems,
    *,
    agreement: bool = False,
) -> RatingScale | None:
    """Return the scale that a study states, or note what is wrong with it.

    That of agreement goes from no agreement to full agreement, and is turned around.
    """
    if (scale is None) == (levels is None):
        problems.add(
            "scale and levels are both stated" if scale is not None else "no scale is stated",
            where=where,
            valid="scale, what means no conflict and what means full conflict, for numbers, or "
            "levels, labels from no conflict to full conflict",
            fix="leave one of them out"
            if scale is not None
            else "state it, as in `scale = [1, 5]`, or `scale = [100, 0]` for warmth",
        )
        return None
    if scale is not None:
        found = _numbers(scale, values, where, problems)
    else:
        found = _levels(levels, values, where, problems)
    return found.turned(stated=values is not None) if found and agreement else found


def _numbers(scale: Any, values: Any, where: str, problems: Problems) -> RatingScale | None:
    valid = "two different numbers: what means no conflict, and what means full conflict"
    if values is not None:
        fix = "leave `values` out, or name the ratings in `levels` in place of the scale"
        problems.add("values go with levels, not with a scale", where=where, fix=fix)
        return None
    ends = two_ends(scale, "the scale is", where, valid, problems)
    return None if ends is None else RatingScale(ends=ends)


def two_ends(
    stated: Any, what: str, where: str, valid: str, problems: Problems
) -> tuple[float, float] | None:
    """Return two different numbers, or note what is wrong with them."""
    if isinstance(stated, str | Mapping) or not isinstance(stated, Sequence) or len(stated) != 2:
        words = isinstance(stated, Sequence) and len(stated) > 2
        fix = "state `levels` in place of `scale` for a list of labels" if words else ""
        problems.add(f"{what} {stated!r}", where=where, valid=valid, fix=fix)
        return None
    low, high = (
        noted(partial(parse_number, valid=valid), end, _END, where, problems) for end in stated
    )
    if low is None or high is None:
        return None
    if low == high:
        problems.add(f"both ends of the scale are {low:g}", where=where, valid=valid)
        return None
    return low, high


def _levels(levels: Any, values: Any, where: str, problems: Problems) -> RatingScale | None:
    before = len(problems)
    if isinstance(levels, str | Mapping) or not isinstance(levels, Sequence) or len(levels) < 2:
        problems.add(
            f"levels is {levels!r}",
            where=where,
            valid="two labels or more, from no conflict to full conflict",
        )
        return None
    labels = tuple(map(str, levels))
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        problems.add("a level is named twice", where=where, value=show(label))
    worth = np.linspace(0, 1, len(labels)).tolist() if values is None else values
    if isinstance(worth, str | Mapping) or not isinstance(worth, Sequence):
        problems.add(f"values is {worth!r}", where=where, valid="a number for each level")
        return None
    if len(worth) != len(labels):
        problems.add(
            f"there are {len(labels)} levels and {len(worth)} values",
            where=where,
            valid="a number for each level",
        )
        return None
    found = [noted(parse_probability, v, "value of a level", where, problems) for v in worth]
    numbers = [value for value in found if value is not None]
    if len(numbers) == len(labels) and any(b <= a for a, b in pairwise(numbers)):
        problems.add(
            "the values do not increase",
            where=where,
            valid="levels from no conflict to full conflict, each worth more than the one before",
        )
    if len(problems) > before:
        return None
    return RatingScale(labels, tuple(numbers))
