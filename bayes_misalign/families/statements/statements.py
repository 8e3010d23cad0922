"""What a person states about the conflict of two goals: a range, or a mean with a strength."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import nan
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.goal_pairs import StatedPair
from bayes_misalign.reading.parse_numbers import (
    PERCENT,
    NotANumber,
    noted,
    parse_number,
    parse_probability,
)
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.table import check_columns

FIGURES = ("low", "high", "probability", "mean", "strength")
_VALID = "a range (low, high), or a mean with a strength"
_ROUNDED = 12  # decimals by which two levels are the same


def open_statements(
    declared: TableDeclared, columns: Sequence[str], problems: Problems, base: str | Path | None
) -> Table | None:
    """Open the table of a declaration of stated levels, a statement a row."""
    table = declared.open(None, problems, base, "elicited levels of conflict")
    if table is None:
        return None
    wanted = [*columns]
    if not {"mean", "strength"} & set(table.columns):
        wanted += ["low", "high"]
    keys = declared.left_to_keys(declared.roles("goal", "goal_other"))
    sound = check_columns(table.columns, wanted, table.source, problems, keys=keys)
    return with_points(table) if sound else None


def read_statements(
    table: Table, goal: str, goal_other: str
) -> Iterator[tuple[int, Mapping[str, str], StatedPair]]:
    """Iterate over the rows of a table of statements, and the figures in them that are stated."""
    for row, cells in table:
        record = dict(zip(table.columns, cells, strict=True))
        figures = {f: cell for f in FIGURES if (cell := record.get(f, "").strip())}
        stated = StatedPair(record[goal], record[goal_other], figures, table.where(row))
        yield row, record, stated


def unpack_statement(value: Any) -> Mapping[str, Any] | None:
    """Return a statement about a pair by key: (low, high) is a range."""
    if isinstance(value, Mapping):
        return value
    return {"range": value} if _is_two(value) else None


def _is_two(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2


def statement_figures(
    values: Mapping[str, Any], probability: float | None, where: str, problems: Problems
) -> Mapping[str, float] | None:
    """Return the figures of one statement about a pair, or note what is wrong with them."""
    stated = dict(values)
    if "range" in stated:
        span = stated.pop("range")
        if not _is_two(span) or "low" in stated or "high" in stated:
            problems.add(f"the range is {span!r}", where=where, valid="[low, high], stated once")
            return None
        stated["low"], stated["high"] = span
    in_range, in_mean = {"low", "high"} & set(stated), {"mean", "strength"} & set(stated)
    if bool(in_range) == bool(in_mean) or len(in_range or in_mean) < 2:
        given = ", ".join(stated) or "nothing"
        problems.add(f"the pair states {given}", where=where, valid=_VALID)
        return None
    if in_mean:
        if "probability" in stated:
            problems.add(
                "a probability goes with a range, not with a mean", where=where, valid=_VALID
            )
        mean = strictly_inside(stated["mean"], "mean", where, problems)
        strength = noted(_strength, stated["strength"], "strength", where, problems)
        if mean is None or strength is None:
            return None
        if strength <= 0:
            problems.add(
                f"the strength is {strength:g}",
                where=where,
                valid="a number > 0: how many observations the mean is worth",
            )
        return {"mean": mean, "strength": strength}
    own = stated.get("probability", probability)
    return _range(stated["low"], stated["high"], own, where, problems)


def turned_around(figures: Mapping[str, float]) -> Mapping[str, float]:
    """Return what figures of agreement say of conflict, which is 1 minus it."""
    made = dict(figures)
    if "mean" in made:
        made["mean"] = round(1 - figures["mean"], _ROUNDED)
    else:
        made["low"], made["high"] = (round(1 - figures[end], _ROUNDED) for end in ("high", "low"))
    return made


def _range(
    low: Any, high: Any, probability: Any, where: str, problems: Problems
) -> Mapping[str, float] | None:
    if (percent := _in_percent(low, high)) is not None:
        problems.add(
            "the range is in percent",
            where=where,
            value=f"[{percent[0]:g}, {percent[1]:g}]",
            valid="numbers from 0 to 1",
            fix=PERCENT,
        )
        return None
    bottom = noted(parse_probability, low, "low end of the range", where, problems)
    top = noted(parse_probability, high, "high end of the range", where, problems)
    inside = nan
    if probability is not None:
        inside = strictly_inside(probability, "probability", where, problems) or nan
    if bottom is None or top is None:
        return None
    if bottom >= top:
        problems.add(
            f"the range is [{bottom:g}, {top:g}]",
            where=where,
            several="{n} ranges do not go from low to high",
            value=f"[{bottom:g}, {top:g}]",
            valid="low below high",
            fix='state levels that are known apart, with `model = "fixed"`'
            if bottom == top
            else "write the lower end first",
        )
    elif (bottom, top) == (0, 1):
        problems.add(
            "the range is [0, 1], which says nothing",
            where=where,
            valid="a narrower range",
            fix="state `mean = 0.5` and `strength = 2` if every level is as probable",
        )
    return {"low": bottom, "high": top, "probability": inside}


def _in_percent(low: Any, high: Any) -> tuple[float, float] | None:
    """Return the ends of a range if they seem to be percentages."""
    try:
        ends = [parse_number(end, "", "") for end in (low, high)]
    except NotANumber:
        return None
    percent = 1 < ends[1] <= 100 and (ends[0] == 0 or 1 <= ends[0] < ends[1])
    return (ends[0], ends[1]) if percent else None


def _strength(cell: Any, name: str) -> float:
    return parse_number(cell, name, "a number > 0")


def strictly_inside(cell: Any, name: str, where: str, problems: Problems) -> float | None:
    """Return a probability that is neither 0 nor 1, or note what is wrong with it."""
    number = noted(parse_probability, cell, name, where, problems)
    if number is not None and not 0 < number < 1:
        problems.add(f"the {name} is {number:g}", where=where, valid="a number between 0 and 1")
        return None
    return number
