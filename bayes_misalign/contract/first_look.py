"""What a table holds as far as one can see, and what a first study may say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Seen:
    """A column as far as it was looked at.

    Parameters
    ----------
    name : str
        Its name.
    values : Counter of str
        Rows of each value that is not empty; of the first thousand different ones.
    distinct : int
        How many different values there are.
    filled : int
        Rows that are not empty.
    numbers : bool
        Whether all values are numbers.
    described : str
        What the file says that it is about, beside its name.
    """

    name: str
    values: Counter[str] = field(default_factory=Counter)
    distinct: int = 0
    filled: int = 0
    numbers: bool = False
    described: str = ""


@dataclass(frozen=True)
class SeenTable:
    """The columns of a table that may be about goals.

    Parameters
    ----------
    columns : sequence of Seen
        Columns that are nothing else, such as a weight, in their order.
    cells : callable
        Takes names of columns to the texts in them, a row each.
    chosen : bool
        Whether somebody said that all these columns are about goals.
    """

    columns: Sequence[Seen]
    cells: Callable[[Sequence[str]], Iterable[tuple[str, ...]]]
    chosen: bool = False


@dataclass(frozen=True)
class FirstGoals:
    """What a first study says of columns that are about goals, one column or several.

    Parameters
    ----------
    columns : mapping of str to str
        The answer that each column is about; of one column that holds all of them, nothing.
    answers : mapping of str to int
        Goals and other answers, with the number of agents who gave each.
    what : str
        What the columns look like, as the end of a sentence.
    keys : mapping of str to object
        What the study says of them.
    remarks : mapping of str to str
        What a key means, for who reads the study.
    told : sequence of str
        What was taken for granted, a sentence each.
    holds_none : bool
        Whether some agents hold none of the goals and say so by no answer of their own.
    not_answers : sequence of str
        Cells that are no answers.
    special : int
        How little else a table of this form may be; of several models the one with the largest is
        proposed.
    """

    columns: Mapping[str, str]
    answers: Mapping[str, int]
    what: str
    keys: Mapping[str, Any]
    remarks: Mapping[str, str] = field(default_factory=dict)
    told: Sequence[str] = ()
    holds_none: bool = False
    not_answers: Sequence[str] = ()
    special: int = 0
