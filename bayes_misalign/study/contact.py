"""What a study says of who is in contact with whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.contacts import AGENTS, GOALS, POPULATIONS, Contacts
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.study.contact_graph import edges_of, is_graph, roster_of_graph
from bayes_misalign.study.contact_rows import (
    LEAVE_OUT,
    AgentRows,
    are_shares,
    columns_of,
    read_groups,
)
from bayes_misalign.tables.labels import shown

FindRoster = Callable[[Problems], Roster | None]
WHERE = "[contact]"
_OF = (GOALS, POPULATIONS)


@dataclass(frozen=True)
class Contact(TableDeclared):
    """Who is in contact with whom, so that P(ma) of the pairs that meet can be told.

    Parameters
    ----------
    data : path, data frame, mapping of columns, or graph of networkx
        The table: a contact a row. A graph holds agents as nodes, by their ids.
    agent, agent_other : str, optional
        Columns of the ids of the two agents, whose goals are in the evidence about goals. A graph
        needs none.
    goal, goal_other : str, optional
        Columns of the goals of the two, where agents have no ids. Of a graph, `goal` is the
        attribute of nodes that holds the goal of each.
    population, population_other : str, optional
        Columns of the populations of the two.
    weight : str, optional
        Column (of a graph, attribute of edges) that says how much a contact of two agents counts,
        such as how often they meet.
    count : str, optional
        Column of the number of contacts that a row stands for, between goals or populations.
    share : str, optional
        Column of the share of all contacts that a row stands for, in place of `count`.
    shares : list of lists of float, optional
        In place of a table, a matrix of shares of all contacts: in the order of the goals, "no
        goal" last where the area has it, or of the populations.
    of : {"goals", "populations"}, optional
        What the rows and columns of `shares` are.
    contacts : float, optional
        How many contacts shares come from. By default shares are known.
    directed : bool
        Whether a contact has a direction, so that each two agents may be there both ways.
    whole : bool
        Whether these agents are the whole population, and these contacts all there are. By default
        both are a sample.
    unknown_agents : {"leave out"}, optional
        What to do with contacts of agents who are not in the evidence about goals.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"a": ["yes", "yes", "no"], "b": ["yes", "no", "no"], "n": [40, 5, 30]}
    >>> contact = Contact(rows, goal="a", goal_other="b", count="n")
    >>> contact.between
    'goals'
    """

    model: ClassVar[str] = "contact"

    data: Any = None
    agent: str | None = None
    agent_other: str | None = None
    goal: str | None = None
    goal_other: str | None = None
    population: str | None = None
    population_other: str | None = None
    weight: str | None = None
    count: str | None = None
    share: str | None = None
    shares: Any = None
    of: str | None = None
    contacts: float | None = None
    directed: bool = False
    whole: bool = False
    unknown_agents: str | None = None

    @property
    def between(self) -> str:
        """What is known of the two who are in contact: "agents", "goals", or "populations"."""
        if self.shares is not None:
            return str(self.of)
        if is_graph(self.data) or self.agent is not None:
            return AGENTS
        return GOALS if self.goal is not None else POPULATIONS

    def read(
        self,
        area: ProblemArea,
        goals: GoalEvidence,
        find_roster: FindRoster | None,
        problems: Problems,
        base: str | Path | None = None,
    ) -> Contacts | None:
        """Read the contacts; None where something is wrong with them."""
        before = len(problems)
        self.check(problems)
        if len(problems) > before:
            return None
        if self.shares is not None:
            return self._of_matrix(area, goals, problems)
        of_graph = is_graph(self.data)
        rows, roles = None, self._roles()
        if self.between == AGENTS:
            roster = self._roster(area, find_roster, problems)
            if roster is None:
                return None
            directed = self.directed or (of_graph and bool(self.data.is_directed()))
            rows = AgentRows(roster, directed, self.whole, self.unknown_agents)
        columns = columns_of(self.between)
        edges = edges_of(self.data, self.weight) if of_graph else None
        table = self.open(roles, problems, base, "contacts", edges, columns)
        if table is None or len(problems) > before:
            return None
        if of_graph:
            table.source = "graph"
        found = DistinctRows(table, roles, columns, problems)
        if not found.read() or len(problems) > before:
            return None
        if rows is not None:
            return rows.read(found, area)
        return read_groups(
            found, self.between, area, goals.populations, self.contacts, directed=self.directed
        )

    def _roles(self) -> dict[str, str]:
        if is_graph(self.data):
            return {"one": "agent", "other": "agent_other"} | (
                {} if self.weight is None else {"strength": "weight"}
            )
        one, other = {
            AGENTS: (self.agent, self.agent_other),
            GOALS: (self.goal, self.goal_other),
            POPULATIONS: (self.population, self.population_other),
        }[self.between]
        return self.roles(one=one, other=other, strength=self.weight) | self.roles("count", "share")

    def _roster(
        self, area: ProblemArea, find_roster: FindRoster | None, problems: Problems
    ) -> Roster | None:
        if self.goal is not None:
            return roster_of_graph(self.data, self.goal, area, problems)
        if find_roster is None:
            problems.add(
                "agents are named, and the evidence about goals holds no ids of agents",
                where=WHERE,
                valid="goals declared with a column of ids: `respondent` of single-choice, `agent` "
                "of noisy-labels, behaviour and choices",
                fix="name the goals of the two agents in each row, in `goal` and `goal_other`",
            )
            return None
        return find_roster(problems)

    def _of_matrix(
        self, area: ProblemArea, goals: GoalEvidence, problems: Problems
    ) -> Contacts | None:
        where, labels = f"{WHERE} shares", goals.populations
        if self.of == GOALS:
            labels = area.categories
        try:
            cells = np.array(self.shares, dtype=float)
        except (TypeError, ValueError, OverflowError):
            cells = np.zeros(0)
        if cells.shape != (len(labels), len(labels)) or not (cells >= 0).all():
            problems.add(
                f"shares is {shown_value(self.shares)}",
                where=where,
                valid=f"a row for each of {shown(labels)} in this order, each with as many numbers "
                "that are not negative",
            )
            return None
        if not are_shares(cells, where, problems):
            return None
        return Contacts.of_groups(str(self.of), labels, cells, self.contacts, "shares of contacts")

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        graph, matrix = is_graph(self.data), self.shares is not None
        pairs = {
            "agent": (self.agent, self.agent_other),
            "goal": (self.goal, self.goal_other),
            "population": (self.population, self.population_other),
        }
        named = [key for key, both in pairs.items() if any(one is not None for one in both)]
        of_agents = graph or (named == ["agent"] and not matrix)
        yield from self._sources(graph, matrix, named)
        for key, (one, other) in pairs.items():
            yield (
                not graph and (one is None) != (other is None),
                f"only one of {key} and {key}_other is stated",
                "both columns",
            )
        yield (
            self.weight is not None and not of_agents,
            "weight is stated, and the two who are in contact are no agents with an id",
            "weight beside agent and agent_other",
            "name the column of numbers of contacts as `count`, or of shares as `share`",
        )
        yield (
            of_agents and (self.count is not None or self.share is not None),
            "count or share is stated of contacts of single agents",
            "`weight`, how much a contact counts",
            "name the column as `weight`",
        )
        yield (
            self.count is not None and self.share is not None,
            "count and share are both stated",
            ("one of the two"),
        )
        yield (
            self.contacts is not None and self.share is None and not matrix,
            "contacts is stated, and no shares",
            "the number of contacts that shares come from",
        )
        yield (
            self.contacts is not None and not (is_number(self.contacts) and self.contacts > 0),
            f"contacts is {shown_value(self.contacts)}",
            "a number above 0",
        )
        yield (
            not of_agents and (self.whole or self.unknown_agents is not None),
            "whole or unknown_agents is stated, and the two who are in contact have no ids",
            "both beside agent and agent_other",
        )
        yield (
            self.unknown_agents not in (None, LEAVE_OUT),
            f"unknown_agents is {shown_value(self.unknown_agents)}",
            f'"{LEAVE_OUT}"',
        )

    def _sources(self, graph: bool, matrix: bool, named: list[str]) -> Iterable[Contradiction]:
        """Return what is wrong with where contacts come from."""
        yield (
            self.data is None and not matrix,
            "neither data nor shares is stated",
            "a table of contacts, or a matrix of shares",
        )
        yield (
            matrix and (self.data is not None or bool(named)),
            "shares and a table are both stated",
            "one of the two",
        )
        yield (
            matrix and self.of not in _OF,
            f"of is {shown_value(self.of)}",
            'what rows and columns are: "goals" or "populations"',
            'state it, as in `of = "goals"`',
        )
        yield self.of is not None and not matrix, "of is stated without shares", "both, or none"
        yield (
            self.data is not None and not graph and not matrix and len(named) != 1,
            "no column names the two who are in contact"
            if not named
            else f"columns of {' and '.join(named)} are stated",
            "two columns of ids of agents, of goals, or of populations",
            'name them, as in `agent = "from"` and `agent_other = "to"`' if not named else "",
        )
        yield (
            graph and (named not in ([], ["goal"]) or self.goal_other is not None),
            "columns are stated of a graph, whose nodes are the agents",
            "goal alone, the attribute of nodes that holds the goal of each",
        )


def read_contact(
    stated: Contact | Contacts | None,
    area: ProblemArea,
    goals: GoalEvidence,
    find_roster: FindRoster | None,
    problems: Problems,
    base: str | Path | None,
) -> Contacts | None:
    """Return the contacts of a study, read if they were not; None where there are none."""
    if not isinstance(stated, Contact):
        return stated
    return stated.read(area, goals, find_roster, problems, base)


def written_contact(contacts: Contacts) -> dict[str, Any]:
    """Return the table of a study file that says the same of contacts between groups."""
    if contacts.between == AGENTS:
        raise StudyError(
            "contacts of agents cannot be written: their ids are not kept. Fix: leave out the "
            "contacts, and name their table again in the study file"
        )
    table = {"shares": contacts.mixing.tolist(), "of": contacts.between}
    return table if contacts.known else {**table, "contacts": contacts.contacts}


def check_contact(
    contacts: Contacts | None,
    goals: GoalEvidence,
    conflict: ConflictEvidence,
    union: object | None,
    problems: Problems,
) -> None:
    """Note contacts that no number of P(ma) goes with."""
    if contacts is None:
        return
    several = len(goals.populations) > 1
    if conflict.by_population and several:
        problems.add(
            "conflict was measured within each population, and contacts are of agents of all of "
            "them",
            where=WHERE,
            valid="conflict that holds for agents of whatever populations",
            fix="leave [contact] out",
        )
    elif contacts.between == POPULATIONS and not several:
        problems.add(
            "contacts are between populations, and there is one population",
            where=WHERE,
            valid="contacts of agents or between goals",
        )
    elif several and union is None and not (contacts.between == AGENTS and contacts.known):
        problems.add(
            "P(ma) of two agents drawn at random is not known, with which contacts are compared: "
            "nobody said how large each population is",
            where=WHERE,
            fix="state the share of each population, as `shares` under [populations]",
        )
