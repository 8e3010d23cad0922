"""What stated figures mean as levels of conflict: as they are, on a scale, or as agreement."""

from __future__ import annotations

from functools import partial
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.parse_numbers import NotANumber, noted, parse_number, with_point
from bayes_misalign.tables.labels import show

UNIT = (0.0, 1.0)
_ROUNDED = 12  # decimals by which two levels are the same
_PLAIN = "a number from 0 to 1"
_DISTANCES = 10.0  # what is above it is hardly a distance between goals


class Figures:
    """Read figures as levels of conflict, and remember which of them cannot be any.

    Parameters
    ----------
    ends : (float, float)
        What means no conflict, and what means full conflict.
    stated : bool
        Whether the study states these ends.
    decimal : str
        Decimal mark of figures that are texts.
    """

    def __init__(
        self, ends: tuple[float, float], problems: Problems, *, stated: bool, decimal: str = "."
    ) -> None:
        self.ends, self.problems, self.stated, self.decimal = ends, problems, stated, decimal
        self.outside: list[tuple[float, str, str]] = []
        self.own: list[tuple[str, float, float, str]] = []

    def level(self, cell: Any, where: str) -> float | None:
        """Return the level of conflict that a figure means, or note why it means none."""
        number = noted(
            partial(self._number, valid=self._valid), cell, "conflict", where, self.problems
        )
        if number is None:
            return None
        zero, one = self.ends
        level = round((number - zero) / (one - zero), _ROUNDED) + 0.0  # never -0
        if not 0 <= level <= 1:
            self.outside.append(
                (number, show(cell) if isinstance(cell, str) else repr(cell), where)
            )
            return None
        return level if self.ends != UNIT else number

    def note_own(self, label: str, cell: Any, level: float, where: str) -> None:
        """Remember that a goal is said to conflict with itself."""
        self.own.append((label, level, self._number(cell, "conflict", ""), where))

    def settle(self, source: str) -> None:
        """Note what cannot be, once for each kind."""
        self._note_outside(source)
        if self.outside:  # what is then on the diagonal is on another scale too
            return
        figures = {number for _, _, number, _ in self.own}
        if len(self.own) > 1 and figures == {1.0} and self.ends == UNIT:
            self.problems.add(
                f"all {len(self.own)} goals of the diagonal conflict with themselves at level 1",
                where=source,
                valid="0 on the diagonal, because agents with the same goal agree",
                fix="state `agreement = true` if the figures are agreement; conflict is then 1 "
                "minus each of them",
            )
            return
        for label, level, number, where in self.own:
            said = (
                f"level {level:g}" if self.ends == UNIT else f"level {level:g} (stated: {number:g})"
            )
            self.problems.add(
                f"the goal {label!r} conflicts with itself at {said}",
                where=where,
                valid="0, because agents with the same goal agree"
                if self.ends == UNIT
                else f"{self.ends[0]:g}, because agents with the same goal agree",
                fix="split the goal into goals that conflict",
            )

    @property
    def _valid(self) -> str:
        return f"a number from {min(self.ends):g} to {max(self.ends):g}"

    def _number(self, cell: Any, name: str, valid: str) -> float:
        text = with_point(cell, self.decimal, name) if isinstance(cell, str) else cell
        return parse_number(text, name, valid)

    def _note_outside(self, source: str) -> None:
        if not self.outside:
            return
        _, cell, where = self.outside[0]
        what = f"the conflict is outside [{min(self.ends):g}, {max(self.ends):g}]: {cell}"
        if more := [number for number, _, _ in self.outside[1:]]:
            cells = f"{len(more)} more cells, from {min(more):g} to {max(more):g}"
            what += f"; so are {cells}" if len(more) > 1 else f"; so is one more cell, {more[0]:g}"
        self.problems.add(
            what, where=where, valid=self._valid, fix="" if self.stated else self._remedy()
        )

    def _remedy(self) -> str:
        low, high = (end([number for number, _, _ in self.outside]) for end in (min, max))
        if low < 0:
            if low >= -1 and high <= 1:
                return (
                    "if these are correlations, state `scale = [1, -1]`, which takes 1 for no "
                    "conflict and -1 for full conflict"
                )
            return ""
        distances = (
            f"if these are distances, state `scale = [0, {high:g}]` where {high:g} means full "
            'conflict (each is then divided by it), or place the goals with `model = "spatial"`'
        )
        if high > 100:
            return distances
        percent = "if these are percentages, state `scale = [0, 100]`"
        return f"{distances}; {percent}" if high <= _DISTANCES else f"{percent}; {distances}"


def settle_ends(scale: Any, *, agreement: bool) -> tuple[float, float]:
    """Return what means no conflict and what means full conflict.

    Raises
    ------
    NotANumber
        If the scale is not two different numbers.
    """
    valid = "two different numbers: what means no conflict, and what means full conflict"
    if agreement:
        valid = "two different numbers: what means no agreement, and what means full agreement"
    if scale is None:
        ends = UNIT
    else:
        if not isinstance(scale, tuple) or len(scale) != 2:
            raise NotANumber(f"the scale is {scale!r}", valid)
        ends = (
            parse_number(scale[0], "end of the scale", valid),
            parse_number(scale[1], "end of the scale", valid),
        )
        if ends[0] == ends[1]:
            raise NotANumber(f"both ends of the scale are {ends[0]:g}", valid)
    return ends[::-1] if agreement else ends
