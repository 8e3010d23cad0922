"""Actions that agents took, from which their goals are inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.agents import settle_agents, shared_columns
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.gold_drawn import gold_drawn_stated
from bayes_misalign.families.reports.gold_file import gold_of_file
from bayes_misalign.families.reports.label_lists import GoalLists, known_goals
from bayes_misalign.families.reports.roster import roster_of
from bayes_misalign.models.behaviour.action_cells import (
    MOST_ACTIONS,
    MOST_SITUATIONS,
    NO_ACTION,
    ActionCells,
    settle_cells,
)
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.expected_actions import StatedActions
from bayes_misalign.models.behaviour.reading import ActedCells, to_distinct_actions
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import Column, count_column, id_column
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.row_ids import note_repeated

__all__ = ["Behaviour", "DistinctActions"]

_SHARED = ("gold", "gold_probability", "population", "weight", "cluster")
_ROLES = ("agent", "action", "situation", "count", *_SHARED)
_Read = tuple[DistinctActions, IntArray, CodedTable, IntArray]


@dataclass(frozen=True)
class Behaviour(TableDeclared):
    """A table of actions of agents, an action a row or counted by agent and situation.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    agent : str
        Column of an id of the agent.
    action : str
        Column of the action; empty if none was seen.
    situation : str, optional
        Column of the situation in which the agent chose; without it all are the same one.
    count : str, optional
        Column of how often the agent took the action in the situation.
    expected : mapping, path or data frame, optional
        Probabilities of the actions of a goal, ``{goal: {action: p}}`` in every situation or
        ``{situation: {goal: {action: p}}}``, or a table with the columns "goal", "action",
        "probability" and perhaps "situation". Goals and situations may be left out; an action
        that is left out has probability 0.
    gold : str, optional
        Column of the agent's goal where it is known, empty where it is not.
    gold_data : path, data frame or mapping of columns, optional
        Table of the known goals of agents, in columns named as `agent` and `gold`, or "agent" and
        "gold"; agents who are in no row of `data` are left out, with a note.
    gold_chosen : bool
        Whether agents with a known goal were chosen by that goal.
    gold_random : bool
        Whether agents with a known goal are a random subset of the agents of their population, all
        as likely to be drawn. P(ma) is then estimated by their design too.
    gold_probability : str, optional
        Instead: column of the probability with which the agent was drawn to have its goal known.
    actions : sequence of str, or mapping of str to sequence of str, optional
        All actions, in every situation or in each by its name.
    other : str, optional
        Action that every action in none of the lists counts as, those of `actions` or, without it,
        of `expected`, such as "something else".
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    weight : str, optional
        Column of the survey weight of the agent.
    cluster : str, optional
        Column of what several agents have in common, such as the household or the class that was
        sampled. The posterior of P(ma) has the variance that such a sample of clusters has.
    populations : sequence of str, optional
        Order of the populations.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    deff : float or mapping of str to float, optional
        Design effect that the study knows of its sample, or of each population by its name: the
        variance of an estimate over that of a simple random sample of as many agents. By default
        it is worked out from the weights.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"who": ["x", "x", "y"], "did": ["give", "take", "take"]}
    >>> expected = {"share": {"give": 0.8, "take": 0.2}, "keep": {"give": 0.1, "take": 0.9}}
    >>> actions = Behaviour(rows, agent="who", action="did", expected=expected)
    >>> actions.read(ProblemArea("game", ["share", "keep"]), Problems()).reports
    array([[1, 1], [0, 1]])
    """

    model: ClassVar[str] = "behaviour"
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = (
        *("goal", "action", "probability", "situation", "agent", "gold"),
    )

    data: Any
    agent: str
    action: str
    situation: str | None = None
    count: str | None = None
    expected: Any = None
    gold: str | None = None
    gold_chosen: bool = False
    actions: dict[str, tuple[str, ...]] | tuple[str, ...] | None = None
    population: str | tuple[str, ...] | None = None
    weight: str | None = None
    cluster: str | None = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    gold_data: Any = None
    other: str | None = None
    gold_random: bool = False
    gold_probability: str | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> DistinctActions | None:
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

    def _read(self, area: ProblemArea, problems: Problems, base: str | Path | None) -> _Read | None:
        before = len(problems)
        whole = self.check(problems)
        goals = GoalLists(area, {})
        stated = StatedActions(goals, problems)
        if self.expected is not None:
            stated.add(self.expected, self, base)
        coded = self._open(goals, problems, base) if whole else None
        if coded is None or not coded.read():
            return None
        cells = settle_cells(coded, self.actions, stated.expected, self.other)
        gold, gold_where = known_goals(coded, goals)
        agent = coded.digests.pop("agent").numbers()
        if self.gold_data is not None:
            if (found := gold_of_file(self, coded, agent, goals, base)) is None:
                return None
            gold, gold_where = found
        tells = (cells.cell != NO_ACTION) | (gold != UNKNOWN)
        agents = settle_agents(
            coded, agent, gold, tells, self.populations, area.categories, gold_where
        )
        if self.count is not None:
            _note_repeated(coded, agent, cells)
        if agents is None or len(problems) > before:
            return None
        made = to_distinct_actions(
            coded,
            ActedCells(cells, agent),
            agents,
            stated.expected,
            area.categories,
            self.gold_chosen,
            self.population_size,
            self.deff,
        )
        if made is not None and self.gold_random:
            made = replace(made[0], gold_random=True), made[1]
        return None if made is None else (*made, coded, agent)

    def _open(
        self, goals: GoalLists, problems: Problems, base: str | Path | None
    ) -> CodedTable | None:
        declared = self.actions
        lists = declared.values() if isinstance(declared, Mapping) else [declared or ()]
        known = {"", *(action for names in lists for action in names)}
        is_known = known.__contains__ if self.other is None else lambda text: True
        most = MOST_ACTIONS if self.situation is None else MOST_SITUATIONS
        columns = (
            id_column("agent", what="agent's id", valid="an id of the agent in every row"),
            count_column("count"),
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
        own = [name for name in _ROLES if name != "gold" or self.gold_data is None]
        roles = self.roles(*own)
        table = self.open(roles, problems, base, "actions", columns=columns)
        return None if table is None else CodedTable(table, roles, columns, problems)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        lists: Any = self.actions
        by_name = isinstance(lists, Mapping)
        return (
            (
                self.expected is None and self.gold is None and self.gold_data is None,
                "nothing ties actions to goals, so that the goals could be renamed at will "
                "without any change of the fit",
                "expected, P(action | goal), or gold, the known goals of some agents, or both",
                'state them, as in `expected = {"share" = {"half" = 0.8, "nothing" = 0.2}}` or '
                '`gold = "goal"`',
            ),
            (
                self.gold_chosen and self.gold is None and self.gold_data is None,
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
                self.other is not None and lists is None and self.expected is None,
                "other is stated, but nothing says which actions there are beside it",
                "actions, or expected, too",
                'state them, as in `actions = ["give", "take", "other"]`',
            ),
            *gold_drawn_stated(self),
        )


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
