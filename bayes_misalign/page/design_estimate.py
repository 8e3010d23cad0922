"""A design-based estimate: what is random is who was drawn, and there is no prior."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.safe_text import named, sentence
from bayes_misalign.settings import INTERVAL

KIND = "confidence"
FRAME = ("estimate", "standard_error", "lower", "upper", "mass", "kind")


@dataclass(frozen=True)
class DesignEstimate(Framed):
    """An estimate with its standard error and its confidence interval.

    Parameters
    ----------
    name : str
        What the number is.
    estimate : float
        Its estimate, which may lie outside what the number can be.
    standard_error : float
        Standard deviation of the estimate over samples that could have been drawn.
    degrees : float
        Degrees of freedom of the standard error.
    largest : float
        The largest value that the number can have; the smallest is 0.
    mass : float
        Probability with which intervals made so hold the number.

    Examples
    --------
    >>> print(DesignEstimate("P(ma)", 0.42, 0.03, 99))
    P(ma): 0.42 (95 % confidence interval 0.36 to 0.48)
    """

    name: str
    estimate: float
    standard_error: float
    degrees: float
    largest: float = 1.0
    mass: float = INTERVAL.mass

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Ends of the confidence interval, by Student's t, within what the number can be."""
        from scipy.special import stdtrit

        half = float(-stdtrit(self.degrees, (1 - self.mass) / 2)) * self.standard_error
        low, high = self.estimate - half, self.estimate + half
        return min(max(low, 0.0), self.largest), max(min(high, self.largest), 0.0)

    @property
    def decimals(self) -> int:
        """Decimals that the standard error supports."""
        return 2 if self.standard_error >= 0.005 else 3 if self.standard_error >= 0.0005 else 4

    @property
    def interval_text(self) -> str:
        """The interval in words, without its name."""
        low, high = self.interval
        return f"{low:.{self.decimals}f} to {high:.{self.decimals}f}"

    def as_dict(self) -> dict[str, Any]:
        """Return its numbers by name."""
        low, high = self.interval
        numbers = (self.estimate, self.standard_error, low, high, self.mass, KIND)
        return dict(zip(FRAME, numbers, strict=True))

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, of one row."""
        return {"name": [self.name], **{key: [value] for key, value in self.as_dict().items()}}

    def __str__(self) -> str:
        """Return the estimate with its interval."""
        of = f"{100 * self.mass:g} % {KIND} interval {self.interval_text}"
        return f"{named(self.name)}: {self.estimate:.{self.decimals}f} ({of})"

    __repr__ = __str__


class DesignEstimates(Mapping[str, DesignEstimate], Framed):
    """Design-based estimates by label, such as a population.

    Parameters
    ----------
    title : str
        What the estimates are.
    estimates : mapping of str to DesignEstimate
        Label to estimate.
    of : str
        What the labels are of: the name of their column.

    Examples
    --------
    >>> found = DesignEstimates("P(ma)", {"all": DesignEstimate("P(ma) of all", 0.42, 0.03, 99)})
    >>> found["all"].estimate, found.to_frame("polars").columns[:3]
    (0.42, ['population', 'estimate', 'standard_error'])
    """

    def __init__(
        self, title: str, estimates: Mapping[str, DesignEstimate], of: str = "population"
    ) -> None:
        self.title, self.of, self._estimates = title, of, dict(estimates)

    def __getitem__(self, label: str) -> DesignEstimate:
        """Return the estimate of one label."""
        if label not in self._estimates:
            raise ResultError(
                f"{self.title} has no {label!r}; there are {listed(self._estimates)}. "
                + did_you_mean(str(label), self._estimates)
            )
        return self._estimates[label]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the labels."""
        return iter(self._estimates)

    def __len__(self) -> int:
        """Return the number of estimates."""
        return len(self._estimates)

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an estimate a row."""
        columns: dict[str, list[Any]] = {self.of: list(self), **{key: [] for key in FRAME}}
        for one in self.values():
            for key, value in one.as_dict().items():
                columns[key].append(value)
        return columns

    def __str__(self) -> str:
        """Return a table as text."""
        if not len(self):
            return f"{sentence(self.title)}: none"
        width = max(len(named(label)) for label in self)
        lines = [f"{sentence(self.title)}, estimate ({self._of_interval})"]
        return "\n".join(
            [
                *lines,
                *(
                    f"  {named(label):<{width}}  {e.estimate:.{e.decimals}f} ({e.interval_text})"
                    for label, e in self.items()
                ),
            ]
        )

    @property
    def _of_interval(self) -> str:
        mass = next(iter(self.values())).mass if len(self) else INTERVAL.mass
        return f"{100 * mass:g} % {KIND} interval"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [
            [named(label), f"{e.estimate:.{e.decimals}f}", e.interval_text]
            for label, e in self.items()
        ]
        return as_html(Cells([self.of, "estimate", self._of_interval], rows, sentence(self.title)))
