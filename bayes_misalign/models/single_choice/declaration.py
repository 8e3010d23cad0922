"""Surveys and records in which each agent names one goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.inline import has_populations, inline_table
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.single_choice.contradictions import contradictions_of
from bayes_misalign.models.single_choice.doubts import unnamed_clusters, unnamed_numbers
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.misread import counts_in_cells, options_marked
from bayes_misalign.models.single_choice.reading import answer_columns, read_answers, to_counts
from bayes_misalign.models.single_choice.second_look import MOST_ROWS, counted_twice
from bayes_misalign.models.single_choice.waves import (
    by_answer,
    note_beside,
    roles_of_waves,
    tells_waves,
    waves,
)
from bayes_misalign.reading.agents_by_id import Roster, note_nameless
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import Column
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.declared_design import (
    design_options,
    replicate_columns,
)
from bayes_misalign.reading.design_columns import DesignOptions, replicate_role
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Caution
from bayes_misalign.reading.margins import Margins, margin_role, read_margins
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import note_options_as_counts
from bayes_misalign.reading.wide_columns import header_of
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show
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
    "weight_alike",
    "cluster",
    "strata",
    "fpc",
    "cluster2",
    "fpc2",
)
_OF_AGENTS = (
    *("weight", "count", "respondent", "weight_alike"),
    *("cluster", "strata", "fpc", "cluster2", "fpc2"),
)
GOAL, COUNT = "goal of the column", "count in the column"


@dataclass(frozen=True)
class SingleChoice(TableDeclared):
    """A table with one answer of one agent a row, or with counts of such answers.

    Parameters
    ----------
    data : path, data frame or mapping of columns, optional
        The table. Several files are one table: a list of paths, a pattern like ``"waves/*.csv"``,
        or a folder of Parquet; the column "source" then holds the name of the file.
    goal : str, optional
        Column of the answer: a goal, a label of `no_goal` or of `not_answers`, or empty if the
        agent was not asked. Needed with `data`, but for `columns`.
    columns : mapping of str to str, or str, optional
        The label that each column counts, where a table has a column of numbers of agents for each
        answer, as in ``{"votes_left": "Left"}``; or a pattern of their names, such as
        "votes_{goal}". Several columns may count the same answer. Where a row is an agent, with a
        column of answers for each wave of a panel: the population of each column, as in
        ``{"vote_2019": "2019"}``, or a pattern such as "vote_{population}".
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
        Column of an id, to make sure that no respondent is there twice in a population, and to tell
        who is meant where other tables name agents. An id that is in several populations, such as
        waves of one panel, is the same agent in all, and contrasts use these pairs. With `count` it
        is a group of agents who answered alike in each population; empty for those of one.
    weight_alike : str, optional
        Column of how alike the weights of such a group are from one population to another, as the
        cosine between them; 1 where they are in proportion.
    cluster : str, optional
        Column of what several rows have in common: the primary sampling unit of a survey, the agent
        or the prompt that one model was asked a hundred times. The posterior of P(ma) has the
        variance that such a sample of clusters has.
    strata : str, optional
        Column of the stratum in which clusters, or agents, were drawn.
    fpc : str, optional
        Column of the number of clusters (without `cluster`, of agents) in the whole stratum, or of
        the fraction of them that was sampled, for the finite-population correction.
    cluster2 : str, optional
        Column of the unit that was sampled within its cluster, such as the household of a district;
        of the agent where agents were. Beside `fpc2`.
    fpc2 : str, optional
        Column of the number of units in the whole cluster, or of the fraction of them that was
        sampled: the finite-population correction of the second stage.
    nest : bool
        Whether clusters are numbered anew in every stratum.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        What a stratum with one sampled cluster adds to the variance, see
        `measure.cluster_covariance`.
    replicates : mapping, optional
        Replicate weights in place of strata and clusters: `columns`, a pattern such as "rep_*" or
        a list; `method`, "brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive-difference" or
        "other"; `fay`, `scale`, `rscales`, `mse` as `measure.replicate_scales` and
        `measure.replicate_covariance` take them; `combined`, false where the columns hold factors
        of the weight; and `df`, degrees of freedom, in place of those that
        `measure.replicate_rank` tells.
    rake : mapping of str to mapping of str to float, or str, optional
        Known margins that weights are raked to: by column the share of each category in the whole
        population, ``{"sex": {"female": 0.51, "male": 0.49}}``, or such margins by population; or a
        file of them with the columns variable, category and share, and population if they differ
        by it. The variance is that of replicates, each raked anew: those
        stated, or a jackknife of the clusters or agents.
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
    patterns : mapping of str to str, optional
        For answers in free text: regular expressions (of RE2), each with the label of the answers
        that hold what it describes, as in ``{"(?i)answer is a": "A"}``. Labels and codes go before.
    other : str, optional
        Label that every answer in none of the lists counts as, such as "Other" for what people
        wrote in.
    counts : mapping of str to int, optional
        In place of `data`, the number of agents who gave each answer, ``{"a": 480, "b": 20}``; or
        such numbers by population, ``{"men": {"a": 230, "b": 11}, "women": {...}}``.
    n : int or mapping of str to int, optional
        Number of agents that counts are of, or of each population by its name, to compare them
        with: figures that sum to 100 look like percentages unless ``n = 100`` is stated.

    Examples
    --------
    >>> answers = SingleChoice({"vote": ["a", "b", "a"]}, goal="vote")
    >>> answers.read(ProblemArea("vote", ["a", "b"]), Problems()).counts
    array([[2., 1.]])
    >>> counted = SingleChoice(counts={"a": 480, "b": 20})
    >>> counted.read(ProblemArea("vote", ["a", "b"]), Problems()).counts
    array([[480.,  20.]])
    """

    model: ClassVar[str] = "single-choice"

    data: Any = None
    goal: str | None = None
    population: str | tuple[str, ...] | None = None
    weight: str | None = None
    count: str | None = None
    weight_sum: str | None = None
    weight_sq_sum: str | None = None
    respondent: str | None = None
    weight_alike: str | None = None
    cluster: str | None = None
    strata: str | None = None
    fpc: str | None = None
    cluster2: str | None = None
    fpc2: str | None = None
    nest: bool = False
    lonely: str = "fail"
    replicates: Any = None
    rake: Any = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None
    patterns: dict[str, str] | None = None
    other: str | None = None
    counts: dict[str, Any] | None = None
    n: int | dict[str, int] | None = None
    columns: Any = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ChoiceCounts | None:
        """Read the table into counts."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> ChoiceCounts | None:
        whole, roles, options = self.check(problems), self._roles(), DesignOptions()
        lists = AnswerLists(area, self.codes or {}, self.other, self.patterns)
        lists.check(problems)
        designed, margins = True, None
        if self.counts is not None:
            table: Table | None = inline_table(self.counts, "counts", "count", problems)
            roles = {} if table is None else {name: name for name in table.columns}
        elif not counts_in_cells(self.data, problems) and (self.data is not None or whole):
            before = len(problems)
            replicates = self._replicates(base, problems)
            margins = self._margins(base, problems) if whole else None
            beside = {
                margin_role(i): name for i, name in enumerate(margins.columns if margins else ())
            }
            beside |= {replicate_role(r): name for r, name in enumerate(replicates)}
            roles |= beside
            options = design_options(self, replicates, problems) if whole else options
            designed = len(problems) == before
            columns = answer_columns(
                lists,
                counted=self.count is not None,
                replicates=len(replicates),
                margins=margins,
            )
            wide = by_answer(lists.labels)
            if tells_waves(self, self.columns, lists.labels, base):
                wide, roles = waves(lists.labels), roles_of_waves(self.roles(*_OF_AGENTS) | beside)
            elif self.columns is not None and note_beside(self, problems):
                return None
            table = wide.open(self, roles, columns, problems, base, "responses")
        else:
            table = None
        if table is None or not whole or not designed:
            return None
        counted = isinstance(table, Melted) and roles["goal"] == GOAL
        if counted and table.lazy is None and options_marked(table, roles, lists.labels, problems):
            return None
        factors = not options.combined
        found = read_answers(table, roles, lists, problems, margins, factors=factors)
        if found is None:
            return None
        if counted and isinstance(table, Melted):
            n, cells = found.sum("n").tolist(), found.sum("rows").tolist()
            note_options_as_counts(n, cells, len(table.layout.wide), table.source, problems)
        evidence = to_counts(
            found,
            lists,
            self.populations,
            self.population_size,
            self.deff,
            self.n,
            options,
            margins,
        )
        if evidence is None or problems:
            return None
        parts = self.population if isinstance(self.population, tuple) else ()
        numbers = unnamed_numbers(
            self._whole(found, base), (*roles.values(), *parts), roles.get("population")
        )
        twice = counted_twice(*self._counted(found, base))
        doubts = (*evidence.doubts, *numbers, *twice, *self._clusters(table, base))
        return replace(evidence, doubts=doubts)

    def _clusters(self, table: Table, base: str | Path | None) -> Iterator[Caution]:
        """Yield that runs of one prompt count as agents of their own, unless something is said."""
        name, roles = table.told.get("cluster"), self.roles("population")
        if name is None or self.cluster is not None or self.replicates is not None:
            return
        # with the answers, as a row of a log may hold several
        read = {"cluster": name, **roles, **self.roles("goal")}
        labels = self.open(read, Problems(), base, "responses")
        rows = [] if labels is None else [cells[: 1 + len(roles)] for _, cells in labels]
        yield from unnamed_clusters(rows, name)

    def _whole(self, found: DistinctRows, base: str | Path | None) -> Table | None:
        """Open all columns of a table that has one row for each answer and says not how many."""
        rows = found.sum("rows").sum()
        said = {"count", "weight_sum", "respondent"} & set(found.roles)
        if said or found.table.lazy is not None or rows != len(found) or rows == 1:
            return None
        return self.open(None, Problems(), base, "responses")

    def _counted(
        self, found: DistinctRows, base: str | Path | None
    ) -> tuple[Table | None, tuple[str, ...], tuple[str, ...]]:
        """Open all columns of a short table of counts; with the columns used, and of counts."""
        if self.data is None or "count" not in found.roles or found.table.lazy is not None:
            return None, (), ()
        if found.sum("rows").sum() > MOST_ROWS:
            return None, (), ()
        whole, counts = self.open(None, Problems(), base, "responses"), (found.roles["count"],)
        parts = self.population if isinstance(self.population, tuple) else ()
        if isinstance(found.table, Melted):
            counts = tuple(found.table.whole.columns[place] for place in found.table.layout.wide)
        return whole, (*found.roles.values(), *parts, *counts, *(self.where or {})), counts

    def _margins(self, base: str | Path | None, problems: Problems) -> Margins | None:
        """Return the margins that weights are raked to; None where none are stated, or wrong."""
        if self.rake is None:
            return None
        found = read_margins(
            self.rake,
            lambda roles, at, noted: self.open(roles, noted, base, "margins", at),
            problems,
            populations=self.population is not None,
        )
        if found is not None and self.goal in found.columns:
            problems.add(
                f"rake has margins of {show(self.goal)}, the column of the goals",
                where="rake",
                valid="columns that tell of agents other things than their goals",
                fix="leave it out: where goal shares are known, there is nothing to estimate",
            )
            return None
        return found

    def _replicates(self, base: str | Path | None, problems: Problems) -> list[str]:
        """Return the columns of replicate weights; none where none are stated, or there are."""
        header = None if self.replicates is None else header_of(self, base, "responses")
        # a table that cannot be opened is noted by whoever opens it
        if header is None:
            return []
        return replicate_columns(self.replicates, header, self.weight, problems) or []

    def _roles(self) -> dict[str, str]:
        if self.columns is None:
            return self.roles(*_ROLES)
        return self.roles("population", "weight", goal=GOAL, count=COUNT)

    def roster(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> Roster | None:
        """Read the table again, and return its agents by id, with the goals that they stated."""
        if self.respondent is None or self.columns is not None:
            note_nameless(self.model, "respondent", problems)
            return None
        lists = AnswerLists(area, self.codes or {}, self.other, self.patterns)
        roles = self.roles("respondent", "goal")
        table = self.open(
            roles,
            problems,
            base,
            "responses",
            columns=answer_columns(lists, counted=self.count is not None),
        )
        if table is None:
            return None
        coded = CodedTable(table, roles, (Column("respondent"), Column("goal")), problems)
        if not coded.read():
            return None
        from bayes_misalign.families.reports.distinct_reports import UNKNOWN

        place = {category: i for i, category in enumerate(area.categories)}
        goal = coded.columns["goal"].translated(
            lambda text: place.get(area.category_of(lists.label(text)) or "", UNKNOWN)
        )
        agents, agent = list(coded.texts["respondent"]), coded.columns["respondent"].codes
        goals = np.full(len(agents), UNKNOWN)
        goals[agent[::-1]] = goal[::-1]  # the first answer of each stays
        # who named one goal in one population and another in another
        several = np.unique(agent[goals[agent] != goal])
        if len(several):
            problems.add(
                f"{len(several):,} agents whom other tables may name gave different answers in "
                f"different populations, such as {show(min(agents[i] for i in several))}",
                where=table.where(0, self.respondent),
                valid="one goal for each agent, where another table names agents",
                fix="give an agent another id in each population, in both tables",
            )
        number = {name: i for i, name in enumerate(agents)}
        return Roster(number, goals, np.full(len(goals), UNKNOWN))

    def roles(self, *names: str, **others: str | None) -> dict[str, str]:
        """Return the columns that are stated; populations may be those of `counts`."""
        if names == ("population",) and has_populations(self.counts):
            return {"population": "population"}
        return super().roles(*names, **others)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return columns that do not go together."""
        return contradictions_of(self, _ROLES)
