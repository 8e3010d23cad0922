"""The interval for P(ma) that is identified up to a set only, over a row of assumed error rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayes_misalign.page.estimate import Estimate, Estimates

MOST_STEPS = 200  # of a bisection


@dataclass(frozen=True)
class IdentifiedSet:
    """What P(ma) may be where data leave its error rates open.

    Parameters
    ----------
    lower, upper : float
        Smallest and largest posterior mean of P(ma) over the error rates.
    interval : (float, float)
        Interval that holds P(ma), wherever in the set it lies.
    mass : float
        Probability with which the interval does so.
    rates : tuple of str
        The error rates, those left out that the reports speak against.
    """

    lower: float
    upper: float
    interval: tuple[float, float]
    mass: float
    rates: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the set as plain numbers."""
        return {
            "set": [self.lower, self.upper],
            "interval": list(self.interval),
            "mass": self.mass,
            "error_rates": [float(rate) for rate in self.rates],
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


def identified_sets(
    assumed: Mapping[str, Estimates], against: Mapping[str, bool]
) -> dict[str, IdentifiedSet]:
    """Return the identified set of P(ma) by population, over the rates that are not ruled out.

    Empty where nothing is assumed, or numbers are withheld.

    Notes
    -----
    Posterior means and sds of P(ma) stand for the estimates of the ends and their standard errors.
    """
    rates = [rate for rate in assumed if not against.get(rate, False)] or list(assumed)
    if not rates or any(e.withheld for e in assumed[rates[0]].values()):
        return {}
    return {
        population: _of([assumed[rate][population] for rate in rates], tuple(rates))
        for population in assumed[rates[0]]
    }


def _of(estimates: list[Estimate], rates: tuple[str, ...]) -> IdentifiedSet:
    first, last = (pick(estimates, key=lambda e: e.mean) for pick in (min, max))
    mass, error = first.interval_kind.mass, max(first.sd, last.sd)
    width = (last.mean - first.mean) / error if error > 0 else math.inf
    beyond = critical_value(width, mass)
    interval = (max(0.0, first.mean - beyond * first.sd), min(1.0, last.mean + beyond * last.sd))
    return IdentifiedSet(first.mean, last.mean, interval, mass, rates)
