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
from bayes_misalign.models.published.reading import read_percentages, to_evidence
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table

_ROLES = ("goal", "percent", "population")


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
    margin_of_error : float or mapping of str to float, optional
        Half the width of the published interval, in points, of the percentage `margin_share`; or of
        each population by its name. It says how many answers the sample is worth.
    margin_level : float
        Probability of that interval.
    margin_share : float
        Share, from 0 to 1, that the margin of error is of.
    deff : float or mapping of str to float, optional
        Design effect, in place of a margin of error. With 1 percentages may be weighted ones; with
        neither they are those of a simple random sample, whose agents are whole.
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
    margin_of_error: float | dict[str, float] | None = None
    margin_level: float = 0.95
    margin_share: float = 0.5
    deff: float | dict[str, float] | None = None
    rounding: float | dict[str, float] | None = None
    populations: tuple[str, ...] | None = None
    population_size: int | dict[str, int] | None = None
    codes: dict[str, str] | None = None

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> PublishedShares | None:
        """Read the percentages, and see that some sample rounds to them."""
        before = len(problems)
        whole = self.check(problems)
        lists = AnswerLists(area, self.codes or {})
        lists.check(problems)
        margin = Margin(
            self.margin_of_error, self.margin_level, self.margin_share, self.deff, problems
        )
        roles = self.roles(*_ROLES, n=self.n if isinstance(self.n, str) else None)
        table: Table | None = None
        if self.shares is not None:
            table = inline_table(self.shares, "shares", "percent", problems)
            roles = {} if table is None else {name: name for name in table.columns}
        elif whole:
            table = self.open(roles, problems, base, "percentages")
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

    def roles(self, *names: str, **others: str | None) -> dict[str, str]:
        """Return the columns that are stated; populations may be those of `shares`."""
        if names == ("population",) and has_populations(self.shares):
            return {"population": "population"}
        return super().roles(*names, **others)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together, or is missing."""
        columns = [name for name in ("data", *_ROLES) if getattr(self, name) is not None]
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
            *(
                (
                    self.data is not None and getattr(self, name) is None,
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
        )
