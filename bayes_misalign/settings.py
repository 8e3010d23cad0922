"""The numbers that every fit shares, in one place, so that a result can state them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bayes_misalign.errors import StudyError

CHAINS = 4
DRAWS = 1000  # a chain
TUNE = 1000  # a chain, discarded
TARGET_ACCEPT = 0.9
RANDOM_SEED = 20_220_601
# of planning: when a statement is known, and in which part of studies it is to be
CERTAINTY, POWER = 0.95, 0.8

NO_GOAL = "no goal"  # the label of g_0, the agents who hold no goal in the problem area
EVERYONE = "all"  # the only population of a study that names none

IntervalKind = Literal["eti", "hdi"]


@dataclass(frozen=True)
class Interval:
    """A kind of credible interval: its probability mass and how it is placed.

    Parameters
    ----------
    mass : float
        Posterior probability inside the interval, in (0, 1).
    kind : {"eti", "hdi"}
        Equal-tailed, or of highest density.

    Examples
    --------
    >>> print(Interval())
    95 % equal-tailed interval
    """

    mass: float = 0.95
    kind: IntervalKind = "eti"

    def __post_init__(self) -> None:
        if not 0 < self.mass < 1:
            raise StudyError(f"an interval's mass lies between 0 and 1, not {self.mass}")
        if self.kind not in ("eti", "hdi"):
            raise StudyError(f"an interval is 'eti' or 'hdi', not {self.kind!r}")

    @property
    def short(self) -> str:
        """Its name where its kind was said before."""
        return f"{100 * self.mass:g} % interval"

    def __str__(self) -> str:
        """Return the interval's name in full."""
        placed = "equal-tailed" if self.kind == "eti" else "highest-density"
        return f"{100 * self.mass:g} % {placed} interval"


INTERVAL = Interval()
