"""Two populations compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import Change
from bayes_misalign.page.estimate import Estimate, cells_of, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.number_text import exceeding
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
STEADY = 4.0  # sds from zero, for a number to be divided by


@dataclass(frozen=True, eq=False)
class Contrast(Framed):
    """How P(ma) of one population compares with that of another.

    Parameters
    ----------
    one, other : str
        The populations.
    difference : Estimate
        P(ma) of one minus that of the other.
    ratio : Estimate, optional
        One over the other; None where the other may be near zero.
    due_to_conflict, due_to_shares : Estimate, optional
        Parts of the difference due to conflict levels and due to goal shares; None where conflict
        levels are the same in both populations by assumption.
    conflict_share : Estimate, optional
        The part due to conflict levels over the difference; None where that may be near zero.
    """

    one: str
    other: str
    difference: Estimate
    ratio: Estimate | None
    due_to_conflict: Estimate | None = None
    due_to_shares: Estimate | None = None
    conflict_share: Estimate | None = None

    @property
    def parts(self) -> dict[str, Estimate]:
        """The parts of the difference by what they are due to; empty where it is not split."""
        if self.due_to_conflict is None or self.due_to_shares is None:
            return {}
        return {"conflict levels": self.due_to_conflict, "goal shares": self.due_to_shares}

    def probability_above(self, difference: float = 0.0) -> float:
        """Return the posterior probability that the difference exceeds a number."""
        return self.difference.probability_above(difference)

    def as_dict(self) -> dict[str, Any]:
        """Return the contrast as plain numbers."""
        withheld = self.difference.withheld
        split = (self.due_to_conflict, self.due_to_shares, self.conflict_share)
        names = ("due_to_conflict", "due_to_shares", "conflict_share")
        return {
            "populations": [self.one, self.other],
            "difference": self.difference.as_dict(),
            "ratio": None if self.ratio is None else self.ratio.as_dict(),
            "probability_greater": None if withheld else self.probability_above(),
            **{
                name: None if part is None else part.as_dict()
                for name, part in zip(names, split, strict=True)
                if self.parts
            },
        }

    def quantities(self) -> dict[str, Estimate]:
        """Return every estimate by what it is, the difference first."""
        found: dict[str, Estimate | None] = {"difference": self.difference, "ratio": self.ratio}
        found |= {f"difference due to {cause}": part for cause, part in self.parts.items()}
        if self.parts:
            found["part of the difference due to conflict levels"] = self.conflict_share
        return {what: estimate for what, estimate in found.items() if estimate is not None}

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a quantity a row."""
        found = self.quantities()
        names = ("population", "population_other", "quantity")
        rows = (((self.one, self.other, what), estimate) for what, estimate in found.items())
        columns = columns_of(names, rows)
        columns["probability_above_0"] = [
            None if estimate.withheld or not what.startswith("difference") else _above(estimate)
            for what, estimate in found.items()
        ]
        return columns

    def _repr_html_(self) -> str:
        rows = [
            [
                what,
                *cells_of(estimate),
                exceeding(estimate, 0.0) if what.startswith("difference") else "",
            ]
            for what, estimate in self.quantities().items()
        ]
        caption = f"P(ma) of {named(self.one)} compared with that of {named(self.other)}"
        columns = ["quantity", "mean", str(self.difference.interval_kind), "probability > 0"]
        return as_html(Cells(columns, rows, caption))

    def __str__(self) -> str:
        """Return the contrast as one line."""
        if self.difference.withheld:
            return str(self.difference)
        return f"{self.difference}, P(> 0): {exceeding(self.difference, 0.0)}"

    __repr__ = __str__


def compare(
    one: str,
    other: str,
    draws: Array,
    draws_other: Array,
    estimate: Callable[[str, Array], Estimate],
    parts: Change | None = None,
) -> Contrast:
    """Return how P(ma) of one population compares with that of another.

    Parameters
    ----------
    one, other : str
        The populations.
    draws, draws_other : ndarray, shape (draw,)
        Their P(ma).
    estimate : callable
        Makes an estimate of a name and draws.
    parts : Change, optional
        The difference taken apart, where conflict levels differ by population.

    Returns
    -------
    Contrast
    """
    apart = draws - draws_other
    difference = estimate(f"{one} - {other}", apart)
    ratio = estimate(f"{one} / {other}", draws / draws_other) if _steady(draws_other) else None
    if parts is None:
        return Contrast(one, other, difference, ratio)
    divisible = _steady(apart) or _steady(-apart)
    due = parts.due_to_conflict
    return Contrast(
        one,
        other,
        difference,
        ratio,
        estimate(f"{one} - {other}, due to conflict levels", due),
        estimate(f"{one} - {other}, due to goal shares", parts.due_to_shares),
        estimate("part due to conflict levels", due / apart) if divisible else None,
    )


def _above(estimate: Estimate) -> float:
    return estimate.probability_above(0.0)


def _steady(draws: Array) -> bool:
    # near zero a ratio has no mean that draws could find
    return bool((draws > 0).all() and draws.mean() > STEADY * draws.std())
