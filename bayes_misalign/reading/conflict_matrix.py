"""A square matrix of levels of conflict: complete, symmetric, zero on its diagonal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.parse_numbers import noted, parse_probability

EQUAL = 1e-9  # two cells that are meant to be the same number


def read_square(
    rows: Sequence[tuple[str, Sequence[Any]]],
    columns: Sequence[str],
    where: Callable[[int, str], str],
    names: PairNames,
    source: str,
) -> dict[Pair, float] | None:
    """Return the levels of conflict of a square matrix."""
    problems = names.problems
    before = len(problems)
    across = [known for label in columns if (known := names.category(label, source))]
    down = [known for label, _ in rows if (known := names.category(label, source))]
    if len(problems) > before or not _same_goals(down, across, source, problems):
        return None
    cells: dict[Pair, float] = {}
    filled = {
        (row, column)
        for row, (_, values) in zip(down, rows, strict=True)
        for column, value in zip(across, values, strict=True)
        if not _blank(value)
    }
    for place, (_, values) in enumerate(rows):
        for label, column, value in zip(columns, across, values, strict=True):
            own = column == down[place]
            if _blank(value) and (own or (column, down[place]) in filled):
                continue  # the half that is written says it
            at = where(place, label)
            level = noted(parse_probability, value, "conflict", at, problems)
            if level is not None:
                cells[down[place], column] = level
                if own and level:
                    note_self_conflict(label, level, at, problems)
    if len(problems) > before:
        return None
    return _halves(cells, names, source)


def note_self_conflict(label: str, level: float, where: str, problems: Problems) -> None:
    """Note that a goal is said to conflict with itself."""
    problems.add(
        f"the goal {label!r} conflicts with itself at level {level:g}",
        where=where,
        several="{n} goals conflict with themselves",
        value=f"{label!r} at level {level:g}",
        valid="0, because agents with the same goal agree",
        fix="write 0; for levels of agreement, take 1 minus each of them",
    )


def note_asymmetric(pairs: Sequence[str], source: str, problems: Problems) -> None:
    """Note pairs whose conflict depends on the order in which they are named."""
    more = f" and {len(pairs) - 12} more" if len(pairs) > 12 else ""
    problems.add(
        f"the conflict is not the same in both directions: {'; '.join(pairs[:12])}{more}",
        where=source,
        valid="one level for both directions",
        fix="decide on one, for example the mean of the two",
    )


def _halves(cells: dict[Pair, float], names: PairNames, source: str) -> dict[Pair, float] | None:
    both = {**{pair[::-1]: level for pair, level in cells.items()}, **cells}
    upper = {pair: both[pair] for pair in names.sorted(both)}
    odd = [
        f"{show_pair(pair)}: {level:g}, {both[pair[::-1]]:g}"
        for pair, level in upper.items()
        if abs(level - both[pair[::-1]]) > EQUAL
    ]
    if odd:
        note_asymmetric(odd, source, names.problems)
        return None
    return upper


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
