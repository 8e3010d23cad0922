"""Columns of a table: of what kind their values are, and so how each face shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bayes_misalign.page.estimate import NUMBERS, Estimate, common_decimals
from bayes_misalign.page.number_text import (
    NOTHING,
    count,
    effective,
    estimate_text,
    exceeding,
    interval_text,
    mean_text,
    part,
    signed,
)
from bayes_misalign.page.safe_text import named, pair_name
from bayes_misalign.settings import Interval

Faces = frozenset[str]
PAGE, TERMINAL, CSV, JSON = (frozenset({face}) for face in ("page", "terminal", "csv", "json"))
READERS, MACHINES = PAGE | TERMINAL, CSV | JSON
EVERY = READERS | MACHINES
UNION_NAME = "all populations together"


@dataclass(frozen=True, eq=False)
class Column:
    """A column: its name for machines, its heading for readers, and the faces that have it."""

    is_text: ClassVar[bool] = False  # text columns come first, and are read from the left
    marks: ClassVar[bool] = False  # whether its cells mark intervals that are extended to a limit
    key: str
    heading: str | None = None  # on a page; by default the key
    short: str | None = None  # on a terminal; by default the heading
    plain: str | None = None  # in JSON; by default the key
    faces: Faces = EVERY

    def headings(self, face: str, interval: Interval) -> Sequence[str]:
        """Return the headings of its cells on a face."""
        del interval
        return [self._heading(face)]

    def _heading(self, face: str) -> str:
        page = self.key if self.heading is None else self.heading
        if face == "csv":
            return self.key
        return page if face == "page" or self.short is None else self.short

    @property
    def json_key(self) -> str:
        """Its name in the rows of JSON."""
        return self.key if self.plain is None else self.plain

    def cells(self, value: Any, face: str) -> Sequence[Any]:
        """Return a value as cells: texts for readers, values for machines."""
        return [value if face == "csv" else self.shown(value)]

    def beside(self, values: Iterable[Any]) -> Column:
        """Return the column as it shows these values below each other."""
        del values
        return self

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        return str(value)


class Text(Column):
    """Words that are safe to show already."""

    is_text: ClassVar[bool] = True


class Label(Text):
    """A label from the data, which may hold anything."""

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        return named(value)


class Group(Text):
    """A population, or None for the union of all."""

    def headings(self, face: str, interval: Interval) -> Sequence[str]:
        """Return the headings of its cells on a face."""
        return ["scope", self.key] if face == "csv" else super().headings(face, interval)

    def cells(self, value: Any, face: str) -> Sequence[Any]:
        """Return a value as cells."""
        if face == "csv":
            return ["union", ""] if value is None else ["population", value]
        return [UNION_NAME if value is None else named(value)]


@dataclass(frozen=True, eq=False)
class Pair(Text):
    """Two labels: two cells, or one cell on a page where it has a heading of its own."""

    apart: tuple[str, str] = ("goal", "other goal")
    keys: tuple[str, str] = ("goal", "goal_other")

    def headings(self, face: str, interval: Interval) -> Sequence[str]:
        """Return the headings of its cells on a face."""
        if face == "csv":
            return self.keys
        return self.apart if self.heading is None else super().headings(face, interval)

    def cells(self, value: Any, face: str) -> Sequence[Any]:
        """Return a value as cells."""
        if face == "csv":
            return list(value)
        return list(map(named, value)) if self.heading is None else [pair_name(value)]


class Shown(Column):
    """Text among the numbers, such as an interval that is no estimate's."""


class Count(Column):
    """A number of agents, answers or rows."""

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        return count(float(value))


class Effective(Column):
    """An effective sample size."""

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        return effective(value)


@dataclass(frozen=True, eq=False)
class Number(Column):
    """A plain number in a format; a dash where there is none."""

    form: str = ".3f"

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        if value is None or not math.isfinite(value):
            return NOTHING
        return signed(format(value, self.form))


@dataclass(frozen=True, eq=False)
class Part(Column):
    """A part of a variance, estimated from a number of draws."""

    draws: int = 1

    def shown(self, value: Any) -> str:
        """Return a value as readers see it."""
        return part(value, self.draws)


@dataclass(frozen=True, eq=False)
class Above(Column):
    """The posterior probability that an estimate exceeds a level."""

    level: float | None = 0.0

    def cells(self, value: Any, face: str) -> Sequence[Any]:
        """Return a value as cells."""
        if face == "csv":
            hidden = value is None or value.withheld or self.level is None
            return [None if hidden else value.probability_above(self.level)]
        text = exceeding(value, self.level or 0.0)
        if face == "terminal":
            text = text.replace("less than", "<").replace("more than", ">")
        return [text]


@dataclass(frozen=True, eq=False)
class OfEstimates(Column):
    """A column of estimates, all with as many decimals."""

    marks: ClassVar[bool] = True
    decimals: int | None = None  # by default those of each estimate

    def beside(self, values: Iterable[Any]) -> Column:
        """Return the column as it shows these values below each other."""
        found = common_decimals(value for value in values if isinstance(value, Estimate))
        return replace(self, decimals=found)


class Mean(OfEstimates):
    """An estimate: mean and interval for readers, all its numbers for machines."""

    def headings(self, face: str, interval: Interval) -> Sequence[str]:
        """Return the headings of its cells on a face."""
        if face == "csv":
            return NUMBERS
        of = f"{100 * interval.mass:g} % {interval.kind}" if face == "terminal" else interval.short
        return [self._heading(face), of]

    def cells(self, value: Estimate | None, face: str) -> Sequence[Any]:
        """Return a value as cells."""
        if face == "csv":
            return [None] * len(NUMBERS) if value is None else numbers(value)
        if value is None:
            return ["", ""]
        return [mean_text(value, self.decimals), interval_text(value, self.decimals)]


class Brief(OfEstimates):
    """An estimate in one cell: mean and interval for readers, the mean for machines."""

    def cells(self, value: Estimate | None, face: str) -> Sequence[Any]:
        """Return a value as cells."""
        if face == "csv":
            return [None if value is None or value.withheld else value.mean]
        if value is None:
            return [NOTHING]
        return [estimate_text(value, marked=True, decimals=self.decimals)]


def numbers(estimate: Estimate) -> list[Any]:
    """Return the numbers of an estimate in the order of `NUMBERS`."""
    return list(estimate.numbers().values())
