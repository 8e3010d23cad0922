"""Surveys and records that tell how strongly agents hold each goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import OF_DESIGN, count_contradictions
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.measure.holders import HolderRule
from bayes_misalign.measure.weights import PairWeightKind
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import JOINED
from bayes_misalign.models.endorsement.long_table import read_long
from bayes_misalign.models.endorsement.reading import to_strengths
from bayes_misalign.models.endorsement.scale import settle_scale
from bayes_misalign.models.endorsement.wide_table import read_wide, settle_columns
from bayes_misalign.reading.declared import Contradiction, TableDeclared, both_forms
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show

__all__ = ["Endorsement", "StrengthCounts"]

EMPTY_CELL = ("not held", "left out")
EMPTY_ROW = ("not asked", "no goal")
_LONG = ("agent", "goal", "strength")
_OF_COUNTS = ("count", "weight_sum", "weight_sq_sum", "respondent")


@dataclass(frozen=True)
class Endorsement(TableDeclared):
    """A table with a column for each goal, or with a row for each agent and goal.

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The table. Several files are one table: a list of paths, or a pattern such as
        ``"waves/*.csv"``.
    columns : mapping of str to str, or str, optional
        Of a table with an agent a row: the goal that each column is about, as in
        ``{"q1_car": "car"}``; or a pattern of their names, such as "q1_{goal}".
    agent, goal, strength : str, optional
        Of a table with a goal of an agent a row: columns of an id of the agent, of the goal and of
        its strength. A goal that no row names is not held.
    scale : sequence of str, or mapping of str to float, optional
        Points of the scale that strengths are stated on, the first for a goal that is not held, at
        equal steps up to 1; or the strength of each point. By default strengths are numbers.
    largest : float
        The number that means strength 1, such as 100 of points or percentages.
    empty_cell : {"not held", "left out"}, optional
        What it means that an agent has a strength of some goals and an empty cell of others: that
        these are not held, or that the agent is left out.
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
    average : {"geometric", "arithmetic", "harmonic", "min", "max"}
        How the strengths of two goals that meet are joined; their level of conflict is multiplied
        by that.
    lift : {"noisy-or", "max", "mean"}
        How conflict of two agents follows from that of the goals they hold: the probability that at
        least one pair conflicts, if pairs do so independently; the worst pair; the mean pair.
    room : bool
        Whether there is room in the prior for strengths that nobody stated.
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
    >>> ratings = {"car": [1, 3, 3], "bike": [3, 1, 2]}
    >>> answers = Endorsement(ratings, columns="{goal}", scale=["1", "2", "3"], room=False)
    >>> evidence = answers.read(ProblemArea("travel", ["car", "bike"]), Problems())
    >>> dict(zip(evidence.categories, evidence.counts[0].tolist()))
    {'car 1': 1.0, 'bike 1': 1.0, 'car 1 + bike 0.5': 1.0}
    """

    model: ClassVar[str] = "endorsement"

    data: Any = None
    columns: Any = None
    agent: str | None = None
    goal: str | None = None
    strength: str | None = None
    scale: Any = None
    largest: float = 1.0
    empty_cell: str | None = None
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
    average: str = "geometric"
    lift: str = "noisy-or"
    room: bool = True
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    deff: float | dict[str, float] | None = None
    codes: dict[str, str] | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> StrengthCounts | None:
        """Read the table into counts of kinds of agents."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> StrengthCounts | None:
        before, whole = len(problems), self.check(problems)
        lists = AnswerLists(area, self.codes or {})
        lists.check(problems)
        for goal in area.goals:
            if JOINED in goal:
                problems.add(
                    f"the goal {show(goal)} holds {JOINED!r}, which stands between the goals of an "
                    "agent",
                    where=f"problem area {show(area.name)}, goals",
                    fix="rename the label, and name its column in `columns`, or what stands for it "
                    "in the data in `codes`",
                )
        scale = settle_scale(self.scale, self.largest, self.decimal, problems)
        if not whole or scale is None or len(problems) > before:
            return None
        if self.columns is None:
            agents = read_long(self, lists, scale, problems, base)
        else:
            columns = settle_columns(self, area, problems, base)
            if len(problems) > before:
                return None
            agents = read_wide(self, columns or {}, lists, scale, problems, base)
        if agents is None or len(problems) > before:
            return None
        evidence = to_strengths(agents, self, area, scale, problems)
        return None if evidence is None or len(problems) > before else evidence

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, is missing, or is none of the words that there are."""
        words: dict[str, tuple[Any, ...]] = {
            "lift": get_args(HolderRule),
            "average": get_args(PairWeightKind),
            "empty_cell": (None, *EMPTY_CELL),
            "empty_row": EMPTY_ROW,
        }
        for name, valid in words.items():
            given = getattr(self, name)
            options = ", ".join(repr(word) for word in valid if word is not None)
            yield given not in valid, f"{name} is {show(str(given))}", options
        yield self.data is None, "the key 'data' is missing", "a table"
        stated = [name for name in _LONG if getattr(self, name) is not None]
        yield (
            self.data is not None and self.columns is None and len(stated) < len(_LONG),
            f"neither columns nor {', '.join(n for n in _LONG if n not in stated)} are stated"
            if not stated
            else f"{', '.join(stated)} without {', '.join(n for n in _LONG if n not in stated)}",
            'a column for each goal, as in `columns = { "q1_car" = "car", "q1_bike" = "bike" }`; '
            'or, where a row is a goal of an agent, `agent = "id"`, `goal = "goal"` and '
            '`strength = "strength"`',
        )
        yield from both_forms(self, *_LONG)
        of_counts = [name for name in _OF_COUNTS if getattr(self, name) is not None]
        yield (
            self.columns is None and bool(stated) and bool(of_counts),
            f"{' and '.join(of_counts)} {'are' if len(of_counts) > 1 else 'is'} stated of a table "
            "with a goal of an agent a row",
            "agent, which tells agents apart; and weight for a weight of each",
        )
        drawn = [name for name in OF_DESIGN if getattr(self, name) is not None]
        yield (
            self.columns is None and bool(stated) and bool(drawn),
            f"{' and '.join(drawn)} {'are' if len(drawn) > 1 else 'is'} stated of a table with a "
            "goal of an agent a row",
            "strata and clusters of a table with an agent a row and a column for each goal",
        )
        yield (
            self.scale is not None and self.largest != type(self).largest,
            "scale and largest are both stated",
            "scale where strengths are points, largest where they are numbers",
        )
        yield from count_contradictions(self)
