"""Levels of conflict that experts state with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.statements.statements import (
    FIGURES,
    filled_figures,
    open_statements,
    statement_figures,
    strictly_inside,
    unpack_statement,
)
from bayes_misalign.reading.declared import Declared
from bayes_misalign.reading.evidence import Evidence, FloatArray, Pair, frozen_array
from bayes_misalign.reading.goal_pairs import (
    STATED,
    PairNames,
    one_form,
    show_pair,
    stated_pairs,
)
from bayes_misalign.reading.problem_area import ProblemArea

_EXAMPLE = '{between = ["a", "b"], range = [0.7, 1.0], probability = 0.9}'


@dataclass(frozen=True, eq=False)
class ElicitedConflict(Evidence):
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

    Examples
    --------
    >>> from math import nan
    >>> stated = ElicitedConflict((("a", "b"),), [0.7], [1.0], [nan], [nan], [nan], "a study")
    >>> stated.low
    array([0.7])
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


@dataclass(frozen=True)
class Elicited(Declared):
    """Levels of conflict as experts state them: a range, or a mean and what it is worth.

    Parameters
    ----------
    pairs : mapping or list, optional
        ``{("a", "b"): (low, high)}``, or ``[{"between": ["a", "b"], "range": [low, high],
        "probability": 0.9}]``, or the same with "mean" and "strength" instead of "range".
    data : path, data frame or mapping of columns, optional
        A table with columns low and high (and probability), or mean and strength.
    probability : float, optional
        Probability that a level lies in its range, where the pair itself does not say; left to
        the model's default if not given.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    goal, goal_other : str
        Columns of the two goals in the table.
    encoding : str
        Encoding of a text file without a byte order mark.
    separator : str, optional
        Separator of a text file; by default a tab for .tsv and .tab, else a comma.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> Elicited({("a", "b"): (0.7, 1.0)}).read(area, Problems()).high
    array([1.])
    """

    model: ClassVar[str] = "elicited"

    pairs: Any = None
    data: Any = None
    probability: float | None = None
    unnamed_pairs: float | None = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    encoding: str = "utf-8"
    separator: str | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ElicitedConflict | None:
        """Read the stated ranges and means."""
        before, names = len(problems), PairNames(area, problems)
        found: dict[Pair, Mapping[str, float]] = {}
        origin = STATED
        if not one_form({"pairs": self.pairs, "data": self.data}, self.model, problems):
            return None
        if self.probability is not None:
            strictly_inside(self.probability, "probability", self.model, problems)
        if self.data is not None:
            origin = self._from_table(found, names, base)
        elif self.pairs is not None:
            keys = ("range", *FIGURES)
            for entry in stated_pairs(self.pairs, keys, problems, unpack_statement, _EXAMPLE):
                self._add(found, names, entry.one, entry.other, entry.values, entry.where)
        if len(problems) > before:
            return None
        pairs = names.sorted(found)
        low, high, probability, mean, strength = (
            frozen_array([found[pair].get(figure, nan) for pair in pairs]) for figure in FIGURES
        )
        return ElicitedConflict(pairs, low, high, probability, mean, strength, origin)

    def _from_table(
        self,
        found: dict[Pair, Mapping[str, float]],
        names: PairNames,
        base: str | Path | None,
    ) -> str:
        table = open_statements(self, (self.goal, self.goal_other), names.problems, base)
        if table is None:
            return ""
        for row, cells in table:
            record = dict(zip(table.columns, cells, strict=True))
            one, other = record[self.goal], record[self.goal_other]
            self._add(found, names, one, other, filled_figures(record), table.where(row))
        return table.source

    def _add(
        self,
        found: dict[Pair, Mapping[str, float]],
        names: PairNames,
        one: Any,
        other: Any,
        values: Mapping[str, Any],
        where: str,
    ) -> None:
        pair = names.pair(one, other, where)
        figures = statement_figures(values, self.probability, where, names.problems)
        if pair is not None and pair in names.places:
            names.problems.add(
                f"the pair {show_pair(pair)} is named twice, before in {names.places[pair]}",
                where=where,
                valid="each pair once, in either order",
                fix='use the "experts" model if these are statements of several people',
            )
        elif pair is not None:
            names.places[pair] = where
            found[pair] = figures or {}
