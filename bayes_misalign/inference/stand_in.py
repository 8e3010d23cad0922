"""One population as a stand-in for another: which is nearest, and how many people it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference.derived import between, two_populations
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.page.estimate import Estimate, cells_of, columns_of, common_decimals
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.number_text import effective, probability
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
By = Literal["excess", "between"]
WITHHELD = "withheld: the fit has not converged. Fix: sample longer"
NOT_A_DISTANCE = (
    "Conflict levels are no distance here: errors of shares may cancel, and the excess can be "
    "negative."
)


def excess(drawn: Drawn, one: str, other: str) -> Estimate:
    """Return by how much two populations conflict more than they do within."""
    a, b, conflict = two_populations(drawn, one, other)
    return drawn.estimate(f"excess of {one} and {other}", measure.excess(a, b, conflict))


@dataclass(frozen=True)
class Nearest(Framed):
    """How near a population is to others, the most probably nearest first.

    Parameters
    ----------
    of : str
        The population.
    by : {"excess", "between"}
        What is smallest for the nearest one.
    probabilities : dict of str to float
        Posterior probability that a population is the nearest; they sum to 1.
    excess, between : dict of str to Estimate
        The excess, and P(ma) between the two.
    """

    of: str
    by: By
    probabilities: dict[str, float]
    excess: dict[str, Estimate]
    between: dict[str, Estimate]

    @property
    def title(self) -> str:
        """What the rows are."""
        smallest = "excess" if self.by == "excess" else "P(ma) between"
        return f"To which population {named(self.of)} is nearest (smallest {smallest})"

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a population and quantity a row."""
        pairs = [
            ((name, what), found[name])
            for name in self.probabilities
            for what, found in (("excess", self.excess), ("between", self.between))
        ]
        columns = columns_of(("population", "quantity"), pairs)
        columns["probability_nearest"] = [
            None if e.withheld else self.probabilities[name] for (name, _), e in pairs
        ]
        return columns

    def _chance(self, value: float) -> str:
        found = list((self.excess if self.by == "excess" else self.between).values())
        if len(found) == 1 or all(e.sd == 0 for e in found):
            return f"{value:.3g}"
        return probability(value, found[0].draws.size)

    def _cells(self) -> Cells:
        first = next(iter(self.excess.values()))
        apart, across = (common_decimals(e.values()) for e in (self.excess, self.between))
        rows = [
            [
                named(name),
                "withheld" if first.withheld else self._chance(chance),
                *cells_of(self.excess[name], apart),
                *cells_of(self.between[name], across),
            ]
            for name, chance in self.probabilities.items()
        ]
        kind = first.interval_kind.short
        columns = ["population", "P(nearest)", "excess", kind, "P(ma) between", kind]
        return Cells(columns, rows, self.title)

    def __str__(self) -> str:
        """Return a table as text."""
        return _as_text(self._cells())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self._cells())


def nearest(drawn: Drawn, of: str, among: Sequence[str] | None, by: By) -> Nearest:
    """Return how near a population is to each of some others."""
    if by not in get_args(By):
        raise StudyError(f'by is "excess" or "between", not {by!r}')
    others = [s for s in drawn.populations if s != of] if among is None else list(among)
    drawn.place(of)
    if of in others or len(set(others)) != len(others) or len(others) < 1:
        raise StudyError(f"among names populations other than {of!r}, each once")
    apart = {s: excess(drawn, of, s) for s in others}
    across = {s: between(drawn, of, s) for s in others}
    found = apart if by == "excess" else across
    distances = np.stack([found[s].draws.ravel() for s in others])
    least = distances <= distances.min(axis=0)  # those that tie share the draw
    chances = (least / least.sum(axis=0)).mean(axis=1)
    order = sorted(range(len(others)), key=lambda i: (-chances[i], found[others[i]].draws.mean()))
    names = [others[i] for i in order]
    return Nearest(
        of,
        by,
        {others[i]: float(chances[i]) for i in order},
        {s: apart[s] for s in names},
        {s: across[s] for s in names},
    )


@dataclass(frozen=True)
class EquivalentSample(Framed):
    """How many people, drawn at random, tell as much about people as a stand-in does.

    The mean of this number need not exist, and so it has none: it is as large as one likes where
    shares agree.

    Parameters
    ----------
    stand_in, people : str
        The populations.
    answers : float
        How many answers of the stand-in are used; infinity for as many as one likes.
    excess : Estimate
        What the number comes from.
    draws : ndarray, shape (draw,)
        Posterior draws of the number; some may be infinite.
    is_distance : bool
        Whether mean conflict levels make the error of shares a squared distance; see
        `measure.conditionally_negative_definite`.
    """

    stand_in: str
    people: str
    answers: float
    excess: Estimate
    draws: Array = field(repr=False)
    is_distance: bool = True

    def _shown(self) -> Array:
        if self.excess.withheld:
            raise ResultError(f"the equivalent sample size is {WITHHELD}")
        return self.draws

    @property
    def median(self) -> float:
        """Posterior median."""
        return float(np.quantile(self._shown(), 0.5, method="higher"))

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the equal-tailed interval with the mass of the study's intervals."""
        mass = self.excess.interval_kind.mass
        # one of the draws: between a number and infinity there is no mean
        low, high = np.quantile(self._shown(), [(1 - mass) / 2, (1 + mass) / 2], method="higher")
        return float(low), float(high)

    def probability_above(self, n: float) -> float:
        """Return the posterior probability that the number exceeds n."""
        return float((self._shown() > n).mean())

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, which has one row."""
        known = not self.excess.withheld
        low, high = self.interval if known else (None, None)
        return {
            "stand_in": [self.stand_in],
            "people": [self.people],
            "answers": [self.answers],
            "median": [self.median if known else None],
            "lower": [low],
            "upper": [high],
            "mass": [self.excess.interval_kind.mass],
        }

    def __str__(self) -> str:
        """Return the number with its interval, and what it is of."""
        many = "" if np.isinf(self.answers) else f"{self.answers:,.0f} "
        what = f"{many}answers of {named(self.stand_in)} for {named(self.people)}"
        mass = f"{100 * self.excess.interval_kind.mass:g} % equal-tailed interval "
        text = f"Equivalent sample size of {what}: {self.text(mass)}"
        return text if self.is_distance or self.excess.withheld else f"{text}\n{NOT_A_DISTANCE}"

    def text(self, mass: str = "") -> str:
        """Return the median and the interval, after what the interval is called."""
        if self.excess.withheld:
            return "withheld (not converged)"
        low, high = self.interval
        if low == high:
            return f"{_size(low)} (known)"
        return f"median {_size(self.median)} ({mass}{_size(low)} to {_size(high)})"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        what, _, number = str(self).partition("\n")[0].rpartition(": ")
        note = "" if self.is_distance else NOT_A_DISTANCE
        return as_html(Cells(["people who tell as much"], [[number]], what, note=note))


def equivalent_sample(drawn: Drawn, stand_in: str, people: str, answers: float) -> EquivalentSample:
    """Return how many people tell as much about people as a stand-in does."""
    if stand_in == people:
        raise StudyError(f"a stand-in is another population, not {people!r} again")
    if not answers > 0:
        raise StudyError(f"answers is a positive number, not {answers:g}")
    q, p, conflict = two_populations(drawn, stand_in, people)
    sizes = measure.equivalent_sample_size(p, q, conflict, answers=answers)
    return EquivalentSample(
        stand_in,
        people,
        answers,
        excess(drawn, stand_in, people),
        sizes,
        measure.conditionally_negative_definite(drawn.mean_conflict),
    )


def _size(n: float) -> str:
    return "infinity" if np.isinf(n) else effective(n)


def _as_text(cells: Cells) -> str:
    lines = [list(cells.columns), *(list(map(str, row)) for row in cells.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join([cells.caption, *padded])
