"""What a study is planned for: an interval of some width, a decision, or a comparison."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.limits import Limit
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import CERTAINTY, POWER, Interval

Array = NDArray[np.float64]
Limits = tuple[Limit, ...]
_STATEMENT = re.compile(r"P(?:\((?P<of>.+)\))?\s*(?P<sign>[<>])\s*(?P<value>[0-9.eE+-]+)")


class Aim(ABC):
    """What the posterior of a planned study is to be like."""

    rising: bool  # whether what is averaged over studies is to be large
    heading: str  # of the average, in a table

    @property
    @abstractmethod
    def target(self) -> float:
        """What the average over studies is to reach."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The aim in words, after "so that"."""

    @abstractmethod
    def scores(self, draws: Array, limits: Sequence[Limits] | None = None) -> Array:
        """Return what is averaged over studies (T,) of posterior draws (draw, T).

        Where the largest P(ma) of each is known, `limits` say what it cannot pass.
        """

    def met(self, average: float) -> bool:
        """Return whether an average is enough."""
        return average >= self.target if self.rising else average <= self.target

    def out_of_reach(self, average: float, gain: float, doublings: float) -> bool:
        """Tell that so many doublings will not do, given what the last one gained at most."""
        del average, gain, doublings
        return False  # parts of studies that decide may rise slowly first


@dataclass(frozen=True)
class Width(Aim):
    """The interval of P(ma) is this wide on average.

    See Joseph and Belisle, Bayesian sample size determination for normal means and differences
    between normal means, The Statistician 46, 1997.

    Parameters
    ----------
    width : float
        Upper end minus lower end.
    interval : Interval
        Its mass, and how it is placed.
    """

    width: float
    interval: Interval
    rising = False
    heading = "mean width"

    def __post_init__(self) -> None:
        """Refuse a width that no interval of P(ma) has."""
        if not 0 < self.width < 1:
            raise StudyError(f"the width of an interval of P(ma) is in (0, 1), not {self.width:g}")

    @property
    def target(self) -> float:
        """The width."""
        return self.width

    def out_of_reach(self, average: float, gain: float, doublings: float) -> bool:
        """Tell the same: of a width sqrt(a + b / n) every doubling gains less than the last."""
        return average - gain * doublings > self.width

    @property
    def words(self) -> str:
        """The aim in words."""
        return f"the {self.interval} of P(ma) is {self.width:g} wide on average"

    def scores(self, draws: Array, limits: Sequence[Limits] | None = None) -> Array:
        """Return widths of intervals as they are reported."""
        found = []
        for place, column in enumerate(draws.T):
            within = () if limits is None else limits[place]
            low, high = Estimate("P(ma)", column[None], self.interval, limits=within).interval
            found.append(high - low)
        return np.array(found)


@dataclass(frozen=True)
class Decision(Aim):
    """It is known whether P(ma), or a difference of two, is above a number.

    Parameters
    ----------
    threshold : float
        The number.
    above : bool
        Whether the question is if it is above, for the words.
    of : str
        What is compared with the number, in words.
    certainty : float
        Posterior probability from which on it is known, on either side.
    power : float
        Part of studies in which it is.
    """

    threshold: float
    above: bool = True
    of: str = "P(ma)"
    certainty: float = CERTAINTY
    power: float = POWER
    rising = True
    heading = "studies that decide"

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        for what, value in (("certainty", self.certainty), ("power", self.power)):
            if not 0.5 < value < 1:
                raise StudyError(f"{what} is in (0.5, 1), not {value:g}")
        if not -1 < self.threshold < 1:
            raise StudyError(f"P(ma) is compared with a number in (0, 1), not {self.threshold:g}")

    @property
    def target(self) -> float:
        """Part of studies that are to decide."""
        return self.power

    @property
    def words(self) -> str:
        """The aim in words."""
        sign = ">" if self.above else "<"
        return (
            f"{100 * self.power:g} % of studies tell whether {self.of} {sign} {self.threshold:g} "
            f"with a probability of {self.certainty:g} or more"
        )

    def scores(self, draws: Array, limits: Sequence[Limits] | None = None) -> Array:
        """Return 1 where it is known, else 0."""
        del limits
        above = np.mean(draws > self.threshold, axis=0)
        return np.asarray(np.maximum(above, 1 - above) >= self.certainty, float)


def read_statement(text: str) -> tuple[str | None, bool, float]:
    """Return the population, whether above, and the number of a statement such as "P > 0.3".

    Raises
    ------
    StudyError
        When the statement is another.
    """
    found = _STATEMENT.fullmatch(text.strip())
    try:
        value = float(found["value"]) if found else np.nan
    except ValueError:
        value = np.nan
    if found is None or not 0 < value < 1:
        raise StudyError(
            f"{named(text)} is no statement about P(ma). Fix: write it as 'P > 0.3', or of a "
            "population as 'P(north) < 0.3'; the number is between 0 and 1"
        )
    return found["of"], found["sign"] == ">", value


def rounded_up(number: float) -> float:
    """Return a number with two digits that is not below another."""
    if number <= 10:
        return float(np.ceil(number))
    unit = 10.0 ** (np.floor(np.log10(number)) - 1)
    return float(np.ceil(number / unit - 1e-9) * unit)
