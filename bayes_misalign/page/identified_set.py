"""What a number may be where data leave it open, and the interval that holds it wherever it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bayes_misalign.page.estimate import Estimate

MOST_STEPS = 200  # of a bisection


@dataclass(frozen=True, eq=False)
class IdentifiedSet:
    """What P(ma) may be where data leave it open.

    Parameters
    ----------
    lower, upper : float
        Posterior means of its smallest and its largest value.
    interval : (float, float)
        Interval that holds P(ma), wherever in the set it lies.
    mass : float
        Probability with which the interval does so.
    """

    lower: float
    upper: float
    interval: tuple[float, float]
    mass: float

    def as_dict(self) -> dict[str, Any]:
        """Return the set as plain numbers."""
        return {
            "set": [self.lower, self.upper],
            "interval": list(self.interval),
            "mass": self.mass,
        }


def critical_value(width: float, mass: float) -> float:
    """Return how many standard errors the interval reaches beyond each end of the set.

    Parameters
    ----------
    width : float
        Width of the set over the larger of the standard errors of its ends.
    mass : float
        Probability with which the interval is to hold any one point of the set.

    Notes
    -----
    The C of Phi(C + width) - Phi(-C) = mass: the two-sided quantile where the set is a point, the
    one-sided where it is wide, for a point then lies near one end at most (Imbens and Manski,
    Econometrica 72, 2004, equation 6).

    Examples
    --------
    >>> round(critical_value(0.0, 0.95), 3), round(critical_value(10.0, 0.95), 3)
    (1.96, 1.645)
    """

    def normal(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    low, high = 0.0, 40.0
    for _ in range(MOST_STEPS):
        middle = (low + high) / 2
        short = normal(middle + width) - normal(-middle) < mass
        low, high = (middle, high) if short else (low, middle)
    return (low + high) / 2


def identified_between(lower: Estimate, upper: Estimate) -> IdentifiedSet:
    """Return the set between two estimates of its ends.

    Notes
    -----
    Posterior means and sds of the ends stand for their estimates and standard errors. The interval
    ends at the largest draw of the largest value at most: what no draw passes cannot be passed.
    """
    mass, error = lower.interval_kind.mass, max(lower.sd, upper.sd)
    width = (upper.mean - lower.mean) / error if error > 0 else math.inf
    beyond = critical_value(width, mass)
    most = max(float(upper.draws.max()), upper.mean)
    interval = (max(0.0, lower.mean - beyond * lower.sd), min(most, upper.mean + beyond * upper.sd))
    return IdentifiedSet(lower.mean, upper.mean, interval, mass)
