"""Two populations compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayes_misalign.inference.estimate import Estimate


@dataclass(frozen=True)
class Contrast:
    """How P(ma) of one population compares with that of another.

    Parameters
    ----------
    one, other : str
        The populations.
    difference : Estimate
        P(ma) of one minus that of the other.
    ratio : Estimate, optional
        One over the other; None where the other may be near zero.
    """

    one: str
    other: str
    difference: Estimate
    ratio: Estimate | None

    def probability_above(self, difference: float = 0.0) -> float:
        """Return the posterior probability that the difference exceeds a number."""
        return self.difference.probability_above(difference)

    def as_dict(self) -> dict[str, Any]:
        """Return the contrast as plain numbers."""
        withheld = self.difference.withheld
        return {
            "populations": [self.one, self.other],
            "difference": self.difference.as_dict(),
            "ratio": None if self.ratio is None else self.ratio.as_dict(),
            "probability_greater": None if withheld else self.probability_above(),
        }

    def __str__(self) -> str:
        """Return the contrast as one line."""
        if self.difference.withheld:
            return str(self.difference)
        return f"{self.difference}, P(> 0) = {self.probability_above():.3f}"
