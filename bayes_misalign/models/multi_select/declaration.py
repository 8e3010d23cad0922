"""Surveys and records in which an agent may name several goals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import count_contradictions
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.lifted import SameRule
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.multi_select.holdings import JOINED
from bayes_misalign.models.multi_select.options import Options, settle_options
from bayes_misalign.models.multi_select.reading import as_columns, read_holdings, to_counts
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import header_of
from bayes_misalign.tables.labels import show

__all__ = ["HoldingCounts", "MultiSelect"]

_NO_GOAL = ("not asked", "no goal")


@dataclass(frozen=True)
class MultiSelect(TableDeclared):
    """A table with all the goals of one agent in a row, or with counts of such answers.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, or a pattern such as
        ``"waves/*.csv"``.
    goal : str, optional
        Column of the answers, several in one cell: a text in which `split` stands between them, or
        a list. A label of `no_goal` or of `not_answers` stands alone; an empty cell is an agent who
        was not asked.
    split : str
        What stands between two answers of a cell.
    columns : mapping of str to str, or str, optional
        In place of `goal`, the label that each column is about, where a table has a column for each
        answer and cells that are ticked or not, as in ``{"q1_car": "car"}``; or a pattern of their
        names, such as "q1_{goal}".
    ticked, unticked : sequence of str, optional
        Texts of such cells that mean that the agent holds the goal, or does not. By default "1",
        "x", "yes", "true", "selected" and the like, or the label of the column; "0", "no", "false",
        "not selected" and the like.
    empty_row : {"not asked", "no goal"}
        What an agent is whose cells are all empty.
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    weight : str, optional
        Column of the survey weight.
    count : str, optional
        Column of the number of agents that the row stands for.
    weight_sum, weight_sq_sum : str, optional
        Columns of the sums of weights and of squared weights of those agents.
    respondent : str, optional
        Column of an id, to make sure that no respondent is there twice in a population.
    lift : {"noisy-or", "max", "mean"}
        How conflict of two agents follows from that of the goals they hold: the probability that at
        least one pair conflicts, if pairs do so independently; the worst pair; the mean pair.
    same_goals : {"conflict", "agree"}
        Whether two agents who hold the same goals conflict by that rule too, where these goals
        conflict with each other; or not at all.
    cluster : str, optional
        Column of what several rows have in common: the primary sampling unit of a survey, a person
        with several answers, a prompt. The posterior of P(ma) has the variance that such a sample
        of clusters has.
    strata : str, optional
        Column of the stratum in which clusters, or agents, were drawn.
    fpc : str, optional
        Column of the number of clusters (without `cluster`, of agents) in the whole stratum, or of
        the fraction of them that was sampled, for the finite-population correction.
    cluster2 : str, optional
        Column of the unit that was sampled within its cluster, of the agent where agents were.
        Beside `fpc2`.
    fpc2 : str, optional
        Column of the number of units in the whole cluster, or of the fraction that was sampled.
    nest : bool
        Whether clusters are numbered anew in every stratum.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        What a stratum with one sampled cluster adds to the variance, see
        `measure.cluster_covariance`.
    populations : sequence of str, optional
        Order of the populations; it may name some in which nobody answered.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    deff : float or mapping of str to float, optional
        Design effect that the study knows of its sample, or of each population by its name.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.

    Examples
    --------
    >>> answers = MultiSelect({"uses": ["car", "car;bike", "bike", "car"]}, goal="uses")
    >>> evidence = answers.read(ProblemArea("travel", ["car", "bike"]), Problems())
    >>> dict(zip(evidence.categories, evidence.counts[0].tolist()))
    {'car': 2.0, 'bike': 1.0, 'car + bike': 1.0}
    >>> ticks = MultiSelect({"car": [1, 1, 0], "bike": [0, 1, 1]}, columns="{goal}")
    >>> ticks.read(ProblemArea("travel", ["car", "bike"]), Problems()).counts
    array([[1., 1., 1.]])
    """

    model: ClassVar[str] = "multi-select"

    data: Any = None
    goal: str | None = None
    split: str = ";"
    columns: Any = None
    ticked: tuple[str, ...] | None = None
    unticked: tuple[str, ...] | None = None
    empty_row: str = "not asked"
    population: str | tuple[str, ...] | None = None
    weight: str | None = None
    count: str | None = None
    weight_sum: str | None = None
    weight_sq_sum: str | None = None
    respondent: str | None = None
    cluster: str | None = None
    strata: str | None = None
    fpc: str | None = None
    cluster2: str | None = None
    fpc2: str | None = None
    nest: bool = False
    lonely: str = "fail"
    lift: str = "noisy-or"
    same_goals: str = "conflict"
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> HoldingCounts | None:
        """Read the table into counts of holdings."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> HoldingCounts | None:
        before, whole = len(problems), self.check(problems)
        lists = AnswerLists(area, self.codes or {})
        lists.check(problems)
        for goal in area.goals:
            if JOINED in goal:
                problems.add(
                    f"the goal {show(goal)} holds {JOINED!r}, which stands between the goals of an "
                    "agent",
                    where=f"problem area {show(area.name)}, goals",
                    fix="rename the label, and state what stands for it in the data in `codes`",
                )
        if not whole or len(problems) > before:
            return None
        options: Options | None = None
        declared = as_columns(self) if self.goal is not None else self
        if self.columns is not None:
            header = header_of(self, base, "responses")
            if header is None:
                self.open(None, problems, base, "responses")  # which says why
                return None
            options = settle_options(self, header, lists, problems)
            if options is None:
                return None
        found = read_holdings(declared, lists, options, problems, base)
        if found is None or len(problems) > before:
            return None
        evidence = to_counts(found, self, lists, options)
        return None if evidence is None or len(problems) > before else evidence

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, is missing, or is none of the words that there are."""
        words = {"lift": get_args(HolderRule), "same_goals": get_args(SameRule)}
        words["empty_row"] = _NO_GOAL
        for name, valid in words.items():
            given = getattr(self, name)
            options = ", ".join(map(repr, valid))
            yield given not in valid, f"{name} is {show(str(given))}", options
        yield self.data is None, "the key 'data' is missing", "a table"
        yield (
            self.data is not None and self.goal is None and self.columns is None,
            "neither goal nor columns is stated",
            'the column of the answers, as in `goal = "uses"`; or, where each goal has a column of '
            'ticks, `columns = { "q1_car" = "car", "q1_bike" = "bike" }`',
        )
        yield (
            self.goal is not None and self.columns is not None,
            "goal and columns are both stated",
            "goal where answers stand in one cell, columns where each has a column of its own",
        )
        marks = [name for name in ("ticked", "unticked") if getattr(self, name) is not None]
        yield (
            bool(marks) and self.columns is None,
            f"{' and '.join(marks)} {'are' if len(marks) > 1 else 'is'} stated without columns",
            "columns of cells that are ticked or not",
        )
        yield not self.split.strip(), "split is blank", 'what stands between answers, as in ";"'
        yield from count_contradictions(self)
