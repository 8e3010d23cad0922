"""Known margins of populations, to which weights are raked: as stated, or from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.reading.columns import Column
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

MOST_CATEGORIES = 200
ROUNDING = 0.005  # published shares are rounded; they are scaled to sum to one
POPULATION = "population"  # column of a table of margins
_COLUMNS = ("variable", "category", "share")
_EXAMPLE = "`rake = { sex = { female = 0.51, male = 0.49 } }`"
_BY_POPULATION = "`rake = { north = { sex = { female = 0.51, male = 0.49 } } }`"
OpenTable = Callable[[dict[str, str] | None, Any, Problems], Table | None]


@dataclass(frozen=True, eq=False)
class OfPart:
    """Margins of one population, or of all agents (None): shares by column and category."""

    population: str | None
    shares: dict[str, dict[str, float]]

    @property
    def words(self) -> str:
        """Of which population, as the end of a phrase."""
        return "" if self.population is None else f" in {show(self.population)}"


@dataclass(frozen=True, eq=False)
class Margins:
    """Known margins of all agents, or of each population, of the same columns."""

    parts: tuple[OfPart, ...]

    @property
    def by_population(self) -> bool:
        """Whether each population has its own."""
        return self.parts[0].population is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns whose margins are known."""
        return tuple(self.parts[0].shares)

    def categories(self, name: str) -> list[str]:
        """Return the categories of a column, those of all populations."""
        return list(dict.fromkeys(text for part in self.parts for text in part.shares[name]))


def margin_role(number: int) -> str:
    """Return the role of a column whose margin is known."""
    return f"margin {number + 1}"


def margin_columns(
    margins: Margins | None, asked: tuple[str, Callable[[str], bool]]
) -> tuple[Column, ...]:
    """Return what columns of known margins hold; they are needed where somebody was `asked`."""
    return tuple(
        Column(
            margin_role(i),
            "categories",
            MOST_CATEGORIES,
            what=f"category of {show(name)}",
            needed=asked,
            valid=f"one of {shown(margins.categories(name))}",
            fix="leave out with `where` those of whom it is not known, or weight without it",
        )
        for i, name in enumerate(() if margins is None else margins.columns)
        if margins is not None
    )


def read_margins(
    stated: Any, open_table: OpenTable, problems: Problems, *, populations: bool
) -> Margins | None:
    """Return margins by column and category, as shares that sum to 1; None if they are wrong.

    `populations` says whether the agents are told apart by population.
    """
    before, where = len(problems), "rake"
    if isinstance(stated, str):
        read = _from_table(stated, open_table, problems)
        if read is None:
            return None
        stated, where = read
    if not isinstance(stated, Mapping) or not stated:
        problems.add(f"rake is {shown_value(stated)}", where=where, valid=f"as in {_EXAMPLE}")
        return None
    parts: Mapping[Any, Any] = {None: stated}
    if any(_is_nested(of) for of in stated.values()):
        parts = stated
        if not populations:
            problems.add(
                "margins are stated by population, and the answers name none",
                where=where,
                valid="`population`, the column of the populations, beside such margins",
                fix="state `population`, or one set of margins for all",
            )
            return None
    made = [_of_part(name, of, where, problems) for name, of in parts.items()]
    found = [part for part in made if part is not None]
    if len(problems) > before:
        return None
    first = found[0]
    for part in found[1:]:
        if set(part.shares) != set(first.shares):
            problems.add(
                f"rake has margins of {shown(part.shares)}{part.words}, and of "
                f"{shown(first.shares)}{first.words}",
                where=where,
                valid="margins of the same columns in every population",
                fix="add the margin that a population lacks, or leave it out of the others",
            )
            return None
    ordered = (
        OfPart(part.population, {name: part.shares[name] for name in first.shares})
        for part in found
    )
    return Margins(tuple(ordered))


def _is_nested(of: Any) -> bool:
    return isinstance(of, Mapping) and any(isinstance(value, Mapping) for value in of.values())


def _from_table(
    stated: str, open_table: OpenTable, problems: Problems
) -> tuple[dict[str, Any], str] | None:
    """Return what a table of margins states, by population if it has such a column."""
    whole = open_table(None, stated, Problems())
    by = whole is not None and POPULATION in whole.columns
    names = (*_COLUMNS, POPULATION) if by else _COLUMNS
    table = open_table(dict(zip(names, names, strict=True)), stated, problems)
    if table is None:
        return None
    found: dict[str, Any] = {}
    before = len(problems)
    for row, (variable, category, text, *population) in table:
        try:
            share = float(text.strip().removesuffix("%"))
        except ValueError:
            problems.add(
                "a share is no number",
                where=table.where(row),
                value=text,
                valid="a number with a decimal point, as in 0.51 or 51",
            )
            continue
        of = found.setdefault(population[0].strip(), {}) if population else found
        own = of.setdefault(variable, {})
        if category in own:
            problems.add(
                f"the margin of {show(variable)} has {show(category)} twice",
                where=table.where(row),
                valid="each category of a column in one row",
            )
        own[category] = share
    if len(problems) > before:
        return None
    return found, table.source


def _of_part(name: Any, stated: Any, where: str, problems: Problems) -> OfPart | None:
    """Return the margins of a population, or of all (None), as shares; None if they are wrong."""
    population = None if name is None else str(name)
    words = OfPart(population, {}).words
    if not isinstance(stated, Mapping) or not stated:
        problems.add(
            f"rake{words} is {shown_value(stated)}", where=where, valid=f"as in {_BY_POPULATION}"
        )
        return None
    made: dict[str, NDArray[np.float64]] = {}
    for column, of in stated.items():
        if not isinstance(of, Mapping) or len(of) < 2 or not all(map(is_number, of.values())):
            problems.add(
                f"the margin of {column}{words} is {shown_value(of)}",
                where=where,
                valid=f"the share of each category, two or more, as in {_EXAMPLE}",
            )
            continue
        values = np.array(list(map(float, of.values())))
        if not (np.isfinite(values).all() and (values > 0).all()):
            problems.add(
                f"the margin of {column}{words} has a share that is not above 0",
                where=where,
                valid="shares, percentages or numbers of agents above 0",
                fix="leave categories out that nobody is in",
            )
            continue
        made[str(column)] = values
    if len(made) < len(stated):
        return None
    totals = {column: float(values.sum()) for column, values in made.items()}
    if not _one_total(list(totals.values())):
        said = ", ".join(f"{show(column)} {total:g}" for column, total in totals.items())
        problems.add(
            f"the margins{words} sum to {said}",
            where=where,
            valid="shares that sum to 1, percentages that sum to 100, or numbers of agents with "
            "one sum for all margins",
            fix="add the category that is missing, or correct a share",
        )
        return None
    shares = {
        str(column): {
            str(category): x / totals[str(column)]
            for category, x in zip(of, made[str(column)].tolist(), strict=True)
        }
        for column, of in stated.items()
    }
    return OfPart(population, shares)


def _one_total(totals: list[float]) -> bool:
    for whole in (1.0, 100.0):
        if all(abs(total / whole - 1) <= ROUNDING for total in totals):
            return True
    return min(totals) > 100 * (1 + ROUNDING) and max(totals) <= min(totals) * (1 + ROUNDING)
