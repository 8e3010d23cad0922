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
from bayes_misalign.models.single_choice.reading import AnswerLists, read_answers, to_counts
from bayes_misalign.reading.agents_by_id import Roster, note_nameless
from bayes_misalign.reading.declared import Contradiction, Declared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show

__all__ = ["ChoiceCounts", "SingleChoice"]

_ROLES = (
    "goal",
    "population",
    "weight",
    "count",
    "weight_sum",
    "weight_sq_sum",
    "respondent",
    "weight_alike",
    "cluster",
)


@dataclass(frozen=True)
class SingleChoice(Declared):
    """A table with one answer of one agent a row, or with counts of such answers.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern such as "waves/*.csv", or
        a folder of Parquet; the column "source" then holds the name of the file.
    goal : str
        Column of the answer: a goal, a label of `no_goal` or of `not_answers`, or empty if the
        agent was not asked.
    population : str, optional
        Column of the population; without it there is one population, "all".
    weight : str, optional
        Column of the survey weight.
    count : str, optional
        Column of the number of agents that the row stands for.
    weight_sum, weight_sq_sum : str, optional
        Columns of the sums of weights and of squared weights of those agents.
    respondent : str, optional
        Column of an id, to make sure that no respondent is there twice in a population, and to tell
        who is meant where other tables name agents. An id that is in several populations, such as
        waves of one panel, is the same agent in all, and contrasts use these pairs. With `count` it
        is a group of agents who answered alike in each population; empty for those of one.
    weight_alike : str, optional
        Column of how alike the weights of such a group are from one population to another, as the
        cosine between them; 1 where they are in proportion.
    cluster : str, optional
        Column of what several rows have in common, such as the agent or the prompt that one model
        was asked a hundred times. Clusters are counted, and a caution says so where rows outnumber
        them; the posterior is that of independent answers.
    populations : sequence of str, optional
        Order of the populations; it may name some in which nobody answered.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    deff : float or mapping of str to float, optional
        Design effect that the study knows of its sample, or of each population by its name: the
        variance of an estimate over that of a simple random sample of as many agents. By default
        it is worked out from the weights.
    encoding : str
        Encoding of a text file without a byte order mark.
    separator : str, optional
        Separator of a text file; by default a tab for .tsv and .tab, else a comma.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.

    Examples
    --------
    >>> answers = SingleChoice({"vote": ["a", "b", "a"]}, goal="vote")
    >>> answers.read(ProblemArea("vote", ["a", "b"]), Problems()).counts
    array([[2., 1.]])
    """

    model: ClassVar[str] = "single-choice"

    data: Any
    goal: str
    population: str | None = None
    weight: str | None = None
    count: str | None = None
    weight_sum: str | None = None
    weight_sq_sum: str | None = None
    respondent: str | None = None
    weight_alike: str | None = None
    cluster: str | None = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    encoding: str = "utf-8"
    separator: str | None = None
    codes: dict[str, str] | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ChoiceCounts | None:
        """Read the table into counts."""
        before = len(problems)
        whole, roles = self.check(problems), self.roles(*_ROLES)
        lists = AnswerLists(area, self.codes or {})
        lists.check(problems)
        table = self.open(roles, problems, base, "responses")
        if table is None or not whole:
            return None
        found = read_answers(table, roles, lists, problems)
        if found is None:
            return None
        evidence = to_counts(found, lists, self.populations, self.population_size, self.deff)
        return evidence if len(problems) == before else None

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id, with the goals that they stated."""
        if self.respondent is None:
            note_nameless(self.model, "respondent", problems)
            return None
        lists = AnswerLists(area, self.codes or {})
        table = self.open(self.roles("respondent", "goal"), problems, base, "responses")
        if table is None:
            return None
        place = {category: i for i, category in enumerate(area.categories)}
        number: dict[str, int] = {}
        goals: list[int] = []
        several: set[str] = set()  # who named one goal in one population and another in another
        for _, (agent, text) in table:
            goal = place.get(area.category_of(lists.label(text)) or "", UNKNOWN)
            at = number.setdefault(agent, len(goals))
            if at == len(goals):
                goals.append(goal)
            elif goals[at] != goal:
                several.add(agent)
        if several:
            problems.add(
                f"{len(several):,} agents whom other tables may name gave different answers in "
                f"different populations, such as {show(min(several))}",
                where=table.where(0, self.respondent),
                valid="one goal for each agent, where another table names agents",
                fix="give an agent another id in each population, in both tables",
            )
        return Roster(number, np.array(goals, np.int64), np.full(len(goals), UNKNOWN))

    def contradictions(self) -> Iterable[Contradiction]:
        """Return columns that do not go together."""
        return (
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
                None not in (self.respondent, self.count) and self.population is None,
                "respondent and count are both stated",
                "respondent where a row is one agent, count where it is several",
            ),
            (
                self.weight_alike is None
                and None not in (self.respondent, self.count)
                and (self.weight or self.weight_sum) is not None,
                "respondent, count and weights are stated without weight_alike",
                "respondent where a row is one agent; else the column of the cosine of the weights "
                "of a group of agents in two populations too",
            ),
            (
                self.weight_alike is not None and None in (self.respondent, self.count),
                "weight_alike is stated without respondent and count",
                "weight_alike where rows are groups of agents with an id for each group",
            ),
        )
