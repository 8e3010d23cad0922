"""Who met whom, and whether they were in conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.raters.yes_no import YesNo, check_words
from bayes_misalign.models.encounters.encounters_by_agent import met_agents
from bayes_misalign.models.encounters.encounters_by_goal import met_goals
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.reading import COLUMNS, read_meetings
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea

FindRoster = Callable[[Problems], Roster | None]


@dataclass(frozen=True)
class Encounters(TableDeclared):
    """Encounters of two agents, and whether they were in conflict.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table: an encounter a row, or several of the same kind.
    goal, goal_other : str
        Columns of the goals that the two agents hold, if goals are known.
    agent, agent_other : str, optional
        Columns of the ids of the two, in place of their goals: the evidence about goals says what
        is known of these agents, be it a goal or reports of it.
    conflict : str
        Column that says whether they were in conflict, one of the words in `yes` and `no`; empty
        if nobody saw.
    count : str, optional
        Column of the number of encounters that the row stands for.
    yes_count, no_count : str, optional
        Columns of the numbers of encounters with and without conflict, instead of `conflict`.
    yes, no : sequence of str
        Words for the two, in any case.
    background : bool, optional
        Whether agents whose goals do not conflict may be seen in conflict, over something else. By
        default they may if the data hold encounters of agents who share a goal, or might.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"goal": ["a", "b", "a"], "goal_other": ["b", "a", "a"], "conflict": [1, 0, 0]}
    >>> met = Encounters(rows).read(ProblemArea("vote", ["a", "b"]), Problems())
    >>> met.between, met.background
    (array([[1., 1.]]), True)
    """

    model: ClassVar[str] = "encounters"
    WORDS: ClassVar[tuple[str, ...]] = ("yes", "no")

    data: Any = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    agent: str | None = None
    agent_other: str | None = None
    conflict: str = "conflict"
    count: str | None = None
    yes_count: str | None = None
    no_count: str | None = None
    yes: tuple[str, ...] = ("yes", "1", "true")
    no: tuple[str, ...] = ("no", "0", "false")
    background: bool | None = None
    unnamed_pairs: float | None = None

    @property
    def by_agents(self) -> bool:
        """Whether agents are named, so that their goals have to be looked up."""
        return self.agent is not None or self.agent_other is not None

    def read(
        self,
        area: ProblemArea,
        problems: Problems,
        base: str | Path | None = None,
        find_roster: FindRoster | None = None,
    ) -> EncounterConflict | None:
        """Read and count the encounters."""
        before = len(problems)
        self.check(problems)
        check_words(self.yes, self.no, self.model, problems)
        if len(problems) > before:
            return None
        roster = None
        if self.by_agents and (roster := self._roster(find_roster, problems)) is None:
            return None
        roles = self._roles()
        table = self.open(roles, problems, base, "encounters", columns=COLUMNS)
        if table is None or len(problems) > before:
            return None
        words = YesNo(self.yes, self.no, "encounter", "with nor without conflict", "nobody saw")
        if (meetings := read_meetings(table, roles, words, problems)) is None:
            return None
        if roster is not None:
            found = met_agents(meetings, roster, area, self.background)
        else:
            found = met_goals(meetings, area, self.background)
        return found if len(problems) == before else None

    def _roster(self, find_roster: FindRoster | None, problems: Problems) -> Roster | None:
        if find_roster is None:
            problems.add(
                "agents are named, and the evidence about goals holds no ids of agents",
                where=self.model,
                valid="goals declared with a column of ids: `respondent` of single-choice, `agent` "
                "of noisy-labels, behaviour and choices",
                fix="name the goals of the two agents in each row, in `goal` and `goal_other`",
            )
            return None
        return find_roster(problems)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Columns of goals, where agents are named."""
        return ("goal", "goal_other") if self.by_agents else ()

    def _roles(self) -> dict[str, str]:
        one, other = self.goal, self.goal_other
        if self.agent is not None and self.agent_other is not None:
            one, other = self.agent, self.agent_other
        roles = self.roles(one=one, other=other)
        if self.yes_count is not None and self.no_count is not None:
            return roles | self.roles(yes=self.yes_count, no=self.no_count)
        return roles | self.roles("conflict", "count")

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        return (
            (self.data is None, "data is not stated", "a table of encounters"),
            (
                self.by_agents and self.unnamed_pairs is not None,
                "unnamed_pairs is stated, and encounters of named agents are about all pairs",
                "no unnamed_pairs, or other sources for the pairs that are known",
            ),
            (
                (self.agent is None) != (self.agent_other is None),
                "only one of agent and agent_other is stated",
                "both columns of ids, or goal and goal_other",
            ),
            (
                (self.yes_count is None) != (self.no_count is None),
                "only one of yes_count and no_count is stated",
                "both, or conflict for an encounter a row",
            ),
            (
                self.count is not None and self.yes_count is not None,
                "count and yes_count are both stated",
                "count beside conflict, or yes_count beside no_count",
            ),
        )
