"""What came of planning: how many of each kind of measurement, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.inference.plan_aims import Aim
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.safe_text import named


@dataclass(frozen=True)
class Size:
    """Simulated studies with one number of measurements.

    Parameters
    ----------
    measurement : str
        What there is another number of.
    number : int
        How many, in all populations and of all pairs together.
    of : str
        The population, or the pair of them, for which the aim is farthest.
    average : float
        Mean width of the interval, or part of the studies that decide, for it.
    error : float
        Standard error of that, from the number of simulated studies.
    """

    measurement: str
    number: int
    of: str
    average: float
    error: float


@dataclass(frozen=True)
class Kind:
    """One kind of measurement.

    Parameters
    ----------
    name : str
        What is counted.
    now : float
        How many the study has.
    same : str
        What stays as it is, in words.
    sizes : tuple of Size
        Simulated studies, by their number of measurements.
    limit : float
        What the average comes to when there are ever more of these, all else as it is; NaN where
        they never tell all, as labels of a sample of agents.
    needed : float
        The smallest number that is enough; infinity where none is, NaN where one is, but more than
        was tried.
    cost : float, optional
        Of one.
    closed : float, optional
        The number by the delta method, where studies are drawn exactly and the aim is a width.
    most : float, optional
        The largest number that was tried, or that need not be, because the last doubling gained too
        little.
    """

    name: str
    now: float
    same: str
    sizes: tuple[Size, ...]
    limit: float
    needed: float
    cost: float | None = None
    closed: float | None = None
    most: float | None = None

    def at(self, number: float) -> Size | None:
        """Return the simulated studies with so many."""
        return next((size for size in self.sizes if size.number == round(number)), None)

    @property
    def doubling(self) -> float:
        """By how much twice as many change the average; NaN where that was not tried."""
        one, two = self.at(self.now), self.at(2 * round(self.now))
        return np.nan if one is None or two is None else two.average - one.average

    @property
    def worth(self) -> float | None:
        """The same for a unit of the cost of that many more."""
        return None if self.cost is None else self.doubling / (self.now * self.cost)

    @property
    def needed_text(self) -> str:
        """How many are needed, in words."""
        if np.isinf(self.needed):
            return "no number is enough"
        most = self.most or max(size.number for size in self.sizes)
        return f"more than {most:,}" if np.isnan(self.needed) else f"{self.needed:,.0f}"


class Plan(Sequence[Kind], Framed):
    """How many of each kind of measurement a study needs, one kind at a time.

    Parameters
    ----------
    aim : Aim
        What the study is to reach.
    kinds : sequence of Kind
        The kinds of measurement.
    simulations : int
        Simulated studies of each size.
    notes : sequence of str
        What a reader should know.
    """

    def __init__(
        self, aim: Aim, kinds: Sequence[Kind], simulations: int, notes: Sequence[str]
    ) -> None:
        self.aim, self.simulations, self.notes = aim, simulations, tuple(notes)
        self._kinds = tuple(kinds)

    def __getitem__(self, place: Any) -> Any:
        """Return the kind at a place, or several; a text is the name of one."""
        if isinstance(place, str):
            return next(kind for kind in self._kinds if kind.name == place)
        return self._kinds[place]

    def __len__(self) -> int:
        """Return how many kinds of measurement there are."""
        return len(self._kinds)

    @property
    def costed(self) -> bool:
        """Whether the cost of some kind is known."""
        return any(kind.cost is not None for kind in self)

    @property
    def best(self) -> Kind | None:
        """The kind that changes the average most for a unit of cost; None without costs."""
        known = [kind for kind in self if kind.worth is not None and np.isfinite(kind.worth)]
        sign = 1 if self.aim.rising else -1
        return max(known, key=lambda kind: sign * (kind.worth or 0.0), default=None)

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a size a row."""
        rows = [(kind, size) for kind in self for size in kind.sizes]
        return {
            "measurement": [kind.name for kind, _ in rows],
            "now": [kind.now for kind, _ in rows],
            "number": [size.number for _, size in rows],
            "farthest": [size.of for _, size in rows],
            self.aim.heading.replace(" ", "_"): [size.average for _, size in rows],
            "standard_error": [size.error for _, size in rows],
            "limit": [kind.limit for kind, _ in rows],
            "needed": [kind.needed for kind, _ in rows],
            "needed_closed_form": [kind.closed for kind, _ in rows],
            "cost_of_one": [kind.cost for kind, _ in rows],
        }

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """Return headings and rows of its table, a kind of measurement a row."""
        columns = ["measurement", "now", self.aim.heading, "twice as many", "ever more", "needed"]
        closed = any(kind.closed is not None for kind in self)
        columns += ["by the delta method"] if closed else []
        columns += ["cost", "change per unit of cost"] if self.costed else []
        rows = []
        for kind in self:
            one, two = kind.at(kind.now), kind.at(2 * round(kind.now))
            row = [kind.name, f"{kind.now:,.0f}", *map(_text, (one, two))]
            row += ["" if np.isnan(kind.limit) else f"{kind.limit:.3f}", kind.needed_text]
            if closed:
                row.append("" if kind.closed is None else f"{kind.closed:,.0f}")
            if self.costed:
                spent = np.nan if kind.cost is None else kind.needed * kind.cost
                row.append(f"{spent:,.0f}" if np.isfinite(spent) else "")
                row.append("" if kind.worth is None else f"{kind.worth:.2g}")
            rows.append(row)
        return columns, rows

    @property
    def farthest(self) -> tuple[str, ...]:
        """The populations that are farthest from the aim with as many measurements as now."""
        found = (kind.at(kind.now) for kind in self)
        return tuple(dict.fromkeys(size.of for size in found if size is not None and size.of))

    @property
    def said(self) -> list[str]:
        """What is needed, in sentences."""
        lines = []
        if self.farthest:
            lines.append(f"Farthest from it is {' or '.join(map(named, self.farthest))}.")
        for kind in self:
            rest = f" ({kind.same})" if kind.same else ""
            if np.isinf(kind.needed):
                lines.append(
                    f"However many {kind.name}, {self.aim.heading} stays at about "
                    f"{kind.limit:.3f} or {'less' if self.aim.rising else 'more'} while all else "
                    "is as it is."
                )
            else:
                lines.append(f"{kind.name.capitalize()}: {kind.needed_text}{rest}.")
        if (best := self.best) is not None and len([k for k in self if k.cost is not None]) > 1:
            lines.append(f"Most for a unit of cost: {best.name}.")
        return lines

    def __str__(self) -> str:
        """Return the aim, what is needed, and what was simulated."""
        columns, rows = self.cells()
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (columns, *rows)
        ]
        return "\n".join([f"So that {self.aim.words}:", *table, *self.said, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        columns, rows = self.cells()
        note = " ".join([*self.said, *self.notes])
        return as_html(Cells(columns, rows, f"So that {self.aim.words}", note=note))


def _text(size: Size | None) -> str:
    if size is None:
        return ""
    return f"{size.average:.3f}"
