"""A square matrix of levels of conflict: complete, symmetric, zero on its diagonal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bayes_misalign.errors import Problems
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import PairNames, show_pair

EQUAL = 1e-9  # two cells that are meant to be the same number


class Levels(Protocol):
    """What reads the cells of a matrix."""

    def level(self, cell: Any, where: str) -> float | None:
        """Return the level of conflict in a cell, or remember why there is none."""

    def note_own(self, label: str, cell: Any, level: float, where: str) -> None:
        """Remember that a goal is said to conflict with itself."""

    def settle(self, source: str) -> None:
        """Note what was remembered."""


def read_square(
    rows: Sequence[tuple[str, Sequence[Any]]],
    columns: Sequence[str],
    where: Callable[[int, str], str],
    names: PairNames,
    source: str,
    figures: Levels,
) -> dict[Pair, float] | None:
    """Return the levels of conflict of a square matrix; an empty half is as the other one."""
    problems = names.problems
    before = len(problems)
    across = [known for label in columns if (known := names.category(label, source))]
    down = [known for label, _ in rows if (known := names.category(label, source))]
    if len(problems) > before or not _same_goals(down, across, source, problems):
        return None
    filled = {
        (down[place], column)
        for place, (_, values) in enumerate(rows)
        for column, value in zip(across, values, strict=True)
        if not _blank(value)
    }
    cells: dict[Pair, float] = {}
    for place, (_, values) in enumerate(rows):
        for label, column, value in zip(columns, across, values, strict=True):
            pair = down[place], column
            own = column == down[place]
            if pair not in filled and (own or pair[::-1] in filled):
                continue  # the half that is written says it
            at = where(place, label)
            level = figures.level(value, at)
            if level is not None:
                cells[pair] = level
                if own and level:
                    figures.note_own(label, value, level, at)
    figures.settle(source)
    if len(problems) > before:
        return None
    cells = {pair[::-1]: level for pair, level in cells.items()} | cells
    return _halves(cells, names, source)


def note_asymmetric(pairs: Sequence[str], source: str, problems: Problems, fix: str = "") -> None:
    """Note pairs whose conflict depends on the order in which they are named."""
    more = f" and {len(pairs) - 12} more" if len(pairs) > 12 else ""
    problems.add(
        f"the conflict is not the same in both directions: {'; '.join(pairs[:12])}{more}",
        where=source,
        valid="one level for both directions",
        fix=fix or "decide on one, for example the mean of the two",
    )


def _halves(cells: dict[Pair, float], names: PairNames, source: str) -> dict[Pair, float] | None:
    both = {**{pair[::-1]: level for pair, level in cells.items()}, **cells}
    upper = {pair: both[pair] for pair in names.sorted(both)}
    odd = [
        f"{show_pair(pair)}: {_apart(level, both[pair[::-1]])}"
        for pair, level in upper.items()
        if abs(level - both[pair[::-1]]) > EQUAL
    ]
    if odd:
        lower = [cells[pair[::-1]] for pair in upper]
        half = not any(lower) or not any(upper.values())
        fix = "leave the half of zeros empty, if only the other half was filled in"
        note_asymmetric(odd, source, names.problems, fix if half else "")
        return None
    return upper


def _apart(one: float, other: float) -> str:
    """Return two numbers in as many digits as tell them apart."""
    few = f"{one:g}, {other:g}"
    return few if f"{one:g}" != f"{other:g}" else f"{one!r}, {other!r}"


def _same_goals(
    down: Sequence[str], across: Sequence[str], source: str, problems: Problems
) -> bool:
    for which, goals in (("rows", down), ("columns", across)):
        if len(set(goals)) < len(goals):
            twice = sorted({goal for goal in goals if list(goals).count(goal) > 1})
            problems.add(f"several {which} stand for {', '.join(map(repr, twice))}", where=source)
            return False
    for which, goals, others in (("row", down, across), ("column", across, down)):
        if missing := [goal for goal in others if goal not in goals]:
            problems.add(
                f"there is no {which} for {', '.join(map(repr, missing))}",
                where=source,
                valid="a square matrix with the same goals in rows and columns",
            )
    return set(down) == set(across)


def _blank(value: Any) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return isinstance(value, float) and value != value
