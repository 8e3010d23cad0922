"""Columns of a table that stand side by side, each about one goal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from bayes_misalign.contract.first_look import Seen, SeenTable

FEWEST = 2  # columns whose names begin alike
FEWEST_ALONE = 3  # columns whose names have nothing in common
MOST = 40
_ENOUGH = 2 / 3  # of columns whose names begin alike that have to be of one form
_ENDS = re.compile(r"[\s_.:\-\[(/]+|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d+$)")
_CLOSING = " \t])"
_ASKED = " - "
_LONGEST = 80  # characters of what a goal is called


class SideBySide(NamedTuple):
    """Columns by the answer that each is about, as far as its name tells."""

    columns: tuple[Seen, ...]
    labels: tuple[str, ...]
    named_alike: bool


def side_by_side(table: SeenTable, fits: Callable[[Seen], bool]) -> SideBySide | None:
    """Return the columns of one form whose names begin alike, or all columns if these are.

    Parameters
    ----------
    table : SeenTable
    fits : callable
        Tells whether a column has the form; it is not asked of empty ones.
    """
    if table.chosen:
        every = tuple(table.columns)
        whole = len(every) >= FEWEST and all(fits(c) for c in every if c.filled)
        return _named(every) if whole and any(c.filled for c in every) else None
    for columns in _groups(table.columns):
        kept = tuple(c for c in columns if not c.filled or fits(c))
        filled = [c for c in kept if c.filled]
        if len(filled) >= FEWEST and len(kept) <= MOST and len(kept) >= _ENOUGH * len(columns):
            return _named(kept)
    every = tuple(c for c in table.columns if c.filled)
    if FEWEST_ALONE <= len(every) <= MOST and all(map(fits, every)):
        return SideBySide(every, tuple(c.name.strip() for c in every), False)
    return None


def _groups(columns: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Yield columns whose names begin alike, the most of them first."""
    groups: defaultdict[str, list[Seen]] = defaultdict(list)
    for column in columns:
        for stem in _stems(column.name):
            groups[stem].append(column)
    several = [(stem, group) for stem, group in groups.items() if len(group) >= FEWEST]
    several.sort(key=lambda one: (-len(one[1]), -len(one[0])))
    for _, group in several:
        yield group


def _stems(name: str) -> list[str]:
    """Return what a name may begin with before it says which answer it is about."""
    return [name[: at.end()] for at in _ENDS.finditer(name) if 0 < at.end() < len(name)]


def _named(columns: tuple[Seen, ...]) -> SideBySide:
    """Return columns with what is left of each name behind what all begin with."""
    common = set(_stems(columns[0].name)).intersection(*(_stems(c.name) for c in columns[1:]))
    stem = max(common, key=len, default="")
    labels = [c.name[len(stem) :].strip().strip(_CLOSING).replace("_", " ") for c in columns]
    if len(set(labels)) < len(labels) or not all(map(_speaks, labels)):
        labels = _described(columns) or [c.name.strip() for c in columns]
    return SideBySide(columns, tuple(labels), bool(stem))


def _described(columns: tuple[Seen, ...]) -> list[str]:
    """Return what the file says of each column behind what it says of all; nothing of codes."""
    parts = [column.described.split(_ASKED) for column in columns]
    # the question, which programs write before each option
    asked = sum(1 for _ in takewhile(lambda one: len(set(one)) == 1, zip(*parts, strict=False)))
    texts = [_ASKED.join(own[asked:]).strip() for own in parts]
    told = all(map(_speaks, texts)) and max(map(len, texts)) <= _LONGEST
    return texts if told and len(set(map(str.casefold, texts))) == len(texts) else []


def _speaks(label: str) -> bool:
    """Tell whether a label is more than a number or a letter."""
    return len(label) > 1 and not label.isdigit()
