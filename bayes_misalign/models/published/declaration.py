"""Percentages of goals as they were published, with the number of agents behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.inline import has_populations, inline_table
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.margins import Margin
from bayes_misalign.models.published.reading import (
    percent_columns,
    read_percentages,
    to_evidence,
)
from bayes_misalign.reading.declared import Contradiction, TableDeclared, both_forms
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import Wide, tells_population
from bayes_misalign.tables import Table

_ROLES = ("goal", "percent", "population")
_OF_POPULATIONS = ("n", "margin_of_error", "deff")  # figures that may stand in columns
GOAL, PERCENT = "goal of the column", "percentage in the column"


@dataclass(frozen=True)
class Published(TableDeclared):
    """Rounded percentages, or shares, of goals in one or several populations.

    Parameters
    ----------
    data : path, data frame or mapping of columns, optional
        The table, a goal of a population a row. Several files are one table: a list of paths, a
        pattern such as ``"waves/*.csv"``, or a folder of Parquet.
    goal : str, optional
        Column of the label, needed with `data`: a goal, a label of `no_goal` or of `not_answers`.
    percent : str, optional
        Column of the percentage, or share, needed with `data`; empty where nothing was published.
    columns : mapping of str to str, or str, optional
        The label of each column, where a table has a column of percentages for each goal in place
        of these two, as in ``{"Left, %": "Left"}``; or a pattern of their names, such as
        "pct_{goal}", or "{goal}_{population}" where names tell the population too.
    population : str or sequence of str, optional
        Column of the population, or several that make it up; without it there is one population,
        "all".
    n : int, str or mapping of str to int
        Number of agents behind the percentages, those without an answer among them if they have a
        percentage: one number for all populations, one for each by its name, or the name of the
        column that holds it.
    shares : mapping of str to float, optional
        In place of `data`, the percentage of each label, ``{"a": 47, "b": 38, "neither": 15}``; or
        such percentages by population, ``{"2019": {"a": 47, ...}, "2023": {...}}``.
    margin_of_error : float, str or mapping of str to float, optional
        Half the width of the published interval, in points, of the percentage `margin_share`; or of
        each population by its name, or the name of the column that holds it. It says how many
        answers the sample is worth.
    margin_level : float
        Probability of that interval.
    margin_share : float
        Share, from 0 to 1, that the margin of error is of.
    deff : float, str or mapping of str to float, optional
        Design effect, or its column, in place of a margin of error. With 1 percentages may be
        weighted ones; with neither they are those of a simple random sample, whose agents are
        whole.
    rounding : float or mapping of str to float, optional
        To how many points percentages were rounded, or those of each population by its name; by
        default to the last digit that any percentage of the population has, so 43.5 to 0.1.
    populations : sequence of str, optional
        Order of the populations; it may name some of which nothing was published.
    population_size : int or mapping of str to int, optional
        Number of agents in the whole population, or in each by its name.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.
    codes : mapping of str to str, optional
        Label that each code in the goal column stands for.

    Examples
    --------
    >>> shares = Published(shares={"a": 47, "b": 53}, n=1013)
    >>> shares.read(ProblemArea("vote", ["a", "b"]), Problems()).counts
    array([[476., 537.]])
    """

    model: ClassVar[str] = "published"

    data: Any = None
    goal: str | None = None
    percent: str | None = None
    population: str | tuple[str, ...] | None = None
    n: int | str | dict[str, int] | None = None
    shares: dict[str, Any] | None = None
    margin_of_error: float | str | dict[str, float] | None = None
    margin_level: float = 0.95
    margin_share: float = 0.5
    deff: float | str | dict[str, float] | None = None
    rounding: float | dict[str, float] | None = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    codes: dict[str, str] | None = None
    columns: Any = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> PublishedShares | None:
        """Read the percentages, and see that some sample rounds to them."""
        before, lists = len(problems), AnswerLists(area, self.codes or {})
        if self._note_wide(lists, problems, base):
            return None
        whole = self.check(problems)
        lists.check(problems)
        margin = Margin(
            self.margin_of_error, self.margin_level, self.margin_share, self.deff, problems
        )
        table: Table | None = None
        roles = dict[str, str]()
        if self.shares is not None:
            table = inline_table(self.shares, "shares", "percent", problems)
            roles = {} if table is None else {name: name for name in table.columns}
        elif whole:
            table, roles = self._open(lists, problems, base)
        if table is None or not whole or len(problems) > before:
            return None
        found = read_percentages(table, roles, lists, problems)
        if found is None or len(problems) > before:
            return None
        stated = None if isinstance(self.n, str) else self.n
        evidence = to_evidence(
            found, lists, stated, self.rounding, self.populations, self.population_size, margin
        )
        return evidence if len(problems) == before else None

    def _note_wide(self, lists: AnswerLists, problems: Problems, base: str | Path | None) -> bool:
        """Note a column for each goal in a table of which no column is named; tell whether."""
        if self.data is None or (self.goal, self.percent, self.columns) != (None, None, None):
            return False
        roles = {"goal": "goal", "percent": "percent"} | self.roles("population", **self._held())
        return self._wide(lists).note_wide(self, roles, problems, base, "percentages")

    def _held(self) -> dict[str, str | None]:
        """Return figures of populations that stand in columns."""
        figures = {name: getattr(self, name) for name in _OF_POPULATIONS}
        return {name: one if isinstance(one, str) else None for name, one in figures.items()}

    @staticmethod
    def _wide(lists: AnswerLists) -> Wide:
        instead = "in place of `goal` and `percent`"
        return Wide(("goal",), "percent", lists.labels, "a percentage", instead)

    def _open(
        self, lists: AnswerLists, problems: Problems, base: str | Path | None
    ) -> tuple[Table | None, dict[str, str]]:
        """Open the table as rows, whether it has rows or a column for each goal."""
        roles = self.roles(*_ROLES, **self._held())
        if self.columns is not None:
            roles |= {"goal": GOAL, "percent": PERCENT}
        wide = self._wide(lists)
        if (by_population := wide.with_population(self.columns)) is not wide:
            wide, roles = by_population, {**roles, "population": "population of the column"}
        described = percent_columns(lists)
        return wide.open(self, roles, described, problems, base, "percentages"), roles

    def roles(self, *names: str, **others: str | None) -> dict[str, str]:
        """Return the columns that are stated; populations may be those of `shares`."""
        if names == ("population",) and not others and has_populations(self.shares):
            return {"population": "population"}
        return super().roles(*names, **others)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, or is missing."""
        columns = [n for n in ("data", *_ROLES, "columns") if getattr(self, n) is not None]
        in_rows = self.data is not None and self.columns is None
        wanting = [n for n in ("goal", "percent") if in_rows and getattr(self, n) is None]
        example = "shares = { a = 47, b = 53 }"
        return (
            (
                self.shares is not None and bool(columns),
                f"shares and {', '.join(columns)} are both stated",
                f"{example} alone, or data with the names of its columns",
            ),
            (
                self.shares is None and self.data is None,
                "neither data nor shares is stated",
                f"data, a table, or {example}",
            ),
            *both_forms(self, "goal", "percent"),
            (
                self.population is not None and tells_population(self.columns),
                "population is stated, and the names of the columns tell it",
                "one of the two",
            ),
            (
                wanting == ["goal", "percent"],
                "the keys 'goal' and 'percent' are missing",
                'the columns of the labels and of the percentages, as in goal = "vote", percent = '
                '"pct"; or, where each goal has a column of percentages, columns = '
                '{ "pct_left" = "Left", "pct_right" = "Right" }',
            ),
            *(
                (
                    wanting == [name],
                    f"the key {name!r} is missing",
                    f'the column of the {what}, as in {name} = "{name}"',
                )
                for name, what in (("goal", "labels"), ("percent", "percentages"))
            ),
            (
                self.n is None,
                "n is missing: how many agents the percentages are of",
                'n = 1013, one number for each population by its name, or a column, as in n = "n"',
            ),
            (
                isinstance(self.n, str) and self.shares is not None,
                f"n is {self.n!r}, a column, and shares have no columns",
                "n = 1013, or one number for each population by its name",
            ),
            *(
                (
                    isinstance(getattr(self, name), str) and self.shares is not None,
                    f"{name} is {getattr(self, name)!r}, a column, and shares have no columns",
                    f"{name} = 3.1, or one number for each population by its name",
                )
                for name in ("margin_of_error", "deff")
            ),
        )
