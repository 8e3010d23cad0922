"""The columns of a table by what they are."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

SEVERAL = ("population", "counts", "several")  # roles that several columns have together


@dataclass(frozen=True)
class Roles:
    """The columns of a table by what they are; None is no column."""

    goal: str | None = None
    population: tuple[str, ...] = ()
    weight: str | None = None
    id: str | None = None
    wave: str | None = None
    rater: str | None = None
    count: str | None = None
    weight_sum: str | None = None
    weight_sq_sum: str | None = None
    percent: str | None = None
    asked: str | None = None
    counts: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    cluster: str | None = None
    strata: str | None = None
    fpc: str | None = None

    @property
    def of_goals(self) -> tuple[Any, ...]:
        """The columns that hold answers, whatever their form."""
        return self.goal, self.counts, self.several

    def named(self) -> dict[str, str | tuple[str, ...]]:
        """Return the roles that have a column."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    def given(self, role: str, column: str | None) -> Roles:
        """Return the same roles, but for a column in the place of one, or none."""
        value: Any = column or None
        if role in SEVERAL:
            value = (column,) if column else ()
        return replace(self, **{role: value})

    def columns(self) -> list[str]:
        """Return the columns that have a role."""
        found: list[str] = []
        for value in self.named().values():
            found += [value] if isinstance(value, str) else list(value)
        return found
