"""Which rows of a table count: conditions on the cells of its columns, as a study states them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from math import isfinite
from typing import Any

from bayes_misalign.tables.dates import as_limit, iso_day
from bayes_misalign.tables.labels import show

NOT = "not"
RANGE: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "at_least": ("at least", operator.ge),
    "at_most": ("at most", operator.le),
    "above": ("above", operator.gt),
    "below": ("below", operator.lt),
}
CONDITIONS = (
    "a text, a number, true, false, or a list of them; all but these, as in `where = { wave = { "
    "not = [1, 2] } }`; or a range of numbers, as in `where = { age = { at_least = 18, "
    'below = 65 } }`, or of dates, as in `where = { day = { at_least = "2020-01-31" } }`, also '
    "with at_most and above"
)
_WHOLE = re.compile(r"([+-]?\d+)\.0*")
VALUES_SHOWN = 20
_TRUTH = {"true": ("true", "1"), "false": ("false", "0")}


def same_code(text: str) -> str:
    """Return a text, or a whole number without its zeros behind the point: 1.0 is the code 1."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


class NoNumber(ValueError):
    """A cell that holds no number, or no date, of which a condition asks for it."""


def listed(stated: Any) -> list[Any]:
    """Return the values that are stated: several, or one."""
    return list(stated) if isinstance(stated, list | tuple) else [stated]


def is_condition(stated: Any) -> bool:
    """Tell whether a study may state this of a column."""
    if not isinstance(stated, Mapping):
        return _are_values(stated)
    limits = [value for key, value in stated.items() if key != NOT]
    return (
        bool(stated)
        and set(stated) <= {NOT, *RANGE}
        and (NOT not in stated or _are_values(stated[NOT]))
        and (all(map(_is_number, limits)) or all(as_limit(value) for value in limits))
    )


def _are_values(stated: Any) -> bool:
    values, plain = listed(stated), str | bool | int | float | date
    return bool(values) and all(isinstance(value, plain) for value in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


class Filter:
    """What a study states of the cells of a column; rows whose cell is otherwise do not count.

    `stated` is a value or a list of values, or a mapping of `not` to values that the cell must not
    have and of names of `RANGE` to numbers, or to dates. One of `gaps` is an empty cell too;
    a cell that is empty has no number, and is in no range. A date is compared to the precision of
    the limit: the last of January is at most the month of January.
    """

    def __init__(
        self, column: str, stated: Any, gaps: Collection[str] = (), decimal: str = "."
    ) -> None:
        self.column, self._gaps, self._decimal = column, frozenset(gaps), decimal
        given = stated if isinstance(stated, Mapping) else {}
        self.excludes, self.limits = NOT in given, {k: v for k, v in given.items() if k != NOT}
        self.dates = {k: day for k, v in self.limits.items() if (day := as_limit(v))}
        values = listed(given[NOT]) if self.excludes else []
        if not isinstance(stated, Mapping):
            values = listed(stated)
        self._meant = {
            text: value
            for value in values
            for text in (
                _TRUTH[str(value).casefold()]
                if isinstance(value, bool)
                else (same_code(str(value).strip()),)
            )
        }
        self._truth = any(isinstance(value, bool) for value in values)
        self._values = values
        self._unseen = {_said(value): None for value in values}
        self.others: dict[str, None] = {}

    @property
    def only_names(self) -> bool:
        """Whether rows are chosen by the values that they have, and by nothing else."""
        return not self.excludes and not self.limits

    def names(self, text: str) -> bool:
        """Tell whether a text is among the values that are stated."""
        return self._plain(text) in self._meant

    def accepts(self, text: str, codes: Collection[str] = ()) -> bool:
        """Tell whether a cell, or a code that its label has, is as stated; else raise NoNumber."""
        meanings = (self._plain(text), *codes, *([""] if self._is_gap(text) else ()))
        found = [self._meant[one] for one in meanings if one in self._meant]
        for value in found:
            self._unseen.pop(_said(value), None)
        fits = bool(found) is not self.excludes or not self._values
        if fits and self._in_range(text, codes):
            return True
        if len(self.others) < VALUES_SHOWN:
            self.others[text] = None
        return False

    def _plain(self, text: str) -> str:
        plain = same_code(text.strip())
        return plain.casefold() if self._truth else plain

    def _is_gap(self, text: str) -> bool:
        plain = same_code(text.strip())
        return not plain or plain in self._gaps

    def _in_range(self, text: str, codes: Collection[str]) -> bool:
        if not self.limits:
            return True
        if self._is_gap(text):
            return False
        fits = self._day_fits if self.dates else self._number_fits
        fit = {fits(code) for code in codes or (text,)}
        if len(fit) > 1:  # codes of one label
            raise NoNumber(text)
        return fit.pop()

    def _number_fits(self, text: str) -> bool:
        number = self._number(text)
        return all(RANGE[name][1](number, limit) for name, limit in self.limits.items())

    def _day_fits(self, text: str) -> bool:
        day = iso_day(text)
        if day is None or len(day) < max(map(len, self.dates.values())):
            raise NoNumber(text)
        return all(RANGE[name][1](day[: len(at)], at) for name, at in self.dates.items())

    def _number(self, text: str) -> float:
        if self._decimal != ".":
            if "." in text:
                raise NoNumber(text)
            text = text.replace(self._decimal, ".")
        try:
            number = float(text)
        except ValueError:
            raise NoNumber(text) from None
        if not isfinite(number) or "_" in text:
            raise NoNumber(text)
        return number

    @property
    def unseen(self) -> Iterable[str]:
        """The values of which no cell was seen, as a study states them."""
        return tuple(self._unseen)

    def __str__(self) -> str:
        """Return the condition as a study states it."""
        named = ", ".join(map(_said, self._values))
        if self.only_names:
            return f"{self.column} = {named}"
        parts = [f"not {named}"] if self.excludes else []
        limits = (f"{RANGE[name][0]} {value}" for name, value in self.limits.items())
        return f"{self.column} {' and '.join([*parts, *limits])}"


def _said(value: Any) -> str:
    if value == "":
        return "empty"
    return show(value) if isinstance(value, str) else str(value)
