"""Errors that say what is wrong, where, what would be valid, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN_PROBLEMS = 20


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
        text = _sentence(f"{self.where}: {self.what}" if self.where else self.what)
        if self.valid:
            text += _sentence(f" Valid: {self.valid}")
        if self.fix:
            text += _sentence(f" Fix: {self.fix}")
        return text


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
    known = {option.casefold(): option for option in options}
    close = get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
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
