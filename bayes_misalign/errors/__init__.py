"""Errors that say what is wrong, where, what would be valid, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import ClassVar, Self

from bayes_misalign.errors.problem import KEPT_PLACES, Problem, in_common, printable

__all__ = [
    "SHOWN_PROBLEMS",
    "BayesMisalignError",
    "Busy",
    "CannotWrite",
    "DataError",
    "Problem",
    "Problems",
    "ResultError",
    "StudyError",
    "did_you_mean",
    "listed",
    "printable",
]

SHOWN_PROBLEMS = 20


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
            where=in_common(self.places),
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
    >>> did_you_mean("area", ["shares", "problem_area"])
    "did you mean 'problem_area'?"
    """
    known = {str(option).casefold(): option for option in options}
    wanted = str(name).casefold()
    # a name that is one word of an option is meant to be it, however much is left out
    close = [option for option in known if wanted in option.split("_")]
    close = close if len(close) == 1 else get_close_matches(wanted, known, n=1, cutoff=0.6)
    return f"did you mean {known[close[0]]!r}?" if close else ""


def fix_by_spelling(name: str, options: Iterable[str]) -> str:
    """Return the nearest spelling as the end of a message, or an empty string.

    Examples
    --------
    >>> fix_by_spelling("wieght", ["weight", "goal"])
    ". Fix: did you mean 'weight'?"
    """
    near = did_you_mean(name, options)
    return f". Fix: {near}" if near else ""


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
