"""Stated probabilities of actions given goals, in all situations or in each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.error_rates import rescaled
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.families.reports.validation_counts import open_columns
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.nested_tables import depth_of
from bayes_misalign.reading.parse_numbers import noted, parse_probability
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

# Probability of each action, by situation (None: the same in all of them) and goal.
Expected = dict[str | None, dict[int, dict[str, float]]]
_COLUMNS = ("goal", "action", "probability")


class StatedActions:
    """Probabilities of actions, growing while they are read."""

    def __init__(self, goals: GoalLists, problems: Problems) -> None:
        self.goals, self.problems = goals, problems
        self.expected: Expected = {}
        self._where: dict[tuple[str | None, int], str] = {}

    def add(self, stated: Any, declared: TableDeclared, base: str | Path | None) -> None:
        """Add what a study states, nested or as a table."""
        depth = depth_of(stated)
        if depth == 1 and all(isinstance(cells, int | float) for cells in stated.values()):
            depth = None  # numbers by goal, and no table of columns
        if depth == 2:
            self._add_goals(None, stated, "expected")
        elif depth == 3:
            for situation, of_goals in stated.items():
                place = f"expected, situation {show(str(situation))}"
                self._add_goals(str(situation), of_goals, place)
        elif depth is None:
            self.problems.add(
                "expected is not a table of probabilities by goal and action",
                where="expected",
                valid="a probability of each action for each goal, or such a table for each "
                "situation by name, or a table with the columns goal, action, probability",
                fix='write it as in `expected = {"share" = {"half" = 0.8, "nothing" = 0.2}}`',
            )
        else:
            what = "probabilities of actions"
            table = open_columns(
                declared, stated, _COLUMNS, ("situation",), self.problems, base, what
            )
            if table is not None:
                self._add_table(table)
        self._settle()

    def _add_goals(self, situation: str | None, of_goals: Mapping[Any, Any], where: str) -> None:
        seen: set[int] = set()
        for name, row in of_goals.items():
            goal = self.goals.stated(name, where, self.problems)
            place = f"{where}, goal {show(str(name))}"
            if goal in seen and goal != UNKNOWN:
                self.problems.add("the goal is there twice", where=place)
            seen.add(goal)
            for action, cell in row.items():
                at = f"{place}, action {show(str(action))}"
                self._add(situation, goal, str(action), cell, at, place)

    def _add_table(self, table: Table) -> None:
        rows: dict[tuple[str | None, int, str], int] = {}
        for row, cells in table:
            goal = self.goals.stated(cells[0], table.where(row, "goal"), self.problems)
            situation = cells[3] if len(cells) > 3 else None
            if not cells[1]:
                self.problems.add("the action is empty", where=table.where(row, "action"))
            first = rows.setdefault((situation, goal, cells[1]), row)
            if first != row and goal != UNKNOWN:
                self.problems.add(
                    f"rows {first} and {row} state the same action of the same goal",
                    where=table.source,
                    several="{n} rows state an action of a goal that a row before states",
                    value=f"rows {first} and {row}",
                    valid="one row for each of them",
                )
            place = f"{table.source}, goal {show(cells[0])}"
            if situation is not None:
                place += f", situation {show(situation)}"
            at = table.where(row, "probability")
            self._add(situation, goal, cells[1], cells[2], at, place)

    def _add(
        self, situation: str | None, goal: int, action: str, cell: Any, at: str, place: str
    ) -> None:
        p = noted(parse_probability, cell, "probability", at, self.problems)
        if goal != UNKNOWN:
            row = self.expected.setdefault(situation, {}).setdefault(goal, {})
            row[action] = np.nan if p is None else p
            self._where[situation, goal] = place

    def _settle(self) -> None:
        for situation, of_goals in self.expected.items():
            for goal, row in of_goals.items():
                values = np.array(list(row.values()))
                if np.isnan(values).any():
                    continue
                made = rescaled(values, self._where[situation, goal], self.problems)
                if made is not None:
                    of_goals[goal] = dict(zip(row, made.tolist(), strict=True))
