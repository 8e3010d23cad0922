"""A quantity with its posterior draws: mean, interval and Monte Carlo error travel together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.page.limits import MAXIMUM, MINIMUM, Limit
from bayes_misalign.settings import INTERVAL, Interval

Array = NDArray[np.float64]
MOST_DECIMALS = 4
MARK = "†"  # of an interval that is extended to a limit
ENDS = ((True, MAXIMUM), (False, MINIMUM))
EXTENDED = {
    (True, False): "eti_to_maximum",
    (False, True): "eti_to_minimum",
    (True, True): "eti_to_both",
}


@dataclass(frozen=True)
class Estimate:
    """Posterior draws of one number.

    Parameters
    ----------
    name : str
        What the number is.
    draws : ndarray, shape (chain, draw)
        Posterior draws.
    interval_kind : Interval
        Mass and kind of the credible interval.
    independent : bool
        Whether the draws are independent (exact) or those of a Markov chain.
    withheld : bool
        True when the fit has not converged: the draws are kept, the number is not shown.
    worth : float
        How many independent draws they are worth at most, where some were made elsewhere.
    limits : tuple of Limit
        Values that the number cannot pass. Where draws pile up at one, an equal-tailed interval is
        extended to it.

    Notes
    -----
    An equal-tailed interval leaves out half of the rest at each end, and so never holds the
    attainable maximum, however many agents are split evenly. Where the mean distance of the draws
    from a limit is less than 1.12 of its standard deviation, and at least 5 % of the draws lie
    within 5 % of the limit, the interval is extended to the limit (to the upper end of the limit's
    own interval where that is uncertain). It then holds at least its mass.

    Examples
    --------
    >>> e = Estimate("P(ma)", np.linspace(0.2, 0.4, 4001).reshape(1, -1))
    >>> print(e)
    P(ma): 0.30 (95 % equal-tailed interval 0.21 to 0.40)
    """

    name: str
    draws: Array = field(repr=False)
    interval_kind: Interval = INTERVAL
    independent: bool = True
    withheld: bool = False
    worth: float = math.inf
    limits: tuple[Limit, ...] = field(default=(), repr=False)

    def _shown(self) -> Array:
        if self.withheld:
            raise ResultError(
                f"{self.name} is withheld: the fit has not converged. Fix: sample longer, or read "
                "the draws themselves in `.tree` if you know why"
            )
        return self.draws

    @cached_property
    def mean(self) -> float:
        """Posterior mean."""
        return float(self._shown().mean())

    @cached_property
    def sd(self) -> float:
        """Posterior standard deviation."""
        draws = self._shown()
        return float(draws.std(ddof=1)) if np.ptp(draws) > 0 else 0.0

    @cached_property
    def median(self) -> float:
        """Posterior median."""
        return float(np.median(self._shown()))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Ends of the credible interval."""
        draws, mass = self._shown(), self.interval_kind.mass
        if self.interval_kind.kind == "hdi":
            from arviz_stats.base import array_stats

            low, high = np.ravel(array_stats.hdi(draws.ravel(), prob=mass))
        else:
            low, high = np.quantile(draws, [(1 - mass) / 2, (1 + mass) / 2])
        ends = {limit.upper: limit.end(mass) for limit in self.extended}
        return min(float(low), ends.get(False, np.inf)), max(float(high), ends.get(True, -np.inf))

    @cached_property
    def extended(self) -> tuple[Limit, ...]:
        """The limits that the interval is extended to, because draws pile up there."""
        if self.withheld or self.interval_kind.kind != "eti" or self.sd == 0:
            return ()
        return tuple(limit for limit in self.limits if limit.piled_up)

    @property
    def kind(self) -> str:
        """Kind of the interval for machines: that of the study, or extended to a limit."""
        ends = {limit.upper for limit in self.extended}
        return EXTENDED.get((True in ends, False in ends), self.interval_kind.kind)

    @property
    def interval_name(self) -> str:
        """What the interval is called, with the limits that it is extended to."""
        ends = " and the ".join(MAXIMUM if limit.upper else MINIMUM for limit in self.extended)
        return f"{self.interval_kind}, extended to the {ends}" if ends else str(self.interval_kind)

    @cached_property
    def mcse(self) -> float:
        """Monte Carlo standard error of the mean."""
        if self.sd == 0:
            return 0.0
        if self.independent:
            return self.sd / float(np.sqrt(min(self.draws.size, self.worth)))
        from arviz_stats.base import array_stats

        return float(array_stats.mcse(self.draws, method="mean"))

    @property
    def decimals(self) -> int:
        """Decimals that the Monte Carlo error supports, at the ends of the interval too."""
        # the 2.5 % point of a normal sample varies 2.7 times as much as its mean
        error = 3 * self.mcse
        return MOST_DECIMALS if error == 0 else int(np.clip(-np.log10(error), 1, MOST_DECIMALS))

    def probability_above(self, threshold: float) -> float:
        """Return the posterior probability that the number exceeds a threshold."""
        return float((self._shown() > threshold).mean())

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain numbers; None for each number that is withheld."""
        names = ("mean", "sd", "median", "interval", "mcse")
        values: dict[str, Any] = {
            name: None if self.withheld else getattr(self, name) for name in names
        }
        if values["interval"] is not None:
            values["interval"] = list(values["interval"])
        return {**values, "mass": self.interval_kind.mass, "kind": self.kind}

    @property
    def known_text(self) -> str:
        """The mean of a number that is known exactly; whole numbers, 0 and 1 above all, as such."""
        value = self.mean
        return f"{value:g}" if value.is_integer() else f"{value:.{MOST_DECIMALS}f}"

    def text(self, decimals: int | None = None) -> str:
        """Return mean and interval as text, without the name and the kind of interval."""
        if self.withheld:
            return "withheld (not converged)"
        if self.sd == 0:
            return f"{self.known_text} (known)"
        d = self.decimals if decimals is None else decimals
        low, high = self.interval
        return f"{self.mean:.{d}f} ({low:.{d}f} to {high:.{d}f})"

    def __str__(self) -> str:
        """Return the estimate as one line, interval and its kind included."""
        text = self.text()
        return f"{self.name}: " + text.replace("(", f"({named_before(self)}", 1)


def named_before(estimate: Estimate, *, in_full: bool = True) -> str:
    """Return the name of an interval as it stands before the two ends."""
    name, kind = estimate.interval_name, estimate.interval_kind
    if not in_full:
        name = name.replace(str(kind), kind.short)
    return f"{name}{':' if estimate.extended else ''} "


def extended_to(estimates: Iterable[Estimate]) -> str:
    """Return the limits that some of the intervals are extended to; nothing where none is."""
    kinds = {limit.upper for estimate in estimates for limit in estimate.extended}
    return " or the ".join(name for upper, name in ENDS if upper in kinds)


def extension_note(estimates: Iterable[Estimate]) -> str:
    """Return what the mark of extended intervals means; nothing where none is extended."""
    ends = extended_to(estimates)
    return f"{MARK} Extended to the {ends}, where draws pile up." if ends else ""


class Estimates(Mapping[str, Estimate]):
    """Estimates by label, in the order of the study; prints as a table.

    Parameters
    ----------
    title : str
        What the estimates are.
    estimates : mapping of str to Estimate
        Label to estimate.
    """

    def __init__(self, title: str, estimates: Mapping[str, Estimate]) -> None:
        self.title = title
        self._estimates = dict(estimates)

    def __getitem__(self, label: str) -> Estimate:
        """Return the estimate of one label."""
        if label not in self._estimates:
            raise ResultError(
                f"{self.title} has no {label!r}; there are {listed(self._estimates)}. "
                + did_you_mean(str(label), self._estimates)
            )
        return self._estimates[label]

    def __contains__(self, label: object) -> bool:
        """Tell whether there is an estimate of a label."""
        return label in self._estimates

    def __iter__(self) -> Iterator[str]:
        """Iterate over the labels."""
        return iter(self._estimates)

    def __len__(self) -> int:
        """Return the number of estimates."""
        return len(self._estimates)

    def to_frame(self) -> Any:
        """Return the estimates as a pandas data frame, a label a row."""
        import pandas as pd

        rows = {}
        for label, estimate in self.items():
            row = estimate.as_dict()
            row["lower"], row["upper"] = row.pop("interval") or (None, None)
            rows[label] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    def __str__(self) -> str:
        """Return a table as text."""
        if not self._estimates:
            return f"{self.title}: none"
        width = max(len(label) for label in self)
        kind = next(iter(self.values())).interval_kind
        lines = [f"{self.title}, mean ({kind})"]
        lines += [
            f"  {label:<{width}}  {estimate.text()}{f' {MARK}' if estimate.extended else ''}"
            for label, estimate in self.items()
        ]
        lines += filter(None, [extension_note(self.values())])
        return "\n".join(lines)

    __repr__ = __str__
