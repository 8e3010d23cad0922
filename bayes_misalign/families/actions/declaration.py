"""Tables of actions: what their declarations have in common, whatever is stated of the goals."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.actions.action_cells import (
    MOST_ACTIONS,
    MOST_SITUATIONS,
    NO_ACTION,
    ActionCells,
    settle_cells,
)
from bayes_misalign.families.actions.reading import ActedCells, to_acted
from bayes_misalign.families.actions.stated_numbers import Stated
from bayes_misalign.families.reports.agents import Agents, one_each, settle_agents, shared_columns
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.gold_drawn import gold_drawn_stated
from bayes_misalign.families.reports.gold_file import gold_of_file
from bayes_misalign.families.reports.label_lists import GoalLists, known_goals
from bayes_misalign.families.reports.roster import roster_of
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import Column, count_column, id_column
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.row_ids import note_repeated

Read = tuple[Any, IntArray, CodedTable, IntArray]


@dataclass(frozen=True, kw_only=True)
class ActedDeclared(TableDeclared):
    """Base of declarations of a table of actions, an action a row or counted."""

    OUTCOMES: ClassVar[tuple[str, ...]] = ("gold", "action")
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = ("goal", "action", "situation", "agent", "gold")

    @property
    @abstractmethod
    def stated_under(self) -> str:
        """The key under which numbers of actions are stated for each goal."""

    @abstractmethod
    def stated(
        self, goals: GoalLists, problems: Problems, base: str | Path | None
    ) -> tuple[Stated, Any]:
        """Return which actions the study names in stating numbers of them, and all it states."""

    @abstractmethod
    def making(
        self, cells: ActionCells, stated: Any, coded: CodedTable, goals: tuple[str, ...]
    ) -> tuple[Callable[..., Any], Callable[[Any], Iterable[str]]] | None:
        """Return what makes evidence of its fields, and what remarks on it; None if it cannot."""

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Any | None:
        """Read the table into patterns of actions."""
        found = self._read(area, problems, base)
        return None if found is None else found[0]

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id."""
        if (found := self._read(area, problems, base)) is None:
            return None
        evidence, pattern, coded, agent = found
        return roster_of(coded.first_texts("agent", agent), pattern, evidence)

    def _read(self, area: ProblemArea, problems: Problems, base: str | Path | None) -> Read | None:
        own: Any = self  # the fields of declarations
        before = len(problems)
        whole = self.check(problems)
        goals = GoalLists(area, {})
        named, stated = self.stated(goals, problems, base)
        coded = self._open(goals, problems, base) if whole else None
        if coded is None or not coded.read():
            return None
        cells = settle_cells(coded, own.actions, named, own.other, self.stated_under)
        gold, gold_where = known_goals(coded, goals)
        agent = _numbered(coded)
        if own.gold_data is not None:
            if (found := gold_of_file(self, coded, agent, goals, base)) is None:
                return None
            gold, gold_where = found
        tells = (cells.cell != NO_ACTION) | (gold != UNKNOWN)
        agents = settle_agents(
            coded, agent, gold, tells, own.populations, area.categories, gold_where
        )
        if own.count is not None and "agent" in coded.roles:
            _note_repeated(coded, agent, cells)
        if agents is not None and "agents" in coded.values:
            agents = _several(coded, agent, agents)
        if agents is None or len(problems) > before:
            return None
        if (made := self.making(cells, stated, coded, area.categories)) is None:
            return None
        make, remarks = made
        make = partial(make, categories=area.categories, gold_chosen=own.gold_chosen)
        acted, size = ActedCells(cells, agent), own.population_size
        evidence = to_acted(coded, acted, agents, make, remarks, size, own.deff)
        if evidence is None:
            return None
        if own.gold_random:
            evidence = replace(evidence[0], gold_random=True), evidence[1]
        return (*evidence, coded, agent)

    def _open(
        self, goals: GoalLists, problems: Problems, base: str | Path | None
    ) -> CodedTable | None:
        own: Any = self
        declared = own.actions
        lists = declared.values() if isinstance(declared, Mapping) else [declared or ()]
        known = {"", *(action for names in lists for action in names)}
        is_known = known.__contains__ if own.other is None else lambda text: True
        most = MOST_ACTIONS if own.situation is None else MOST_SITUATIONS
        columns = (
            id_column("agent", what="agent's id", valid="an id of the agent in every row"),
            count_column("count"),
            count_column("agents", what="number of agents"),
            Column("action", "actions", most, is_known, keeps=known.__contains__),
            Column(
                "situation",
                "situations",
                MOST_SITUATIONS,
                needed=("action", bool),
                valid="the name of a situation",
            ),
            *shared_columns(goals),
        )
        gold = own.gold if own.gold_data is None else None
        several: str | None = getattr(self, "agents", None)
        roles = self.roles("agent", "action", "situation", "count")
        roles |= self.roles(agents=several, gold=gold)
        roles |= self.roles("gold_probability", "population", "weight", "cluster")
        table = self.open(roles, problems, base, "actions", columns=columns)
        return None if table is None else CodedTable(table, roles, columns, problems)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        own: Any = self
        lists = own.actions
        by_name = isinstance(lists, Mapping)
        listed = lists is not None or getattr(self, self.stated_under) is not None
        return (
            (
                own.gold_chosen and own.gold is None and own.gold_data is None,
                "gold_chosen is stated, but no goal is known",
                "the column gold too, or gold_data",
                "",
            ),
            (
                by_name and any(isinstance(names, str) for names in lists.values()),
                "the actions of a situation are a single text",
                "a list of actions for each situation",
                "",
            ),
            (
                own.other is not None and not listed,
                "other is stated, but nothing says which actions there are beside it",
                f"actions, or {self.stated_under}, too",
                'state them, as in `actions = ["give", "take", "other"]`',
            ),
            *gold_drawn_stated(self),
        )


def _numbered(coded: CodedTable) -> IntArray:
    """Return the number of the agent in each row; each row is an agent where none has an id."""
    if "agent" not in coded.roles:
        return np.arange(len(coded.rows))
    return coded.digests.pop("agent").numbers()


def _several(coded: CodedTable, agent: IntArray, agents: Agents) -> Agents | None:
    """Return the agents with how many each id, or each row, stands for."""
    number, n = coded.values["agents"], len(agents.number)
    first, twice = one_each(agent, number, ~np.isnan(number), n)
    for one, other in twice:
        rows = [coded.table.row(coded.rows[row]) for row in (one, other)]
        coded.problems.add(
            f"rows {rows[0]} and {rows[1]} give one id two numbers of agents, {number[one]:g} and "
            f"{number[other]:g}",
            where=coded.where("agents"),
            several="{n} pairs of rows give one id two numbers of agents",
            value=f"rows {rows[0]} and {rows[1]}",
            valid="one number of agents for each id",
            fix="correct one of the rows, or give each group of agents an id of its own",
        )
    if twice:
        return None
    return replace(agents, number=np.where(first >= 0, np.nan_to_num(number[first]), 0.0))


def _note_repeated(coded: CodedTable, agent: IntArray, cells: ActionCells) -> None:
    acted = np.flatnonzero(cells.cell != NO_ACTION)
    keys = agent[acted] * (int(cells.cell.max(initial=0)) + 1) + cells.cell[acted]
    inside = " in the same situation" if "situation" in coded.columns else ""
    texts = (
        f"count the same action of the same agent{inside}",
        "{n} rows count an action of an agent that a row before counts" + inside,
        "one row for each of them",
        "add their counts up",
    )
    where = coded.where("count")
    note_repeated(keys, coded.rows[acted], texts, where, coded.problems, coded.table.row)
