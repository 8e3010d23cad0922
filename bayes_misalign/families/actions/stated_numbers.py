"""Stated numbers of actions for each goal, in all situations or in each: nested, or a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.families.reports.validation_counts import open_columns
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.nested_tables import depth_of
from bayes_misalign.reading.parse_numbers import noted
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

# A number of each action, by situation (None: the same in all of them) and goal.
Stated = dict[str | None, dict[int, dict[str, float]]]


class StatedNumbers(ABC):
    """Numbers of actions by goal, growing while they are read.

    Attributes
    ----------
    key : str
        Key of the study under which they stand.
    number : str
        What one of them is called, and the column that it has in a table.
    what : str
        What all of them are called.
    fix : str
        How they are written, where they are not a table at all.
    """

    key: ClassVar[str]
    number: ClassVar[str]
    what: ClassVar[str]
    fix: ClassVar[str]

    def __init__(self, goals: GoalLists, problems: Problems) -> None:
        self.goals, self.problems = goals, problems
        self.stated: Stated = {}
        self.where: dict[tuple[str | None, int], str] = {}

    def add(self, stated: Any, declared: TableDeclared, base: str | Path | None) -> None:
        """Add what a study states, nested or as a table."""
        depth = depth_of(stated)
        if depth == 1 and all(isinstance(cells, int | float) for cells in stated.values()):
            depth = None  # numbers by goal, and no table of columns
        if depth == 2:
            self._add_goals(None, stated, self.key)
        elif depth == 3:
            for situation, of_goals in stated.items():
                place = f"{self.key}, situation {show(str(situation))}"
                self._add_goals(str(situation), of_goals, place)
        elif depth is None:
            self.problems.add(
                f"{self.key} is not a table of {self.what} by goal and action",
                where=self.key,
                valid=f"a {self.number} of each action for each goal, or such a table for each "
                f"situation by name, or a table with the columns goal, action, {self.number}",
                fix=self.fix,
            )
        else:
            needed = ("goal", "action", self.number)
            what = f"{self.what} of actions"
            table = open_columns(
                declared, stated, needed, ("situation",), self.problems, base, what
            )
            if table is not None:
                self._add_table(table)
        for where, found in self.stated.items():
            for goal, row in found.items():
                if not np.isnan(list(row.values())).any():
                    found[goal] = self.settled(row, self.where[where, goal])

    @staticmethod
    @abstractmethod
    def parse(cell: Any, name: str, /) -> float:
        """Return the number in a cell, or raise NotANumber."""

    def settled(self, row: dict[str, float], where: str) -> dict[str, float]:
        """Return the numbers of one goal as they are taken, or note what is wrong with them."""
        del where
        return row

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
            at = table.where(row, self.number)
            self._add(situation, goal, cells[1], cells[2], at, place)

    def _add(
        self, situation: str | None, goal: int, action: str, cell: Any, at: str, place: str
    ) -> None:
        found = noted(self.parse, cell, self.number, at, self.problems)
        if goal != UNKNOWN:
            row = self.stated.setdefault(situation, {}).setdefault(goal, {})
            row[action] = np.nan if found is None else found
            self.where[situation, goal] = place
