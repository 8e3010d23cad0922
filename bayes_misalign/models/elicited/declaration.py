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
    open_statements,
    read_statements,
    statement_figures,
    strictly_inside,
    turned_around,
    unpack_statement,
)
from bayes_misalign.models.elicited.evidence import ElicitedConflict as ElicitedConflict
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import (
    STATED,
    PairNames,
    StatedPair,
    one_form,
    stated_pairs,
)
from bayes_misalign.reading.problem_area import ProblemArea

_EXAMPLE = '{between = ["a", "b"], range = [0.7, 1.0], probability = 0.9}'


@dataclass(frozen=True)
class Elicited(TableDeclared):
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
    agreement : bool
        Whether ranges and means are of agreement; the level of conflict is 1 minus agreement.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    goal, goal_other : str
        Columns of the two goals in the table.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

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
    agreement: bool = False

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ElicitedConflict | None:
        """Read the stated ranges and means."""
        before, names = len(problems), PairNames(area, problems)
        found: dict[Pair, Mapping[str, float]] = {}
        origin = STATED
        if not one_form({"pairs": self.pairs, "data": self.data}, self.model, problems):
            return None
        usual = self.probability
        if usual is not None:  # a wrong one is noted once, not again for every pair
            usual = strictly_inside(usual, "probability", self.model, problems)
        if self.data is not None:
            columns = (self.goal, self.goal_other)
            if (table := open_statements(self, columns, problems, base)) is None:
                return None
            origin = table.source
            for _, _, entry in read_statements(table, self.goal, self.goal_other):
                self._add(found, names, entry, usual)
        elif self.pairs is not None:
            keys = ("range", *FIGURES)
            for entry in stated_pairs(self.pairs, keys, problems, unpack_statement, _EXAMPLE):
                self._add(found, names, entry, usual)
        if len(problems) > before:
            return None
        pairs = names.sorted(found)
        low, high, probability, mean, strength = (
            frozen_array([found[pair].get(figure, nan) for pair in pairs]) for figure in FIGURES
        )
        return ElicitedConflict(pairs, low, high, probability, mean, strength, origin)

    def _add(
        self,
        found: dict[Pair, Mapping[str, float]],
        names: PairNames,
        entry: StatedPair,
        probability: float | None,
    ) -> None:
        fix = 'use `model = "experts"` if these are statements of several people'
        pair = names.once(entry.one, entry.other, entry.where, fix)
        figures = statement_figures(entry.values, probability, entry.where, names.problems)
        if pair is not None:
            figures = turned_around(figures) if figures and self.agreement else figures
            found[pair] = figures or {}
