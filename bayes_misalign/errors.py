"""Errors that say what is wrong, where, what would be valid, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

SHOWN_PROBLEMS = 20
_LONGEST = 1_200  # characters of a part of a message: values that users write may be of any length
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
    """One thing that is wrong with the input.

    Parameters
    ----------
    what : str
        What is wrong, with the offending value.
    where : str
        File, row, column or label, in that order, as far as they are known.
    valid : str
        What would be valid.
    fix : str
        What to do about it.

    Examples
    --------
    >>> print(Problem("weight is negative: -2", where="a.csv, row 3", valid="a number >= 0"))
    a.csv, row 3: weight is negative: -2. Valid: a number >= 0.
    """

    what: str
    where: str = ""
    valid: str = ""
    fix: str = ""

    def __str__(self) -> str:
        """Return the problem as one line of text."""
        what, where, valid, fix = map(_cut, (self.what, self.where, self.valid, self.fix))
        text = _sentence(f"{where}: {what}" if where else what)
        if valid:
            text += _sentence(f" Valid: {valid}")
        if fix:
            text += _sentence(f" Fix: {fix}")
        return printable(text)


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
        Everything found in one pass. The message shows the first 20 and counts the rest.
    """

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            Problem(p) if isinstance(p, str) else p for p in problems
        )
        super().__init__(*self.problems)

    def __str__(self) -> str:
        """Return the problems, one a line."""
        lines = [str(problem) for problem in self.problems[:SHOWN_PROBLEMS]]
        if (left := len(self.problems) - SHOWN_PROBLEMS) > 0:
            lines.append(f"... and {left} more.")
        return "\n".join(lines)


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


class Problems:
    """A list of problems that grows while input is read, to be raised all at once.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add("file is empty", where="a.csv")
    >>> bool(problems)
    True
    """

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, what: str, *, where: str = "", valid: str = "", fix: str = "") -> None:
        """Note one problem; the same problem is noted once."""
        self._found.setdefault(Problem(what, where, valid, fix))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems."""
        for problem in problems:
            self._found.setdefault(problem)

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over the problems in the order they were found."""
        return iter(self._found)

    def __len__(self) -> int:
        """Return how many different problems were found."""
        return len(self._found)

    def raise_if_any(self, error: type[BayesMisalignError] = DataError) -> None:
        """Raise all problems as one error, if there are any.

        Raises
        ------
        BayesMisalignError
            Of the given type, holding every problem.
        """
        if self._found:
            raise error(*self._found)


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
