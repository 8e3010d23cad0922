"""Estimates by the thousand: their numbers worked out together, their draws made when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.quantiles import central, median_of
from bayes_misalign.settings import Interval

Array = NDArray[np.float64]
AT_ONCE = 1 << 16  # numbers that the cache of a processor holds


class OneOfMany(Estimate):
    """An estimate whose draws are made when they are asked for, and kept from then on."""

    def __getattr__(self, name: str) -> Any:
        """Make the draws."""
        if name != "draws":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        draws = self.__dict__["_make"]()
        self.__dict__["draws"] = draws
        return draws


def one_of_many(
    make: Callable[[], Array],
    name: str,
    kind: Interval,
    *,
    independent: bool,
    withheld: bool,
    worth: float,
    numbers: dict[str, Any] | None = None,
) -> Estimate:
    """Return an estimate with the numbers that are worked out already, by its own names."""
    found = OneOfMany.__new__(OneOfMany)
    found.__dict__.update(
        _make=make,
        name=name,
        interval_kind=kind,
        independent=independent,
        withheld=withheld,
        worth=worth,
        limits=(),
        **(numbers or {}),
    )
    return found


def numbers_of(
    draws: Array, n: int, kind: Interval, *, independent: bool, worth: float
) -> dict[str, Array]:
    """Return what estimates say of n draws (estimate, draw), to the last digit, each (estimate,).

    One draw that stands for all is a number that is known.

    Highest-density intervals, and errors of Markov chains, are left to each estimate.
    """
    if draws.shape[1] < n:
        value, nothing = draws[:, 0], np.zeros(len(draws))
        # the mean of equal numbers is not always that number, in its last digit
        mean = np.ascontiguousarray(np.broadcast_to(draws, (len(draws), n))).mean(axis=1)
        numbers = {"mean": mean, "sd": nothing, "median": value, "mcse": nothing}
        return numbers | ({"lower": value, "upper": value} if kind.kind == "eti" else {})
    names = ("mean", "sd", "median") + (("lower", "upper") if kind.kind == "eti" else ())
    found = {name: np.empty(len(draws)) for name in names}
    step = max(AT_ONCE // n, 1)
    for start in range(0, len(draws), step):
        here = slice(start, start + step)
        _fill(found, here, draws[here], kind)
    if independent:
        found["mcse"] = found["sd"] / float(np.sqrt(min(n, worth)))
    return found


def _fill(found: dict[str, Array], here: slice, draws: Array, kind: Interval) -> None:
    """Fill in the numbers of some estimates, whose draws (estimate, draw) the cache holds."""
    ordered = np.sort(draws, axis=1)  # faster than a partition at the few places that are read
    varies = ordered[:, -1] > ordered[:, 0]
    mean = draws.mean(axis=1, keepdims=True)
    found["mean"][here] = mean[:, 0]
    found["sd"][here] = np.where(varies, draws.std(axis=1, ddof=1, mean=mean), 0.0)
    found["median"][here] = median_of(ordered.T)
    if kind.kind == "eti":
        found["lower"][here], found["upper"][here] = central(ordered.T, kind.mass)
