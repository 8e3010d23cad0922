"""Labels that raters, instruments or programs gave to agents, each of them perhaps wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.agents import Agents, settle_agents, shared_columns
from bayes_misalign.families.reports.distinct_reports import IntArray
from bayes_misalign.families.reports.gold_drawn import gold_drawn_stated
from bayes_misalign.families.reports.gold_file import gold_file_stated, gold_of_file
from bayes_misalign.families.reports.label_lists import GoalLists, LabelLists
from bayes_misalign.families.reports.roster import roster_of
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.known_errors import read_known_errors
from bayes_misalign.models.noisy_labels.label_cells import (
    LabelCells,
    long_cells,
    note_write_ins,
    rater_role,
    wide_cells,
)
from bayes_misalign.models.noisy_labels.label_forms import (
    forms,
    gold_and_labels,
    note_unlisted_gold,
)
from bayes_misalign.models.noisy_labels.reading import to_distinct_labels
from bayes_misalign.reading.agents_by_id import Roster, note_nameless
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    count_column,
    id_column,
)
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import remedies

__all__ = ["DistinctLabels", "NoisyLabels"]

MOST_RATERS = 10_000
_LONG = ("agent", "rater", "label", "occasion")
_SHARED = ("gold", "gold_probability", "population", "weight", "cluster")
_Read = tuple[DistinctLabels, IntArray, CodedTable, LabelCells]


@dataclass(frozen=True)
class NoisyLabels(TableDeclared):
    """A table of labels that raters gave to agents, a label a row or an agent a row.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    label, agent, rater : str, optional
        Columns of a table with a label a row: the label, an id of the agent, and the rater;
        without `rater` one rater gave all labels.
    raters : sequence of str, optional
        Columns of a table with an agent a row: the labels of each rater. `agent` may be given too.
    count : str, optional
        Column of the number of agents that a row stands for; of an agent a row only.
    occasion : str, optional
        Column that tells labels of one agent by one rater apart.
    repeats : bool
        Whether a rater may label an agent several times without such a column.
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    weight : str, optional
        Column of the survey weight of the agent.
    cluster : str, optional
        Column of what several agents have in common, such as the household or the class that was
        sampled. The posterior of P(ma) has the variance that such a sample of clusters has.
    gold : str, optional
        Column of the agent's goal where it is known, empty where it is not.
    gold_data : path, data frame or mapping of columns, optional
        Table of the known goals of agents, in columns named as `agent` and `gold`, or "agent" and
        "gold"; agents who are in no row of `data` are left out, with a note.
    gold_rater : str, optional
        The rater whose labels are known to be right; they are taken as goals, not as labels.
    gold_chosen : bool
        Whether agents with a known goal were chosen by that goal.
    gold_random : bool
        Whether agents with a known goal are a random subset of the agents of their population, all
        as likely to be drawn. P(ma) is then estimated by their design too.
    gold_probability : str, optional
        Instead: column of the probability with which the agent was drawn to have its goal known.
    other_labels : sequence of str
        Labels that raters can give beside the goals, such as "can't tell".
    labels : sequence of str, optional
        All labels, in place of the goals and of `other_labels`.
    emission : mapping, optional
        Known probabilities of labels: ``{goal: {label: p}}`` for every rater, or
        ``{rater: {goal: {label: p}}}`` for some; what is not named has probability 0.
    error_rate : float or mapping of str to float, optional
        Known probability of a wrong label, all wrong labels being equally likely, of every rater
        or of each by name.
    validation : path, data frame or mapping of columns, optional
        Counts of a validation study, in the columns "goal", "label", "n", and "rater" if there
        are several.
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
    codes : mapping of str to str, optional
        Label that each code in the columns of labels and goals stands for.
    other : str, optional
        Label that every label in none of the lists counts as, such as "Other" for what raters wrote
        in; and every known goal that is none of the study's, if it is a goal.

    Examples
    --------
    >>> rows = {"who": ["x", "x", "y"], "by": ["r1", "r2", "r1"], "says": ["a", "a", "b"]}
    >>> labels = NoisyLabels(rows, label="says", agent="who", rater="by")
    >>> labels.read(ProblemArea("vote", ["a", "b"]), Problems()).reports
    array([[1, 0, 1, 0], [0, 1, 0, 0]])
    """

    model: ClassVar[str] = "noisy-labels"
    OUTCOMES: ClassVar[tuple[str, ...]] = ("label", "gold")
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = ("goal", "label", "n", "rater", "agent", "gold")

    data: Any
    label: str | None = None
    agent: str | None = None
    rater: str | None = None
    raters: tuple[str, ...] | None = None
    count: str | None = None
    occasion: str | None = None
    repeats: bool = False
    population: str | tuple[str, ...] | None = None
    weight: str | None = None
    cluster: str | None = None
    gold: str | None = None
    gold_rater: str | None = None
    gold_chosen: bool = False
    other_labels: tuple[str, ...] = ()
    labels: tuple[str, ...] | None = None
    emission: Any = None
    error_rate: float | dict[str, float] | None = None
    validation: Any = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None
    gold_data: Any = None
    other: str | None = None
    gold_random: bool = False
    gold_probability: str | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> DistinctLabels | None:
        """Read the table into patterns of labels."""
        found = read_or_explain(self._read, self, area, problems, base, "label")
        return None if found is None else found[0]

    def patterns_of(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> tuple[DistinctLabels, list[str], IntArray] | None:
        """Read the table, and tell which agent has which pattern of labels."""
        if (found := self._by_agent(area, problems, base)) is None:
            return None
        evidence, ids, pattern = found
        kept = pattern >= 0
        return (
            evidence,
            [name for name, is_kept in zip(ids, kept, strict=True) if is_kept],
            pattern[kept],
        )

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id."""
        if (found := self._by_agent(area, problems, base)) is None:
            return None
        evidence, ids, pattern = found
        return roster_of(ids, pattern, evidence)

    def _by_agent(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> tuple[DistinctLabels, list[str], IntArray] | None:
        """Return the evidence, the ids of all agents, and the row of each, -1 if there is none."""
        if self.agent is None:
            note_nameless(self.model, "agent", problems)
        elif (found := self._read(area, problems, base)) is not None:
            evidence, pattern, coded, cells = found
            return evidence, coded.first_texts("agent", cells.agent), pattern
        return None

    def _read(self, area: ProblemArea, problems: Problems, base: str | Path | None) -> _Read | None:
        before = len(problems)
        note_unlisted_gold(self, problems)
        whole = self.check(problems) and len(problems) == before
        codes, other = self.codes or {}, self.other_labels
        goals = GoalLists(area, codes, coded=bool(codes), other=self.other)
        lists = LabelLists(area, other, self.labels, codes, self.other)
        lists.check(problems)
        coded = self._open(goals, lists, problems, base) if whole else None
        if coded is None or not coded.read():
            return None
        if self.raters is not None:
            cells = wide_cells(coded, self.raters, lists, goals, self.gold_rater)
        else:
            cells = long_cells(coded, lists, goals, self.gold_rater, self.repeats)
        if self.gold_data is not None:
            if (found := gold_of_file(self, coded, cells.agent, goals, base)) is None:
                return None
            cells = replace(cells, gold=found[0], gold_where=found[1])
        note_write_ins(coded, lists, goals, self.gold_rater, self.raters)
        errors = read_known_errors(self, cells.raters, goals, lists, problems, base)
        agents = settle_agents(
            coded,
            cells.agent,
            cells.gold,
            cells.rows_that_tell(),
            self.populations,
            area.categories,
            cells.gold_where,
        )
        if agents is None or len(problems) > before:
            return None
        if "count" in coded.values:
            agents = Agents(**{**vars(agents), "number": coded.values["count"]})
        made = to_distinct_labels(
            coded, cells, agents, lists, errors, self.gold_chosen, self.population_size, self.deff
        )
        if made is not None and self.gold_random:
            made = replace(made[0], gold_random=True), made[1]
        return None if made is None else (*made, coded, cells)

    def _open(
        self,
        goals: GoalLists,
        lists: LabelLists,
        problems: Problems,
        base: str | Path | None,
    ) -> CodedTable | None:
        gold_beside = self.gold_rater is not None and self.raters is None

        def is_label(text: str) -> bool:
            return lists.is_known(text) or (gold_beside and goals.is_known(text))

        def is_listed(text: str) -> bool:
            return lists.is_listed(text) or (gold_beside and goals.is_listed(text))

        columns = [
            id_column("agent", what="agent's id", valid="an id of the agent in every row"),
            id_column("occasion", needed=False),
            count_column("count"),
            Column(
                "label",
                "labels",
                MOST_UNKNOWN_LABELS,
                is_label,
                fix=remedies.OTHER,
                keeps=is_listed,
            ),
            Column(
                "rater", "raters", MOST_RATERS, needed=("label", bool), valid="the name of a rater"
            ),
            *shared_columns(goals),
        ]
        wide = self.raters is not None
        single = ("agent", "count", *_SHARED) if wide else (*_LONG, *_SHARED)
        apart = self.gold_data is not None  # known goals stand in a table of their own
        roles = self.roles(*(name for name in single if name != "gold" or not apart))
        for place, column in enumerate(self.raters or ()):
            roles[rater_role(place)] = column
            columns.append(
                Column(
                    rater_role(place),
                    "labels",
                    MOST_UNKNOWN_LABELS,
                    lists.is_known,
                    what="label",
                    fix=remedies.OTHER,
                    keeps=lists.is_listed,
                )
            )
        table = self.open(roles, problems, base, "labels", columns=columns)
        if table is None:
            return None
        return CodedTable(table, roles, columns, problems)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together."""
        return (
            *forms(self),
            *gold_and_labels(self),
            *gold_file_stated(self, by_column=True),
            *gold_drawn_stated(self),
        )
