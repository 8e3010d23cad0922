"""Errors that say what is wrong, where, what would be valid, and how to mend it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import ClassVar, Self

SHOWN_PROBLEMS = 20
KEPT_PLACES = 1_000  # of problems of one kind, for programs
_FIRST = 3  # places of a kind that a message names
_VALUES = 8  # values of a kind that a message names
_LONGEST = 1_200  # characters of a part of a message: values that users write may be of any length
_SNIPPET = re.compile("`([^`]+)`")
_ROW = re.compile("row ([0-9]+)")
# what a terminal obeys instead of showing it: controls, line and paragraph ends, marks and
# isolates of writing direction; and halves of characters, which cannot be encoded
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return text on one line that no terminal takes for an order: such characters escaped.

    Examples
    --------
    >>> print(printable("results\x1b[2J"))
    results\x1b[2J
    """
    return _OBEYED.sub(lambda found: ascii(found[0])[1:-1], text)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input, or several of one kind.

    Parameters
    ----------
    what : str
        What is wrong: the whole sentence where `several` is stated, else without the value.
    where : str
        File, row, column or label, in that order, as far as they are known.
    valid : str
        What would be valid.
    fix : str
        What to do about it. What goes into a study stands between backquotes, as TOML has it.
    hint : str
        A remedy for this one alone, before the `fix` for all of a kind.
    lines : tuple of str
        What there is to choose from, each on a line of its own below.
    value : str
        The offending value, as a message shows it.
    several : str
        How to say it of several; ``{n}`` is their number, ``{rows}`` that of their rows.
    number : int
        How many problems of this kind there are.
    rows : int
        In how many rows they stand, where that is another number.
    places, values : tuple of str
        Of several: where the first of them are, and their different values.
    at_least : bool
        Whether there may be more, because reading stopped.
    toml : bool
        Whether the words are those of study.toml; by default they are those of Python.

    Examples
    --------
    >>> print(Problem("weight is negative: -2", where="a.csv, row 3", valid="a number >= 0"))
    a.csv, row 3: weight is negative: -2. Valid: a number >= 0.
    >>> print(Problem("no unit is stated", fix="state it, as in `units = {a = true}`"))
    no unit is stated. Fix: state it, as in units={'a': True}.
    """

    what: str
    where: str = ""
    valid: str = ""
    fix: str = ""
    value: str = ""
    several: str = ""
    number: int = 1
    rows: int = 0
    places: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    at_least: bool = False
    toml: bool = False
    hint: str = ""
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the problem as one line of text, and what it lists below."""
        remedy = f"{self.hint} {self.fix}".strip() if self.number == 1 else self.fix
        what, where, valid, fix = map(_cut, (self._said(), self.where, self.valid, remedy))
        text = _sentence(f"{where}: {what}" if where else what)
        if valid:
            text += _sentence(f" Valid: {self._worded(valid)}")
        if fix:
            text += _sentence(f" Fix: {self._worded(fix)}")
        return "\n    ".join(map(printable, (text, *self.lines)))

    def _worded(self, text: str) -> str:
        return _SNIPPET.sub(lambda found: found[1] if self.toml else _in_python(found[1]), text)

    def _said(self) -> str:
        if self.number == 1:
            return f"{self.what}: {self.value}" if self.value and not self.several else self.what
        number = f"at least {self.number:,}" if self.at_least else f"{self.number:,}"
        inside = [_inside(place, self.where) for place in self.places]
        named, in_rows = _named_places(list(filter(None, inside)))
        told = self.number == len(inside) <= _FIRST
        if self.several:
            rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
            text = self.several.replace("{n}", number).replace("{rows}", rows)
            text += f", {'in' if told else 'first'} {named}" if named else ""
        elif told and named:
            text = f"{self.what} in {named}"
        elif named:
            text = f"{self.what} in {number} {'rows' if in_rows else 'places'}, first {named}"
        else:
            text = f"{self.what}, {number} times"
        if self.values:
            more = len(self.values) - _VALUES
            text += f": {'; '.join(self.values[:_VALUES])}"
            text += f"; and {more:,} more" if more > 0 else ""
        return text


def _in_python(snippet: str) -> str:
    """Return what a study file states as an argument of Python states it."""
    try:
        stated = tomllib.loads(snippet)
    except ValueError:
        return snippet
    return ", ".join(f"{key}={value!r}" for key, value in stated.items())


def _inside(place: str, where: str) -> str:
    """Return what a place says beside what it has in common with others."""
    parts, common = place.split(", "), where.split(", ") if where else []
    lead = 0
    while lead < min(len(parts), len(common)) and parts[lead] == common[lead]:
        lead += 1
    end = len(parts) - (len(common) - lead)
    return ", ".join(parts[lead:end]) if parts[end:] == common[lead:] else place


def _in_common(places: Sequence[str]) -> str:
    """Return what all places have in common, in the front and at the end."""
    split = [place.split(", ") for place in places]
    least = min(map(len, split))
    lead = 0
    while lead < least and len({parts[lead] for parts in split}) == 1:
        lead += 1
    trail = 0
    while trail < least - lead and len({parts[-1 - trail] for parts in split}) == 1:
        trail += 1
    return ", ".join([*split[0][:lead], *split[0][len(split[0]) - trail :]])


def _named_places(inside: Sequence[str]) -> tuple[str, bool]:
    """Return the first places in words, and whether all of them are rows."""
    rows = [_ROW.fullmatch(place) for place in inside]
    if inside and all(rows):
        first = [row[1] for row in rows[:_FIRST] if row]
        if len(first) == 1:
            return f"row {first[0]}", True
        return f"rows {', '.join(first[:-1])} and {first[-1]}", True
    pairs = all(place.startswith("rows ") for place in inside)
    return "; ".join(inside[: 1 if pairs else _FIRST]), False


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


class BayesMisalignError(Exception):
    """Base of every error that the package raises on purpose.

    Parameters
    ----------
    problems : Problem or str
        Everything found in one pass. Those of one kind are put together, and the message shows the
        first 20 kinds.

    Attributes
    ----------
    problems : tuple of Problem
        A problem of each kind, with the places of all of that kind.
    """

    def __init__(self, *problems: Problem | str) -> None:
        grouped = Problems()
        grouped.extend(_of_text(p) if isinstance(p, str) else p for p in problems)
        self.problems: tuple[Problem, ...] = tuple(grouped)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        """Return the problems, a kind a line."""
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if (left := len(self.problems) - SHOWN_PROBLEMS) > 0:
            lines.append(f"... and {left} more.")
        return "\n".join(lines)

    def in_toml(self) -> Self:
        """Say everything in the words of study.toml from now on; return the same error."""
        self.problems = tuple(replace(problem, toml=True) for problem in self.problems)
        self.args = self.problems
        return self

    @property
    def counted(self) -> str:
        """How many problems there are, in words."""
        number = sum(problem.number for problem in self.problems)
        least = "at least " if any(problem.at_least for problem in self.problems) else ""
        text = f"{least}{number:,} problem{'s' * (number != 1)}"
        kinds = len(self.problems)
        return text if kinds == number else f"{text} of {kinds} kind{'s' * (kinds != 1)}"


def _of_text(text: str) -> Problem:
    what, _, fix = text.partition(". Fix: ")
    return Problem(what, fix=fix)


class DataError(BayesMisalignError):
    """A table, a frame or a file of evidence cannot be used as it is."""


class StudyError(BayesMisalignError, ValueError):
    """A study contradicts itself, names something unknown, or leaves something open."""


class ResultError(BayesMisalignError):
    """A result cannot be computed, written or read back."""


class CannotWrite(ResultError):
    """The results cannot be written: no room, no permission, no such place."""

    exit_status: ClassVar[int] = 4


class Busy(ResultError):
    """Another run is writing the same results."""

    exit_status: ClassVar[int] = 5


class _Kind:
    """Problems of one kind, growing."""

    __slots__ = ("at_least", "first", "last", "number", "places", "rows", "values")

    def __init__(self, first: Problem) -> None:
        self.first, self.number, self.rows, self.last = first, 0, 0, 0
        self.at_least = False
        self.places: list[str] = []
        self.values: dict[str, None] = {}

    def add(self, problem: Problem) -> None:
        self.number += problem.number
        self.rows += problem.rows or problem.number
        self.at_least |= problem.at_least
        if len(self.places) < KEPT_PLACES:
            self.places += problem.places or (problem.where,)
        if len(self.values) < KEPT_PLACES:
            named = problem.values or ((problem.value,) if problem.value else ())
            self.values.update(dict.fromkeys(named))

    def told(self) -> Problem:
        if self.number == self.first.number:
            return replace(self.first, at_least=self.at_least)
        return replace(
            self.first,
            where=_in_common(self.places),
            number=self.number,
            rows=self.rows,
            places=tuple(self.places[:KEPT_PLACES]),
            values=tuple(self.values),
            at_least=self.at_least,
        )


class Problems:
    """Problems that grow while input is read, to be raised all at once, those of a kind together.

    Problems are of one kind where all that is said of them is the same but for place and value.

    Examples
    --------
    >>> problems = Problems()
    >>> for row, text in ((2, "?"), (7, "-"), (9, "?")):
    ...     problems.add("the age is no number", value=repr(text), where=f"a.csv, row {row}")
    >>> print(*problems)
    a.csv: the age is no number in rows 2, 7 and 9: '?'; '-'.
    >>> len(problems)
    3
    """

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, ...], _Kind] = {}
        self._seen: set[Problem] = set()
        self._number = 0

    def add(
        self,
        what: str,
        *,
        where: str = "",
        valid: str = "",
        fix: str = "",
        value: str = "",
        several: str = "",
        number: int = 1,
        rows: int = 0,
        places: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        """Note a problem, or several of one kind, see `Problem`; the same one is noted once."""
        few = tuple(places[:KEPT_PLACES])
        self._add(Problem(what, where, valid, fix, value, several, number, rows, few, hint=hint))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems."""
        for problem in problems:
            self._add(problem)

    def _add(self, problem: Problem) -> None:
        if problem in self._seen:
            return
        self._seen.add(problem)
        key = (problem.several or problem.what, problem.valid, problem.fix)
        if (kind := self._kinds.get(key)) is None:
            kind = self._kinds[key] = _Kind(problem)
        kind.add(problem)
        self._number += problem.number
        kind.last = self._number

    def broke_off(self, before: int) -> None:
        """Remember that there may be more problems of each kind noted after so many problems."""
        for kind in self._kinds.values():
            kind.at_least |= kind.last > before

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over the kinds of problems in the order in which they were found."""
        return iter([kind.told() for kind in self._kinds.values()])

    def __len__(self) -> int:
        """Return how many different problems were found."""
        return self._number

    def raise_if_any(self, error: type[BayesMisalignError] = DataError) -> None:
        """Raise all problems as one error, if there are any.

        Raises
        ------
        BayesMisalignError
            Of the given type, holding every problem.
        """
        if self._kinds:
            raise error(*self)


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return the nearest spelling among the options as a remedy, or an empty string.

    Examples
    --------
    >>> did_you_mean("wieght", ["weight", "goal"])
    "did you mean 'weight'?"
    """
    known = {str(option).casefold(): option for option in options}
    close = get_close_matches(str(name).casefold(), known, n=1, cutoff=0.6)
    return f"did you mean {known[close[0]]!r}?" if close else ""


def listed(labels: Iterable[str], limit: int = 12) -> str:
    """Return labels as quoted, comma-separated text, cut after `limit` of them.

    Examples
    --------
    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    names = [repr(label) for label in labels]
    shown = ", ".join(names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")
