"""What a margin of error says of how many answers a sample is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from statistics import NormalDist
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.evidence import FloatArray, frozen_array
from bayes_misalign.reading.populations import settle_deff
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables.labels import show, shown

LEAST_DEFF = 0.5  # a margin of error that says less of a design is not of this n


class Margin:
    """Margins of error, or design effects, as a study states them."""

    def __init__(
        self, margin: Any, level: float, share: float, deff: Any, problems: Problems
    ) -> None:
        self.margin, self.deff, self.problems = margin, deff, problems
        self.z, self.variance = math.nan, math.nan
        for name, value in (("margin_level", level), ("margin_share", share)):
            if not (is_number(value) and 0 < value < 1):
                problems.add(
                    f"{name} is {shown_value(value)}",
                    where=name,
                    valid="a number between 0 and 1, as in 0.95",
                )
                return
        self.z = NormalDist().inv_cdf((1 + level) / 2)
        self.variance = share * (1 - share)

    def of_columns(self, read: Mapping[str, Mapping[str, float]]) -> Margin:
        """Return the same, with what columns of that name say of each population."""
        made = copy(self)
        if isinstance(made.margin, str):
            made.margin = read.get("margin_of_error", {})
        if isinstance(made.deff, str):
            made.deff = read.get("deff", {})
        return made

    def settle(self, populations: Sequence[str], asked: FloatArray) -> FloatArray | None:
        """Return the design effect of each population, NaN where nothing is stated of it.

        Notes
        -----
        A margin m of a share p at a level whose normal quantile is z says that the variance of the
        share is (m / z)^2, and that of a simple random sample is p (1 - p) / n. The margin is
        rounded too: where a simple random sample has it, the design effect is 1.
        """
        found = settle_deff(self.deff, populations, self.problems)
        if self.margin is None:
            return found
        stated = (
            self.margin
            if isinstance(self.margin, Mapping)
            else dict.fromkeys(populations, self.margin)
        )
        deff = [math.nan] * len(populations) if found is None else found.tolist()
        for name, value in stated.items():
            where = (
                f"margin_of_error, {show(name)}"
                if isinstance(self.margin, Mapping)
                else "margin_of_error"
            )
            if name not in populations:
                self.problems.add(
                    f"there is no population {show(name)}",
                    where="margin_of_error",
                    valid=shown(populations),
                    fix=did_you_mean(name, populations),
                )
                continue
            if not (is_number(value) and 0 < value < 100):
                self.problems.add(
                    f"a margin of error is a number of points, not {shown_value(value)}",
                    where=where,
                    valid="a number above 0, as in 3.1",
                )
                break
            at = list(populations).index(name)
            if not math.isnan(deff[at]):
                self.problems.add(
                    "a margin of error and a design effect are both stated",
                    where=where,
                    valid="one of them for a population",
                )
                break
            if asked[at] > 0:
                deff[at] = self._of(float(value), float(asked[at]), where)
        return frozen_array(deff)

    def _of(self, margin: float, asked: float, where: str) -> float:
        _, dot, digits = f"{margin:.10g}".partition(".")
        half = 0.5 * 10.0 ** -(len(digits) if dot else 0)
        low, middle, high = (
            asked * (max(m, 0.0) / 100 / self.z) ** 2 / self.variance
            for m in (margin - half, margin, margin + half)
        )
        if high < LEAST_DEFF:
            of_n = 100 * self.z * math.sqrt(self.variance / asked)
            self.problems.add(
                f"the margin of error is {margin:g} points, and of {asked:,.0f} agents drawn at "
                f"random it would be {of_n:.2g}",
                where=where,
                valid="points, as in 3.1, at `margin_level` and for the share `margin_share`",
                fix="correct the margin of error or `n`; state `deff` if the design is known",
            )
        return 1.0 if low <= 1 <= high else middle
