"""A quantity with its posterior draws: mean, interval and Monte Carlo error travel together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.limits import MAXIMUM, MINIMUM, Limit
from bayes_misalign.page.notebook import Cells, Line, as_html
from bayes_misalign.page.quantiles import central, median_of
from bayes_misalign.page.safe_text import named, sentence
from bayes_misalign.settings import INTERVAL, Interval

Array = NDArray[np.float64]
MOST_DECIMALS = 4
NUMBERS = ("mean", "sd", "median", "lower", "upper", "mass", "kind", "mcse")
MOST_SHOWN = 60  # rows of a table that prints itself
MARK = "†"  # of an interval that is extended to a limit
ENDS = ((True, MAXIMUM), (False, MINIMUM))
EXTENDED = {
    (True, False): "eti_to_maximum",
    (False, True): "eti_to_minimum",
    (True, True): "eti_to_both",
}


@dataclass(frozen=True)
class Estimate(Framed):
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
        return float(median_of(np.sort(self._shown(), axis=None)))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Ends of the credible interval."""
        draws, mass = self._shown(), self.interval_kind.mass
        if self.interval_kind.kind == "hdi":
            from arviz_stats.base import array_stats

            low, high = np.ravel(array_stats.hdi(draws.ravel(), prob=mass))
        else:
            low, high = central(np.sort(draws, axis=None), mass)
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

    def numbers(self) -> dict[str, Any]:
        """Return the summary by `NUMBERS`, the ends of the interval apart."""
        row = self.as_dict()
        row["lower"], row["upper"] = row.pop("interval") or (None, None)
        return {name: row[name] for name in NUMBERS}

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, which has one row."""
        return {"quantity": [self.name]} | {k: [v] for k, v in self.numbers().items()}

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
        if not self.withheld and self.sd > 0:
            text = text.replace("(", f"({named_before(self)}", 1)
        return f"{sentence(self.name)}: {text}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        number, _, rest = str(self).removeprefix(f"{sentence(self.name)}: ").partition(" (")
        return as_html(Line(f" ({rest}" if rest else "", sentence(self.name), number))


def cells_of(estimate: Estimate, decimals: int | None = None) -> tuple[str, str]:
    """Return mean and interval as two texts, the second marked where it is extended."""
    mean, _, rest = estimate.text(decimals).partition(" (")
    interval = rest.removesuffix(")") or "withheld"
    mean = "withheld" if estimate.withheld else mean
    return mean, f"{interval} {MARK}" if estimate.extended else interval


def common_decimals(estimates: Iterable[Estimate]) -> int | None:
    """Return how many decimals estimates below each other have; None where none is uncertain.

    That is what the Monte Carlo error of the middle one supports, so that a single uncertain row
    takes no digit from the others, unless it leaves nothing of one of them.
    """
    every = [e for e in estimates if not e.withheld and e.sd > 0]
    if not every:
        return None
    supported = sorted(e.decimals for e in every)
    middle = supported[(len(every) - 1) // 2]
    lost = any(abs(e.mean) < 0.5 * 10.0**-middle for e in every)
    return supported[-1] if lost else middle


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


class Estimates(Mapping[str, Estimate], Framed):
    """Estimates by label, in the order of the study; prints as a table.

    Parameters
    ----------
    title : str
        What the estimates are.
    estimates : mapping of str to Estimate
        Label to estimate.
    of : str
        What the labels are of: the name of their column.
    """

    def __init__(
        self, title: str, estimates: Mapping[str, Estimate], of: str = "population"
    ) -> None:
        self.title, self.of = title, of
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

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the columns that hold the labels."""
        return (self.of,)

    def rows(self) -> Iterator[tuple[tuple[str, ...], Estimate]]:
        """Yield the labels of each estimate, as `label_names` names them, with the estimate."""
        for label, estimate in self.items():
            yield (label,), estimate

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an estimate a row."""
        return columns_of(self.label_names, self.rows())

    def cells(self) -> Cells:
        """Return the table that a notebook shows: the first rows of many."""
        shown = list(islice(self.rows(), MOST_SHOWN))
        return cells_of_rows(self.label_names, shown, self.title, len(self))

    def __str__(self) -> str:
        """Return a table as text."""
        if not len(self):
            return f"{sentence(self.title)}: none"
        shown = list(islice(self.rows(), MOST_SHOWN))
        labels = [" | ".join(map(named, row)) for row, _ in shown]
        estimates = [estimate for _, estimate in shown]
        width, decimals = max(map(len, labels)), common_decimals(estimates)
        lines = [f"{sentence(self.title)}, mean ({estimates[0].interval_kind})"]
        lines += [
            f"  {label:<{width}}  {e.text(decimals)}{f' {MARK}' if e.extended else ''}"
            for label, e in zip(labels, estimates, strict=True)
        ]
        lines += filter(None, [more_rows(len(self)), extension_note(estimates)])
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self.cells())


def more_rows(number: int) -> str:
    """Return that a table is cut; nothing where it is not."""
    return f"... and {number - MOST_SHOWN:,} more; to_frame() has all" * (number > MOST_SHOWN)


def columns_of(
    names: Sequence[str], rows: Iterable[tuple[Sequence[str], Estimate]]
) -> dict[str, list[Any]]:
    """Return labels and estimates as the columns of a frame."""
    columns: dict[str, list[Any]] = {name: [] for name in (*names, *NUMBERS)}
    for labels, estimate in rows:
        for name, label in zip(names, labels, strict=True):
            columns[name].append(label)
        for name, value in estimate.numbers().items():
            columns[name].append(value)
    return columns


def cells_of_rows(
    names: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Estimate]],
    title: str,
    number: int,
) -> Cells:
    """Return the first of a number of labelled estimates as a table of texts."""
    estimates = [estimate for _, estimate in rows]
    kind = estimates[0].interval_kind if estimates else INTERVAL
    decimals = common_decimals(estimates)
    return Cells(
        [*(name.replace("_", " ") for name in names), "mean", str(kind)],
        [[*map(named, labels), *cells_of(e, decimals)] for labels, e in rows],
        sentence(title) if rows else f"{sentence(title)}: none",
        len(names),
        " ".join(filter(None, [more_rows(number), extension_note(estimates)])),
    )
