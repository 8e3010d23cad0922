"""What came of planning two kinds of measurement together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayes_misalign.inference.plan_aims import Aim
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.safe_text import named

CHEAP = 1.1  # times the least cost: combinations that are about as cheap


@dataclass(frozen=True)
class Combination:
    """Simulated studies with so many of two kinds of measurement.

    Parameters
    ----------
    numbers : (int, int)
        How many of each kind.
    cost : float
        Of all of them.
    of : str
        The population, or the pair of them, for which the aim is farthest.
    average : float
        Mean width of the interval, or part of the studies that decide, for it.
    error : float
        Standard error of that, from the number of simulated studies.
    """

    numbers: tuple[int, int]
    cost: float
    of: str
    average: float
    error: float


@dataclass(frozen=True)
class JointPlan(Framed):
    """How many of two kinds of measurement together a study needs.

    Parameters
    ----------
    aim : Aim
        What the study is to reach.
    names : (str, str)
        What is counted.
    now : (int, int)
        How many there are.
    costs : (float, float)
        Of one of each.
    tried : tuple of Combination
        All studies that were simulated.
    enough : tuple of Combination
        By the number of the first kind, the fewest of the second that are enough.
    cheapest : Combination or None
        The cheapest of these; None where no combination that was tried is enough.
    closed : (float, float) or None
        The cheapest numbers by the delta method, where the study is exact and the aim a width.
    budget : float or None
        What may be spent.
    within : Combination or None
        The combination within the budget that tells most.
    simulations : int
        Studies of each combination.
    notes : tuple of str
        What a reader should know.
    """

    aim: Aim
    names: tuple[str, str]
    now: tuple[int, int]
    costs: tuple[float, float]
    tried: tuple[Combination, ...]
    enough: tuple[Combination, ...]
    cheapest: Combination | None
    closed: tuple[float, float] | None
    budget: float | None
    within: Combination | None
    simulations: int
    notes: tuple[str, ...]

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a combination that was simulated a row."""
        return {
            **{name: [x.numbers[i] for x in self.tried] for i, name in enumerate(self.names)},
            "cost": [x.cost for x in self.tried],
            "farthest": [x.of for x in self.tried],
            self.aim.heading.replace(" ", "_"): [x.average for x in self.tried],
            "standard_error": [x.error for x in self.tried],
            "enough": [self.aim.met(x.average) for x in self.tried],
        }

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """Return headings and rows of its table: combinations that are just enough."""
        columns = [*self.names, "cost", self.aim.heading, "standard error"]
        rows = [[*map(_count, x.numbers), _count(x.cost), *_average(x)] for x in self.enough]
        return columns, rows

    @property
    def said(self) -> list[str]:
        """What is needed, in sentences."""
        lines = []
        if self.cheapest is None:
            lines.append(
                "No combination that was tried is enough, up to "
                f"{_count(self.tried[-1].numbers[0])} {self.names[0]}."
            )
        else:
            x = self.cheapest
            lines.append(f"The cheapest that is enough: {self._of(x.numbers)}, {_cost(x)}.")
            least, most = x.average - 2 * x.error, x.average + 2 * x.error
            lines.append(
                f"There {self.aim.heading} is {x.average:.4f}, known to two standard errors as "
                f"{least:.4f} to {most:.4f}."
            )
            about = [y for y in self.enough if y is not x and y.cost <= CHEAP * x.cost]
            if about:
                others = "; ".join(self._of(y.numbers) for y in about)
                lines.append(f"Not a tenth dearer: {others}.")
        if self.closed is not None:
            lines.append(f"By the delta method: {self._of(self.closed)}.")
        if self.within is not None:
            x = self.within
            lines.append(
                f"Of a budget of {_count(self.budget or 0.0)}, most is told by "
                f"{self._of(x.numbers)}: {self.aim.heading} {x.average:.4f} (standard error "
                f"{x.error:.4f})."
            )
        far = {x.of for x in self.enough if x.of}
        if far:
            lines.append(f"Farthest from the aim is {' or '.join(map(named, sorted(far)))}.")
        return lines

    def _of(self, numbers: tuple[float, float]) -> str:
        both = zip(numbers, self.names, strict=True)
        return " and ".join(f"{_count(n)} {name}" for n, name in both)

    def __str__(self) -> str:
        """Return the aim, combinations that are just enough, and what is needed."""
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


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _cost(x: Combination) -> str:
    return f"at a cost of {x.cost:,.0f}"


def _average(x: Combination) -> tuple[str, str]:
    return f"{x.average:.4f}", f"{x.error:.4f}"
