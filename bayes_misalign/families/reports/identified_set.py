"""The interval for P(ma) that is identified up to a set only, over a row of assumed error rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayes_misalign.page import identified_set as page
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.identified_set import identified_between


@dataclass(frozen=True)
class IdentifiedSet(page.IdentifiedSet):
    """What P(ma) may be over the error rates that data leave open.

    Parameters
    ----------
    rates : tuple of str
        The error rates, those left out that the reports speak against.
    """

    rates: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the set as plain numbers."""
        return {**super().as_dict(), "error_rates": [float(rate) for rate in self.rates]}


def identified_sets(
    assumed: Mapping[str, Estimates], against: Mapping[str, bool]
) -> dict[str, IdentifiedSet]:
    """Return the identified set of P(ma) by population, over the rates that are not ruled out.

    Empty where nothing is assumed, or numbers are withheld.
    """
    rates = [rate for rate in assumed if not against.get(rate, False)] or list(assumed)
    if not rates or any(e.withheld for e in assumed[rates[0]].values()):
        return {}
    return {
        population: _of([assumed[rate][population] for rate in rates], tuple(rates))
        for population in assumed[rates[0]]
    }


def _of(estimates: list[Estimate], rates: tuple[str, ...]) -> IdentifiedSet:
    found = identified_between(*(pick(estimates, key=lambda e: e.mean) for pick in (min, max)))
    return IdentifiedSet(found.lower, found.upper, found.interval, found.mass, rates)
