"""What the cells of a table mean as strengths of a goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.models.endorsement.kinds import DECIMALS, room_of
from bayes_misalign.reading.parse_numbers import NotANumber, parse_number, with_point
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables import remedies
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import show, shown, twin_key

SCALE = (
    'a list of at least two points from "does not hold it" upwards, as in `scale = ["1", "2", "3"]`'
    ', or a table with the strength of each, as in `scale = { "a little" = 0.3, "much" = 1 }`'
)


@dataclass(frozen=True)
class StrengthScale:
    """Points of a scale with their strengths, or numbers from 0 up to a largest one.

    Parameters
    ----------
    points : dict of str to float
        Strength of each point, by its text; empty where cells are numbers.
    largest : float
        The number that means strength 1.
    decimal : {".", ","}
        Decimal mark of the numbers.
    """

    points: Mapping[str, float]
    largest: float = 1.0
    decimal: str = "."

    @property
    def room(self) -> tuple[float, ...]:
        """Strengths that are left room for, beside those that are seen."""
        return room_of(list(self.points.values()))

    def strength(self, text: str) -> float:
        """Return what a cell means; raise NotANumber with the reason where it means none."""
        if self.points:
            return self._of_point(text)
        valid = f"a number from 0 to {self.largest:g}"
        number = parse_number(with_point(text, self.decimal, "strength"), "strength", valid)
        if not 0 <= number <= self.largest:
            fix = (
                "correct the cell"
                if number < 0
                else f"state `largest = {number:g}` if strengths go up to it; or `scale`, if these "
                "are points of one"
            )
            raise NotANumber(f"the strength is outside [0, {self.largest:g}]", valid, fix, text)
        return round(number / self.largest, DECIMALS)

    def _of_point(self, text: str) -> float:
        found = self.points.get(same_code(text))
        if found is not None:
            return found
        twins = [point for point in self.points if twin_key(point) == twin_key(text)]
        if twins:
            return self.points[twins[0]]
        fix = remedies.missing(text) if remedies.is_missing(text) else ""
        figures = all(map(remedies.is_figure, (text, *self.points)))
        if figures and len(self.points) == 2 and 0 < float(text) < max(map(float, self.points)):
            top = max(self.points, key=float)  # the ends of a scale of numbers
            fix = f"state `largest = {top}` in place of `scale` for numbers from 0 to {top}"
        hint = "" if figures else did_you_mean(text, list(self.points))
        raise NotANumber(
            "the strength is no point of the scale",
            shown(self.points),
            fix or "add the point to `scale`, or correct the cell",
            f"{show(text)} ({hint})" if hint and not fix else show(text),
        )


def settle_scale(
    scale: Any, largest: Any, decimal: str, problems: Problems
) -> StrengthScale | None:
    """Return the scale that a study states, or note what is wrong with it."""
    before, where = len(problems), "scale"
    points: dict[str, float] = {}
    if isinstance(scale, Mapping):
        for point, value in scale.items():
            if not is_number(value) or not 0 <= float(value) <= 1:
                problems.add(
                    f"the point {show(str(point))} is worth {shown_value(value)}",
                    where=where,
                    valid="a strength from 0, not held, to 1",
                )
                continue
            points[same_code(str(point))] = round(float(value), DECIMALS)
    elif isinstance(scale, list | tuple):
        named = [same_code(str(point)) for point in scale]
        if len(set(named)) == len(named) > 1:
            points = {x: round(i / (len(named) - 1), DECIMALS) for i, x in enumerate(named)}
    if scale is not None and len(problems) == before:
        if len(points) < 2:
            problems.add(f"scale is {shown_value(scale)}", where=where, valid=SCALE)
        elif not any(points.values()):
            problems.add("all points of the scale are worth 0", where=where, valid=SCALE)
    if not is_number(largest) or not 0 < float(largest) < float("inf"):
        problems.add(
            f"largest is {shown_value(largest)}",
            where="largest",
            valid="the number that means strength 1, as in `largest = 100`",
        )
    if len(problems) > before:
        return None
    return StrengthScale(points, float(largest), decimal)
