"""Ballots and surveys in which agents put alternatives in an order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, get_args

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import ROLES, count_contradictions
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.measure.rankings import OrderDistance, TieRule
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.forms import in_one_cell, settle_columns, settle_pairs
from bayes_misalign.models.ranked.orders import BEFORE, TIED
from bayes_misalign.models.ranked.preflib import ENDINGS, is_preflib
from bayes_misalign.models.ranked.reading import read_orders, to_counts
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import header_of
from bayes_misalign.tables.labels import show

__all__ = ["OrderCounts", "Ranked"]

UNRANKED = ("below", "unknown")
_LONG = ("agent", "alternative", "rank")


@dataclass(frozen=True)
class Ranked(TableDeclared):
    """A table of orders of alternatives, or a file of PrefLib.

    The goals of the problem area are the alternatives.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table; or a file of PrefLib that ends with .soc, .soi, .toc or .toi, which is read by
        the package preflibtools.
    order : str, optional
        Column of orders in one cell, as in "a > b > c"; a cell of a frame may be a list, the first
        alternative first, with a list in it of those that are tied. A label of `no_goal` or of
        `not_answers` stands alone; an empty cell is an agent who was not asked.
    before, tied : str
        What stands between alternatives of an order, and between those that are tied.
    columns : mapping of str to str, or str, optional
        In place of `order`, the alternative that each column is about, where cells hold places, 1
        for the first, as in ``{"q1_car": "car"}``; or a pattern of their names, such as
        "q1_{goal}". An empty cell is an alternative that the agent left out.
    agent, alternative, rank : str, optional
        In place of both, columns of a table with a row for each agent and alternative: who it is,
        what was placed, and its place.
    left_out : sequence of str
        Alternatives in the data that are no goals: they are taken out of every order, which stays
        as it is for the others.
    unranked : {"below", "unknown"}
        What is known of alternatives that an agent left out of its order: that they stand below all
        that it placed, in no order among themselves; or nothing.
    ties : {"agree", "coin"}
        Whether who has no preference between two alternatives agrees with everybody about them; or
        chooses by a coin, so that two agents conflict half the time where one has none.
    distance : {"kendall", "first"}
        Two agents conflict by the pairs of alternatives that they order differently, as the mean
        over all pairs of the level of conflict of each; or as their first choices do.
    pairs : sequence of pairs of str, optional
        The pairs of alternatives that count for "kendall", where not all of them do.
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
        Label that each code of an alternative stands for.

    Examples
    --------
    >>> ballots = Ranked({"ballot": ["car > bike", "bike > car", "car > bike"]}, order="ballot")
    >>> evidence = ballots.read(ProblemArea("travel", ["car", "bike"]), Problems())
    >>> dict(zip(evidence.categories, evidence.counts[0].tolist()))
    {'car > bike': 2.0, 'bike > car': 1.0}
    >>> places = Ranked({"car": [1, 2, 1], "bike": [2, 1, 2]}, columns="{goal}")
    >>> places.read(ProblemArea("travel", ["car", "bike"]), Problems()).counts
    array([[2., 1.]])
    """

    model: ClassVar[str] = "ranked"

    data: Any = None
    order: str | None = None
    before: str = ">"
    tied: str = "="
    columns: Any = None
    agent: str | None = None
    alternative: str | None = None
    rank: str | None = None
    left_out: tuple[str, ...] = ()
    unranked: str = "below"
    ties: str = "agree"
    distance: str = "kendall"
    pairs: Any = None
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
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> OrderCounts | None:
        """Read the table into counts of orders."""
        return read_or_explain(self._read, self, area, problems, base, "order")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> OrderCounts | None:
        before, whole = len(problems), self.check(problems)
        lists = AnswerLists(area, self.codes or {})
        lists.check(problems)
        if whole:
            self._check_labels(area, problems)
        pairs = settle_pairs(self.pairs, area.goals, problems)
        if not whole or len(problems) > before:
            return None
        labels: dict[str, str] = {}
        declared = self
        if self.columns is not None:
            header = header_of(self, base, "orders")
            if header is None:
                self.open(None, problems, base, "orders")  # which says why
                return None
            labels = settle_columns(self, header, lists, problems)
        else:
            made = in_one_cell(self, lists, problems, base)
            if made is None:
                return None
            declared = made
        if len(problems) > before:
            return None
        found = read_orders(declared, lists, labels, problems, base)
        if found is None or len(problems) > before:
            return None
        evidence = to_counts(found, declared, lists, labels, pairs)
        if evidence is None or len(problems) > before:
            return None
        # orders of a file of PrefLib, or of several rows each, were put together before
        rewritten = declared.data is not self.data and isinstance(self.data, str | Path)
        return replace(evidence, source=Path(self.data).name) if rewritten else evidence

    def _check_labels(self, area: ProblemArea, problems: Problems) -> None:
        where = f"problem area {show(area.name)}, goals"
        if len(area.goals) < 2:
            problems.add(
                "there is nothing to put in an order",
                where=where,
                valid="two goals at least: the alternatives",
            )
        for goal in area.goals:
            for mark in (BEFORE, TIED):
                if mark in goal:
                    problems.add(
                        f"the goal {show(goal)} holds {mark!r}, which stands between the "
                        "alternatives of an order",
                        where=where,
                        fix="rename the label, and state what stands for it in the data in `codes`",
                    )
        for label in self.left_out:
            if area.category_of(label) is not None or label in area.not_answers:
                problems.add(
                    f"{show(label)} is left out, and it is in a list of the problem area",
                    where="left_out",
                    fix="take it out of one of them",
                )

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, is missing, or is none of the words that there are."""
        words = {"distance": get_args(OrderDistance), "ties": get_args(TieRule)}
        words["unranked"] = UNRANKED
        for name, valid in words.items():
            given = getattr(self, name)
            yield given not in valid, f"{name} is {show(str(given))}", ", ".join(map(repr, valid))
        yield self.data is None, "the key 'data' is missing", "a table, or a file of PrefLib"
        long = [name for name in _LONG if getattr(self, name) is not None]
        forms = [self.order is not None, self.columns is not None, bool(long)]
        preflib = is_preflib(self.data)
        yield (
            self.data is not None and not preflib and not any(forms),
            "neither order, columns nor rank is stated",
            'the column of orders, as in `order = "ballot"`; or columns of places, as in '
            '`columns = "rank_{goal}"`; or, with a row for each alternative of an agent, '
            '`agent = "voter"`, `alternative = "candidate"` and `rank = "place"`',
        )
        stated = [name for name in ("order", "columns", *_LONG) if getattr(self, name) is not None]
        yield (
            sum(forms) > 1,
            f"{' and '.join(stated)} are stated together",
            "one of order, columns, and agent with alternative and rank",
        )
        yield (
            bool(long) and len(long) < len(_LONG),
            f"only {' and '.join(long)} of agent, alternative and rank "
            f"{'is' if len(long) == 1 else 'are'} stated",
            "all three",
        )
        of_rows = [name for name in ROLES if getattr(self, name) is not None]
        yield (
            preflib and bool(stated or of_rows),
            f"{' and '.join([*stated, *of_rows])} cannot be stated of a file of PrefLib",
            f"data alone: files that end with {', '.join(ENDINGS)} hold orders and their numbers",
        )
        counted = [n for n in of_rows if n not in ("population", "weight")]
        yield (
            bool(long) and bool(counted),
            f"{' and '.join(counted)} cannot be stated of a table with a row for each alternative",
            "population and weight, the same in all rows of an agent",
        )
        yield (
            self.pairs is not None and self.distance == "first",
            "pairs are stated, and distance is 'first'",
            'pairs with `distance = "kendall"`',
        )
        for name in ("before", "tied"):
            blank = not getattr(self, name).strip()
            yield blank, f"{name} is blank", 'what stands between alternatives, as in ">"'
        yield (
            self.before.strip() == self.tied.strip(),
            "before and tied are the same",
            'two different texts, as ">" and "="',
        )
        yield from count_contradictions(self)
