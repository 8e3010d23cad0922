"""Surveys and records in which each agent names one goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.reading import (
    AnswerLists,
    answer_columns,
    read_answers,
    to_counts,
)
from bayes_misalign.reading.agents_by_id import Roster, note_nameless
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import note_options_as_counts
from bayes_misalign.reading.wide_columns import Wide
from bayes_misalign.tables.melted import Melted

__all__ = ["ChoiceCounts", "SingleChoice"]

_ROLES = (
    "goal",
    "population",
    "weight",
    "count",
    "weight_sum",
    "weight_sq_sum",
    "respondent",
)
_BESIDE = ("goal", "count", "weight_sum", "weight_sq_sum", "respondent")
GOAL, COUNT = "goal of the column", "count in the column"


@dataclass(frozen=True)
class SingleChoice(TableDeclared):
    """A table with one answer of one agent a row, or with counts of such answers.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern such as "waves/*.csv", or
        a folder of Parquet; the column "source" then holds the name of the file.
    goal : str
        Column of the answer: a goal, a label of `no_goal` or of `not_answers`, or empty if the
        agent was not asked. Not with `columns`.
    columns : mapping of str to str, or str, optional
        The label that each column counts, where a table has a column of numbers of agents for each
        answer, as in ``{"votes_left": "Left"}``; or a pattern of their names, such as
        "votes_{goal}". Several columns may count the same answer.
    population : str or sequence of str, optional
        Column of the population, or several that make it up, as in ``["party", "year"]``; without
        it there is one population, "all".
    weight : str, optional
        Column of the survey weight.
    count : str, optional
        Column of the number of agents that the row stands for.
    weight_sum, weight_sq_sum : str, optional
        Columns of the sums of weights and of squared weights of those agents.
    respondent : str, optional
        Column of an id, to make sure that no respondent is there twice, and to tell who is meant
        where other tables name agents.
    populations : sequence of str, optional
        Order of the populations; it may name some in which nobody answered.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    deff : float or mapping of str to float, optional
        Design effect that the study knows of its sample, or of each population by its name: the
        variance of an estimate over that of a simple random sample of as many agents. By default
        it is worked out from the weights.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.
    other : str, optional
        Label that every answer in none of the lists counts as, such as "Other" for what people
        wrote in.

    Examples
    --------
    >>> answers = SingleChoice({"vote": ["a", "b", "a"]}, goal="vote")
    >>> answers.read(ProblemArea("vote", ["a", "b"]), Problems()).counts
    array([[2., 1.]])
    """

    model: ClassVar[str] = "single-choice"

    data: Any
    goal: str | None = None
    population: str | tuple[str, ...] | None = None
    weight: str | None = None
    count: str | None = None
    weight_sum: str | None = None
    weight_sq_sum: str | None = None
    respondent: str | None = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None
    other: str | None = None
    columns: Any = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ChoiceCounts | None:
        """Read the table into counts."""
        before = len(problems)
        whole, roles = self.check(problems), self._roles()
        lists = AnswerLists(area, self.codes or {}, self.other)
        lists.check(problems)
        if not whole:
            return None
        wide = Wide(("goal",), "count", lists.labels, "an answer")
        table = wide.open(self, roles, answer_columns(lists), problems, base, "responses")
        if table is None:
            return None
        found = read_answers(table, roles, lists, problems)
        if found is None:
            return None
        if isinstance(table, Melted):
            n, cells = found.sum("n").tolist(), found.sum("rows").tolist()
            note_options_as_counts(n, cells, len(table.layout.wide), table.source, problems)
        evidence = to_counts(found, lists, self.populations, self.population_size, self.deff)
        return evidence if len(problems) == before else None

    def _roles(self) -> dict[str, str]:
        if self.columns is None:
            return self.roles(*_ROLES)
        return self.roles("population", "weight", goal=GOAL, count=COUNT)

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id, with the goals that they stated."""
        if self.respondent is None:
            note_nameless(self.model, "respondent", problems)
            return None
        lists = AnswerLists(area, self.codes or {}, self.other)
        roles = self.roles("respondent", "goal")
        table = self.open(roles, problems, base, "responses", columns=answer_columns(lists))
        if table is None:
            return None
        place = {category: i for i, category in enumerate(area.categories)}
        number: dict[str, int] = {}
        goals: list[int] = []
        for _, (agent, text) in table:
            number[agent] = len(goals)
            goals.append(place.get(area.category_of(lists.label(text)) or "", UNKNOWN))
        return Roster(number, np.array(goals, np.int64), np.full(len(goals), UNKNOWN))

    def contradictions(self) -> Iterable[Contradiction]:
        """Return columns that do not go together."""
        beside = [name for name in _BESIDE if getattr(self, name) is not None]
        return (
            (
                self.goal is None and self.columns is None,
                "goal is not stated",
                'the column of the answers, as in goal = "vote"',
                'where each answer has a column of counts, columns = { "votes_left" = "Left", '
                '"votes_right" = "Right" }',
            ),
            (
                self.columns is not None and bool(beside),
                f"columns and {' and '.join(beside)} are both stated",
                "columns where the table has a column of counts for each answer, the others where "
                "it has a row for each answer",
            ),
            (
                (self.weight_sum is None) != (self.weight_sq_sum is None),
                "only one of weight_sum and weight_sq_sum is stated",
                "both; without the squares the effective sample size is not known",
            ),
            (
                self.weight_sum is not None and self.count is None,
                "weight_sum is stated without count",
                'the column of the number of agents too, as in count = "n"',
            ),
            (
                self.weight_sum is not None and self.weight is not None,
                "weight and weight_sum are both stated",
                "weight for one weight a row, weight_sum for sums of weights",
            ),
            (
                self.respondent is not None and self.count is not None,
                "respondent and count are both stated",
                "respondent where a row is one agent, count where it is several",
            ),
        )
