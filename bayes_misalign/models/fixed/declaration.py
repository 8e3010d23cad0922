"""Levels of conflict that are stated as known, without uncertainty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.statements.known_levels import FixedConflict as FixedConflict
from bayes_misalign.reading.conflict_matrix import (
    EQUAL,
    note_asymmetric,
    note_self_conflict,
    read_square,
)
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import STATED, PairNames, one_form, show_pair, stated_pairs
from bayes_misalign.reading.parse_numbers import noted, parse_probability
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.table import check_columns

_EXAMPLE = '{between = ["a", "b"], conflict = 0.5}'


@dataclass(frozen=True)
class Fixed(TableDeclared):
    """Levels of conflict that are taken as known: pairs, a matrix, or a table of either.

    Parameters
    ----------
    pairs : mapping or list, optional
        ``{("a", "b"): 0.5}``, or ``[{"between": ["a", "b"], "conflict": 0.5}]``.
    matrix : (G, G) nested list or array, optional
        Levels of conflict, symmetric with a zero diagonal.
    goals : sequence of str, optional
        Goals of the rows and columns of `matrix`; by default those of the problem area.
    data : path, data frame or mapping of columns, optional
        A table with a pair a row, or a square one with goals in its header and first column.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    goal, goal_other, conflict : str
        Columns of a table with a pair a row.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> Fixed({("a", "b"): 0.5}).read(area, Problems()).conflict
    array([0.5])
    """

    model: ClassVar[str] = "fixed"

    pairs: Any = None
    matrix: Any = None
    goals: tuple[str, ...] | None = None
    data: Any = None
    unnamed_pairs: float | None = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    conflict: str = "conflict"

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> FixedConflict | None:
        """Read the levels of conflict."""
        before, names, origin = len(problems), PairNames(area, problems), STATED
        forms = {"pairs": self.pairs, "matrix": self.matrix, "data": self.data}
        if not one_form(forms, self.model, problems):
            return None
        self.check(problems)
        levels: dict[Pair, float] | None = {}
        if self.data is not None:
            table = self.open(None, problems, base, "levels of conflict")
            if table is None:
                return None
            levels, origin = self._from_table(table, names), table.source
        elif self.matrix is not None:
            levels = self._from_matrix(names)
        elif self.pairs is not None:
            levels = self._from_pairs(names)
        if levels is None or len(problems) > before:
            return None
        pairs = names.sorted(levels)
        return FixedConflict(pairs, frozen_array([levels[pair] for pair in pairs]), origin)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together."""
        alone = self.goals is not None and self.matrix is None
        valid = "goals name the rows and columns of matrix"
        return ((alone, "goals are stated without a matrix", valid),)

    def _from_pairs(self, names: PairNames) -> dict[Pair, float]:
        given = _Levels(names)
        for entry in stated_pairs(
            self.pairs, ["conflict"], names.problems, lambda level: {"conflict": level}, _EXAMPLE
        ):
            given.add(entry.one, entry.other, entry.values.get("conflict"), entry.where)
        return given.settle("pairs")

    def _from_matrix(self, names: PairNames) -> dict[Pair, float] | None:
        goals = self.goals or names.area.goals
        try:
            rows = [list(row) for row in np.asarray(self.matrix, dtype=object)]
        except TypeError:
            rows = []
        if len(rows) != len(goals) or any(len(row) != len(goals) for row in rows):
            shape = f"{len(rows)} rows of {sorted({len(row) for row in rows})} cells"
            names.problems.add(
                f"the matrix has {shape}, but there are {len(goals)} goals",
                where="matrix",
                valid=f"{len(goals)} rows of {len(goals)} levels of conflict",
                fix="state `goals`, if its rows are others than the goals of the problem area",
            )
            return None
        return read_square(
            list(zip(goals, rows, strict=True)),
            goals,
            lambda row, label: f"matrix, {show(goals[row])} and {show(label)}",
            names,
            "matrix",
        )

    def _from_table(self, table: Table, names: PairNames) -> dict[Pair, float] | None:
        wanted = (self.goal, self.goal_other, self.conflict)
        in_header = [names.area.category_of(label) for label in table.columns[1:]]
        if any(in_header) and not set(wanted) <= set(table.columns):
            rows = list(table)
            return read_square(
                [(cells[0], cells[1:]) for _, cells in rows],
                table.columns[1:],
                lambda row, label: table.where(rows[row][0], label),
                names,
                table.source,
            )
        if not check_columns(table.columns, wanted, table.source, names.problems):
            return None
        given, places = _Levels(names), [table.columns.index(column) for column in wanted]
        for row, cells in table:
            one, other, level = (cells[place] for place in places)
            given.add(one, other, level, table.where(row), self.conflict)
        return given.settle(table.source)


class _Levels:
    """Levels of conflict by ordered pair, so that a whole matrix can be listed pair by pair."""

    def __init__(self, names: PairNames) -> None:
        self.names = names
        self.given: dict[Pair, tuple[float, str]] = {}

    def add(self, one: Any, other: Any, cell: Any, where: str, column: str = "") -> None:
        at = f"{where}, column {show(column)}" if column else where
        problems = self.names.problems
        first, second = self.names.category(one, where), self.names.category(other, where)
        level = noted(parse_probability, cell, "conflict", at, problems)
        if first is None or second is None or level is None:
            return
        if first == second and one == other:
            if level:
                note_self_conflict(str(one), level, at, problems)
            return
        if first == second:
            self.names.pair(one, other, where)
        elif (first, second) in self.given:
            before = self.given[first, second]
            problems.add(
                f"the pair {show_pair((first, second))} is named twice: {level:g}, and "
                f"{before[0]:g} in {before[1]}",
                where=where,
                several="{n} pairs are named that were named before",
                value=show_pair((first, second)),
                valid="each pair once",
            )
        else:
            self.given[first, second] = level, where

    def settle(self, source: str) -> dict[Pair, float]:
        order, levels, odd = self.names.order, dict[Pair, float](), list[str]()
        for (one, other), (level, where) in self.given.items():
            mirror = self.given.get((other, one))
            if order[one] > order[other] and mirror is not None:
                if abs(mirror[0] - level) > EQUAL:
                    both = f"{level:g} in {where}, {mirror[0]:g} in {mirror[1]}"
                    odd.append(f"{show_pair((other, one))}: {both}")
                continue
            pair = (one, other) if order[one] < order[other] else (other, one)
            levels[pair] = level
        if odd:
            note_asymmetric(odd, source, self.names.problems)
        return levels
