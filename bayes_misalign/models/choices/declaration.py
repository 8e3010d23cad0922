"""Actions that agents chose, whose payoffs to each goal are stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.actions.action_cells import ActionCells, stated_cells
from bayes_misalign.families.actions.declaration import ActedDeclared
from bayes_misalign.families.actions.stated_numbers import Stated
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.reading import note_missing, remarks
from bayes_misalign.models.choices.stated_payoffs import StatedPayoffs, weighted_features
from bayes_misalign.models.choices.utilities import Rationality, Scale
from bayes_misalign.reading.agents_by_id import Roster, note_nameless
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show

__all__ = ["Choices", "DistinctChoices"]


@dataclass(frozen=True)
class Choices(ActedDeclared):
    """A table of choices between actions of which the study says what they pay to each goal.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    action : str
        Column of the action; empty if none was seen.
    agent : str, optional
        Column of an id of the agent; without it each row is an agent of its own.
    situation : str, optional
        Column of the situation in which the agent chose; without it all are the same one.
    count : str, optional
        Column of how often the agent took the action in the situation.
    agents : str, optional
        Column of how many agents a row, or an id, stands for: they all chose the same.
    payoffs : mapping, path or data frame, optional
        What each action pays to each goal, ``{goal: {action: number}}`` in every situation or
        ``{situation: {goal: {action: number}}}``, or a table with the columns "goal", "action",
        "payoff" and perhaps "situation". Only differences between the actions of a situation
        count, in units of their range.
    features : mapping, optional
        In place of payoffs: numbers that describe actions, ``{action: {feature: number}}`` or
        ``{situation: {action: {feature: number}}}``.
    weights : mapping, optional
        How much each goal wants of each feature, ``{goal: {feature: number}}``; a feature that is
        left out has weight 0. An action pays the weighted sum of its features.
    scale : {"goal", "situation", "all"}
        What has a range of payoffs of one: each goal, in the situation where most is at stake for
        it; each goal in each situation; or all payoffs together, so that they are compared between
        goals too.
    rationality : {"shared", "situation", "goal"}
        Whether agents choose as rationally everywhere, or each situation, or each goal, has a
        rationality of its own.
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
        Action that every action in none of the lists counts as, such as "something else".
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    weight : str, optional
        Column of the survey weight of the agent.
    cluster : str, optional
        Column of what several agents have in common, such as the household or the prompt that was
        sampled. The posterior of P(ma) has the variance that such a sample of clusters has.
    populations : sequence of str, optional
        Order of the populations.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    deff : float or mapping of str to float, optional
        Design effect that the study knows of its sample, or of each population by its name.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> rows = {"did": ["half", "nothing"], "n": [30, 70]}
    >>> payoffs = {"keep": {"half": 5, "nothing": 10}, "share": {"half": 0, "nothing": -10}}
    >>> chosen = Choices(rows, action="did", agents="n", payoffs=payoffs)
    >>> chosen.read(ProblemArea("game", ["keep", "share"]), Problems()).utility
    array([[-1.,  0.], [ 0., -1.]])
    """

    model: ClassVar[str] = "choices"
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = (*ActedDeclared.OTHER_COLUMNS, "payoff")

    data: Any
    action: str
    agent: str | None = None
    situation: str | None = None
    count: str | None = None
    agents: str | None = None
    payoffs: Any = None
    features: Any = None
    weights: Any = None
    scale: str = "goal"
    rationality: str = "shared"
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

    @property
    def stated_under(self) -> str:
        """The key of payoffs, or of features that make them up."""
        return "payoffs" if self.features is None else "features"

    def stated(
        self, goals: GoalLists, problems: Problems, base: str | Path | None
    ) -> tuple[Stated, Stated]:
        """Return the payoffs, for the actions that they name and as they are."""
        if self.payoffs is not None:
            found = StatedPayoffs(goals, problems)
            found.add(self.payoffs, self, base)
            return found.stated, found.stated
        if self.features is None or self.weights is None:
            return {}, {}
        made = weighted_features(self.features, self.weights, goals, problems)
        return made, made

    def making(
        self, cells: ActionCells, stated: Stated, coded: CodedTable, goals: tuple[str, ...]
    ) -> tuple[Callable[..., DistinctChoices], Callable[[DistinctChoices], Iterable[str]]] | None:
        """Return what makes evidence of its fields, and what remarks on it; None if it cannot."""
        key = self.stated_under
        payoffs = stated_cells(cells, stated, len(goals), left_out=np.nan)
        if note_missing(payoffs, cells, goals, key, coded.problems):
            return None

        def make(**more: Any) -> DistinctChoices:
            return DistinctChoices(
                payoffs=payoffs, scale=self.scale, rationality=self.rationality, **more
            )

        return make, lambda evidence: remarks(evidence, coded, key)

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id."""
        if self.agent is None or self.agents is not None:
            note_nameless(self.model, "agent", problems)
            return None
        return super().roster(area, problems, base)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        for name, kind in (("scale", Scale), ("rationality", Rationality)):
            given, valid = getattr(self, name), get_args(kind)
            yield given not in valid, f"{name} is {show(given)}", ", ".join(map(repr, valid))
        yield (
            self.payoffs is None and self.features is None,
            "nothing says what actions pay to each goal",
            "payoffs, or features of actions with weights of each goal; where you know how likely "
            "each goal makes each action, the model 'behaviour'",
            'state them, as in `payoffs = {"keep" = {"half" = 5, "nothing" = 10}}`',
        )
        yield (
            self.payoffs is not None and self.features is not None,
            "payoffs and features are both stated",
            "one of them: features, times the weights of a goal, are its payoffs",
            "remove one of them",
        )
        yield (
            (self.features is None) != (self.weights is None),
            f"{'weights' if self.features is None else 'features'} are stated without "
            f"{'features' if self.features is None else 'weights'}",
            "features of actions, and how much each goal wants of each of them",
            'state both, as in `features = {"half" = {"own" = 5}}` and '
            '`weights = {"keep" = {"own" = 1}}`',
        )
        yield (
            self.count is not None and self.agent is None,
            "count is stated without agent: it says how often one agent took an action",
            "the column of the agent's id too; or, where a row stands for several agents, agents",
            "name the column as `agents` instead",
        )
        yield (
            self.gold_data is not None and self.agent is None,
            "gold_data is stated without agent",
            "the column of the agent's id too, by which the tables belong together",
            "",
        )
        yield from super().contradictions()
