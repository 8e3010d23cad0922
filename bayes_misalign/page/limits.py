"""Values that a number cannot pass, and when its posterior piles up at one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# An even split of 2, 3 or 8 goals is recognised in 0.86 to 0.97 of all samples from here to there:
# 1.10 to 1.13. See `benchmarks/tie_coverage.py`.
PILED_UP = 1.12  # mean distance from a limit, in standard deviations of the distance
NEAR, FEWEST_NEAR = 0.05, 0.05  # of the way to a limit; part of the draws that lie so near
MAXIMUM, MINIMUM = "attainable maximum", "attainable minimum"


@dataclass(frozen=True)
class Limit:
    """A value that a number cannot pass, and how far its draws stay from it.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        The limit, draw by draw where it is uncertain itself; a single one where it is known.
    gaps : ndarray, shape (draw,)
        Distance of each draw from the limit, as a part of the range between both limits, in [0, 1].
    upper : bool
        Whether it is the largest value, or the smallest.
    """

    values: Array
    gaps: Array
    upper: bool = True

    @property
    def piled_up(self) -> bool:
        """Whether draws pile up here: their mean distance is below 1.12 of its sd, some near."""
        mean, sd = float(self.gaps.mean()), float(self.gaps.std())
        return mean < PILED_UP * sd and float(np.quantile(self.gaps, FEWEST_NEAR)) < NEAR

    def end(self, mass: float) -> float:
        """Return where an interval that is extended to the limit ends."""
        return float(np.quantile(self.values, (1 + mass) / 2 if self.upper else (1 - mass) / 2))

    def of_complement(self) -> Limit:
        """Return the same limit of one minus the number."""
        return replace(self, values=1 - self.values, upper=not self.upper)


def zero(parts: Array) -> Limit:
    """Return the limit zero of a number, given as parts of its largest value."""
    return Limit(np.zeros(1), parts, upper=False)


def one(parts: Array) -> Limit:
    """Return the limit one of parts of a largest value."""
    return Limit(np.ones(1), 1 - parts)
