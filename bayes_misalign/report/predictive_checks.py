"""Whether data like those observed come out of the posterior, figure by figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.errors import ResultError
from bayes_misalign.inference.free_variables import sampled_sources
from bayes_misalign.inference.predictive import Replicates, replicate
from bayes_misalign.settings import EVERYONE

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior

REPLICATED = 400  # data sets
MASS = 0.95


@dataclass(frozen=True, eq=False)
class Check:
    """One figure of what was observed, and where its replicates lie.

    Parameters
    ----------
    what : str
        What the figure is.
    label : str
        What it is of.
    observed, low, high : float
        As it was observed, and the central 95 % of replicates.
    below : float
        Part of replicates that are smaller, half of the equal ones among them.
    """

    what: str
    label: str
    observed: float
    low: float
    high: float
    below: float

    @property
    def outside(self) -> bool:
        """Whether the figure lies outside the central part of its replicates."""
        return not self.low <= self.observed <= self.high

    @property
    def oddity(self) -> float:
        """How far from the middle of its replicates the figure lies, from 0 to 1/2."""
        return abs(self.below - 0.5)


def check_data(result: Posterior, *, every: bool = False) -> tuple[Check, ...]:
    """Return the checks of all evidence whose model was sampled; none of a result without draws.

    Figures are parts of what they are counted from, where there is such a total. With `every` also
    those of exact draws, which a report leaves out.
    """
    if result.withheld or (result.diagnosis.method == "exact" and not every):
        return ()
    _, rows = result.evenly(REPLICATED)
    seed = result.study.fitting.seed
    sampled = None if every else sampled_sources(result.study, result.groups)
    try:
        found = replicate(result.study, result.groups, rows, seed, compared=True, sources=sampled)
    except ResultError:
        return ()  # a result of a version that kept less
    return tuple(check for one in found for check in _checks(one, result))


def _checks(one: Replicates, result: Posterior) -> Sequence[Check]:
    seen = one.observed
    values, again = np.asarray(seen.values, dtype=float), one.replicated
    what = seen.what
    if seen.totals is not None:
        total = np.broadcast_to(seen.totals, values.shape)
        ok = total > 0
        safe = np.where(ok, total, 1.0)
        values, again, what = values / safe, again / safe, f"{what}, as parts"
    else:
        ok = np.ones(values.shape, dtype=bool)
    own = {"population": result.populations, "goal": result.categories, **seen.coords}
    names = [
        own.get(dim, tuple(map(str, range(n))))
        for dim, n in zip(seen.dims, values.shape, strict=True)
    ]
    alpha = (1 - MASS) / 2
    low, high = np.quantile(again, [alpha, 1 - alpha], axis=0)
    below = ((again < values).mean(axis=0) + (again <= values).mean(axis=0)) / 2
    found = []
    for place, label in zip(np.ndindex(values.shape), product(*names), strict=True):
        if ok[place]:
            text = ", ".join(part for part in label if part != EVERYONE) or what
            numbers = (x[place] for x in (values, low, high, below))
            found.append(Check(what, text, *map(float, numbers)))
    return found


def shown_checks(checks: Sequence[Check], most: int) -> list[Check]:
    """Return the oddest checks, in their own order."""
    places = sorted(range(len(checks)), key=lambda i: -checks[i].oddity)[:most]
    return [checks[i] for i in sorted(places)]
