"""Actions that agents took, from which their goals are inferred."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.actions.action_cells import ActionCells, stated_cells
from bayes_misalign.families.actions.declaration import ActedDeclared
from bayes_misalign.families.actions.stated_numbers import Stated
from bayes_misalign.families.reports.impossible_reports import note_impossible
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.expected_actions import StatedActions
from bayes_misalign.models.behaviour.reading import untied
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.declared import Contradiction

__all__ = ["Behaviour", "DistinctActions"]


@dataclass(frozen=True)
class Behaviour(ActedDeclared):
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
    >>> from bayes_misalign import ProblemArea
    >>> rows = {"who": ["x", "x", "y"], "did": ["give", "take", "take"]}
    >>> expected = {"share": {"give": 0.8, "take": 0.2}, "keep": {"give": 0.1, "take": 0.9}}
    >>> actions = Behaviour(rows, agent="who", action="did", expected=expected)
    >>> actions.read(ProblemArea("game", ["share", "keep"]), Problems()).reports
    array([[1, 1], [0, 1]])
    """

    model: ClassVar[str] = "behaviour"
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = (*ActedDeclared.OTHER_COLUMNS, "probability")

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

    @property
    def stated_under(self) -> str:
        """The key of stated probabilities."""
        return "expected"

    def stated(
        self, goals: GoalLists, problems: Problems, base: str | Path | None
    ) -> tuple[Stated, Stated]:
        """Return the stated probabilities, for the actions that they name and as they are."""
        found = StatedActions(goals, problems)
        if self.expected is not None:
            found.add(self.expected, self, base)
        return found.stated, found.stated

    def making(
        self, cells: ActionCells, stated: Stated, coded: CodedTable, goals: tuple[str, ...]
    ) -> tuple[Callable[..., DistinctActions], Callable[[DistinctActions], Iterable[str]]]:
        """Return what makes evidence of its fields, and what remarks on it."""
        expected = stated_cells(cells, stated, len(goals), left_out=0.0)

        def remarks(evidence: DistinctActions) -> Iterator[str]:
            never = np.nan_to_num(evidence.expected, nan=1.0) == 0
            note_impossible(
                evidence, never, cells.names, "the expected probabilities", coded.problems
            )
            yield from untied(evidence, coded)

        return partial(DistinctActions, expected=expected), remarks

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is missing, or does not go together."""
        return (
            (
                self.expected is None and self.gold is None and self.gold_data is None,
                "nothing ties actions to goals, so that the goals could be renamed at will "
                "without any change of the fit",
                "expected, P(action | goal), or gold, the known goals of some agents, or both",
                'state them, as in `expected = {"share" = {"half" = 0.8, "nothing" = 0.2}}` or '
                '`gold = "goal"`',
            ),
            *super().contradictions(),
        )
