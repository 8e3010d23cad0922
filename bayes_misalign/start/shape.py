"""What a row of a small table stands for: an agent, a number of agents, or a published figure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bayes_misalign.errors import Problems
from bayes_misalign.start.look import Looked
from bayes_misalign.tables.remedies import is_figure

MOST_ROWS = 5_000  # of tables that counts or figures are looked for in
MOST_GROUPS = 60
_OFF = 0.03  # that percentages which were rounded may miss their sum by
_TOTALS = re.compile(r"total|sum|all|electorate|registered|turnout|everybody|everyone")


@dataclass(frozen=True)
class Shape:
    """The cells of a table that is small enough to be looked at whole; else it has no rows."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        at = self.names.index(name)
        return [row[at] for row in self.rows]

    def cells(self, names: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the cells of some columns, by row."""
        at = [self.names.index(name) for name in names]
        return [tuple(row[i] for i in at) for row in self.rows]

    def repeats(self, names: Iterable[str]) -> int:
        """Return how many rows are like another one in these columns."""
        return len(self.rows) - len(set(self.cells(names)))

    def whole(self, name: str) -> list[int] | None:
        """Return a column of whole numbers that are not negative, or None if it is no such one."""
        texts = [text.strip() for text in self.column(name)]
        if not any(texts) or not all(is_figure(text) for text in texts if text):
            return None
        numbers = [float(text or 0) for text in texts]
        return [int(x) for x in numbers] if all(x >= 0 and x == int(x) for x in numbers) else None


def shape_of(looked: Looked) -> Shape:
    """Return the cells of a table, none if it is not small."""
    names = tuple(dict.fromkeys(c.name for c in looked.columns if c.name.strip()))
    if not looked.whole or looked.rows > MOST_ROWS or len(names) < len(looked.columns):
        return Shape((), ())
    problems = Problems()
    table = looked.opened(names, problems)
    if table is None or problems:
        return Shape((), ())
    return Shape(names, tuple(tuple(cells) for _, cells in table))


def counted_goals(shape: Shape, numbers: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that hold how many agents have each goal, in a table with a row a group.

    Groups are what the other columns say, each once. A column that is the sum of the others, or is
    named so, is left out.
    """
    if not shape.rows or not keys or shape.repeats(keys):
        return ()
    held = {name: found for name in numbers if (found := shape.whole(name)) is not None}
    for name in list(held):
        rest = [held[other] for other in held if other != name]
        sums = [sum(values) for values in zip(*rest, strict=True)] if len(rest) > 1 else None
        if held[name] == sums or _TOTALS.search(name.lower()):
            del held[name]
    return tuple(held) if len(held) > 1 and any(map(any, held.values())) else ()


def are_percentages(shape: Shape, percent: str, groups: Sequence[str]) -> bool:
    """Tell whether figures of each group sum to a hundred, or to one."""
    sums: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for group, text in zip(shape.cells(groups), shape.column(percent), strict=True):
        if text.strip() and not is_figure(text.strip()):
            return False
        sums[group] += float(text or 0)
    found = sums.values()
    return bool(sums) and any(
        all(abs(one / whole - 1) <= _OFF for one in found) for whole in (1.0, 100.0)
    )


def is_one_of_each(shape: Shape, name: str, groups: Sequence[str]) -> bool:
    """Tell whether a column says the same in all rows of each group, and groups have several."""
    held: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for group, text in zip(shape.cells(groups), shape.column(name), strict=True):
        held[group].append(text)
    return all(len(texts) > 1 and len(set(texts)) == 1 for texts in held.values())


def apart(
    shape: Shape, columns: Sequence[str], others: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return which other columns keep counted rows apart, and which would do but are too many.

    Rows that are alike in `columns` are counted together, which is wrong where another column says
    that they are about something else.
    """
    taken, left = list(columns), []
    found: list[str] = []
    for name in others:
        if not shape.repeats(taken):
            break
        if shape.repeats([*taken, name]) == shape.repeats(taken):
            continue
        if len(set(shape.cells([*found, name]))) <= MOST_GROUPS:
            found.append(name)
        else:
            left.append(name)
        taken.append(name)
    return found, left


def balanced(shape: Shape, goal: str, others: Collection[str]) -> bool:
    """Tell whether every value of a column stands once beside each value of another one.

    Figures by cell do so; answers of agents do not, over three goals or more.
    """
    goals = len(set(shape.column(goal)))
    if goals < 3 or len(shape.rows) <= 3 * goals or "" in shape.column(goal):
        return False
    return any(
        goals * len(set(shape.column(other))) == len(shape.rows)
        and not shape.repeats([goal, other])
        for other in others
    )
