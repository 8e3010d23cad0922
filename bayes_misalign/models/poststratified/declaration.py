"""A survey with covariates, and a table of how many people of the population have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.reading import Names, read_answers, read_table, to_cells
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.misread import read_or_explain
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

WEIGHTS = (
    "leave it out: the table of the population takes the place of weights. What weights were made "
    "from, such as age or region, belongs among the covariates"
)
DESIGN = (
    "leave it out, and name what clusters or strata were made of, such as region, among the "
    "covariates"
)


@dataclass(frozen=True)
class Poststratified(TableDeclared):
    """A survey with covariates of its agents, and a table of the population's cells.

    Goals are estimated in every cell of the covariates and summed over the population's cells, so
    that agents may have been asked who are not a random sample of it (multilevel regression and
    poststratification).

    Parameters
    ----------
    data : path, data frame or mapping of columns
        The survey, with one answer of one agent a row, or with counts of such answers.
    goal : str
        Column of the answer: a goal, a label of `no_goal` or of `not_answers`, or empty if the
        agent was not asked.
    covariates : sequence of str
        Columns of what is known of agents, such as age group, sex and region; the table of the
        population has columns of the same names. Agents of whom one is missing are left out, and
        counted.
    table : path, data frame or mapping of columns
        The population, a cell of all covariates a row, with its number of people. Cells that are
        there several times are added up.
    size : str, optional
        Column of the table with the number of people in a cell, or anything in proportion to it.
        Without it a row is one person.
    by : sequence of str
        Covariates whose categories make the parts of the population that are reported, such as
        ``["region"]``; by default there is one, the whole.
    ordered : sequence of str
        Covariates whose neighbouring categories are alike, such as age groups.
    levels : mapping of str to sequence of str, optional
        Categories of ordered covariates in their order. By default that of the numbers that they
        begin with, such as 18 of "18-29"; needed where they begin with none.
    interactions : sequence of sequence of str
        Covariates whose combinations have effects of their own, as in ``[["age", "region"]]``.
    count : str, optional
        Column of the number of agents that a row of the survey stands for.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.
    patterns : mapping of str to str, optional
        For answers in free text: regular expressions, each with the label of what it matches.
    other : str, optional
        Label that every answer in none of the lists counts as.
    weight, cluster, strata, population : str, optional
        Not taken: stated, they are refused with what to do instead.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the survey is written, and which of its rows count; see `TableDeclared`. The table of
        the population is written in the same way.

    Examples
    --------
    >>> survey = {"vote": ["a", "b", "a"], "sex": ["woman", "man", "woman"]}
    >>> people = {"sex": ["woman", "man"], "n": [510, 490]}
    >>> asked = Poststratified(survey, "vote", ["sex"], people, size="n")
    >>> asked.read(ProblemArea("vote", ["a", "b"]), Problems()).cell_counts
    array([[2., 0.],
           [0., 1.]])
    """

    model: ClassVar[str] = "poststratified"
    WORDS: ClassVar[tuple[str, ...]] = ("by", "ordered")
    TUPLES: ClassVar[tuple[str, ...]] = ("interactions",)

    data: Any
    goal: str
    covariates: tuple[str, ...]
    table: Any
    size: str | None = None
    by: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    levels: dict[str, tuple[str, ...]] | None = None
    interactions: Any = ()
    count: str | None = None
    codes: dict[str, str] | None = None
    patterns: dict[str, str] | None = None
    other: str | None = None
    weight: str | None = None
    cluster: str | None = None
    strata: str | None = None
    population: str | tuple[str, ...] | None = None

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is stated together and must not be."""
        yield (
            self.weight is not None,
            "weight is stated, and answers are poststratified",
            "one or the other",
            WEIGHTS,
        )
        for name in ("cluster", "strata"):
            stated = getattr(self, name) is not None
            yield stated, f"{name} is stated, and answers are poststratified", "neither", DESIGN
        yield (
            self.population is not None,
            "population is stated, and parts of the population are named otherwise",
            "covariates, and `by` that names those whose categories make the parts",
            f"leave it out, and write `by = [{quoted(_first(self.population))}]`; it is a "
            "covariate too",
        )
        names = self.covariates if isinstance(self.covariates, tuple) else ()
        yield not names, "no covariate is named", 'the columns, as in `covariates = ["age"]`'
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        yield bool(twice), f"a covariate is named twice: {shown(twice)}", "each once"
        own = self.goal in names
        yield own, f"the column {show(self.goal)} is the goal and a covariate", "two columns"
        for key, listed in self._lists().items():
            unknown = [name for name in listed if name not in names]
            if unknown:
                yield (
                    True,
                    f"{key} names {shown(unknown)}, which is no covariate",
                    shown(names),
                    did_you_mean(unknown[0], names) or f"add {show(unknown[0])} to `covariates`",
                )
        wrong = not _is_pairs(self.interactions)
        yield (
            wrong,
            "interactions are no lists of covariates",
            'lists of two or more different ones, as in `interactions = [["age", "region"]]`',
        )

    def _lists(self) -> dict[str, tuple[str, ...]]:
        pairs = self.interactions if _is_pairs(self.interactions) else ()
        return {
            "by": self.by,
            "ordered": self.ordered,
            "levels": tuple(self.levels or ()),
            "interactions": tuple(dict.fromkeys(name for pair in pairs for name in pair)),
        }

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> CellCounts | None:
        """Read survey and table into cells; None if a problem was noted."""
        return read_or_explain(self._read, self, area, problems, base, "goal")

    def _read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None
    ) -> CellCounts | None:
        lists = AnswerLists(area, self.codes or {}, self.other, self.patterns)
        lists.check(problems)
        if not self.check(problems) or problems:
            return None
        names = Names(
            self.covariates,
            self.by,
            self.ordered,
            self.levels or {},
            tuple(tuple(map(str, pair)) for pair in self.interactions),
        )
        answers = read_answers(self, names, lists, problems, base)
        people = read_table(self, names, problems, base)
        if answers is None or people is None or problems:
            return None
        return to_cells(answers, people, names, lists, problems)


def _first(population: Any) -> str:
    return str(population[0] if isinstance(population, tuple) and population else population)


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(pair, list | tuple)
        and len(pair) > 1
        and all(isinstance(name, str) for name in pair)
        and len(set(pair)) == len(pair)
        for pair in value
    )
