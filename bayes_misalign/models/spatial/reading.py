"""Collect placements of goals on scales from the rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import Column, count_column, number_column
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.parse_numbers import noted, parse_number
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

Kind = Literal["known error", "several placements", "summaries"]
ONE_DIMENSION = "position"


def _is_filled(text: str) -> bool:
    return bool(text.strip())


def _is_several(text: str) -> bool:
    try:
        return float(text) > 1
    except ValueError:
        return False


_PLACED = ("position", _is_filled)  # a row without a position says nothing
COLUMNS = (
    Column("goal"),
    Column("dimension", needed=_PLACED, valid="the name of a scale"),
    Column("position", as_code=True),
    Column(
        "placed_by",
        what="name of who placed the goal",
        needed=_PLACED,
        valid="a name in every row",
        fix="leave `placed_by` out if nobody knows who placed",
    ),
    number_column("error", needed=_PLACED),
    count_column("count", needed=_PLACED),
    number_column("sd", needed=("count", _is_several)),
)


@dataclass
class Placed:
    """What was read of one goal on one dimension."""

    where: str
    rows: int = 0
    positions: list[float] = field(default_factory=list)
    error: float = float("nan")
    square: float = 0.0
    number: float = 1.0
    people: set[str] = field(default_factory=set)


class Placements:
    """Placements by goal and dimension, growing while they are read."""

    def __init__(
        self, names: PairNames, kind: Kind, ends: Any, error: float | None, beyond_ends: bool
    ) -> None:
        self.names, self.problems, self.kind = names, names.problems, kind
        self._ends, self._error, self._beyond = ends, error, beyond_ends
        self._cells: dict[tuple[str, str], Placed] = {}
        self._dimensions: dict[str, None] = {}
        self._refused: set[str] = set()
        self.people: set[str] = set()
        self._empty = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions, in the order of the stated ends or by first appearance."""
        stated = list(self._ends) if isinstance(self._ends, Mapping) else []
        return tuple(sorted(self._dimensions, key=stated.index) if stated else self._dimensions)

    @property
    def goals(self) -> tuple[str, ...]:
        """Goals that were placed, in the order of the categories."""
        placed = {goal for goal, _ in self._cells}
        return tuple(goal for goal in self.names.order if goal in placed)

    def read(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with the columns of `COLUMNS`, a placement or a summary of several a row."""
        coded = CodedTable(table, roles, COLUMNS, self.problems)
        if not coded.read() or self._read_at_once(coded):
            return
        texts = (coded.cells(role) for role in ("goal", "dimension", "position", "placed_by"))
        rows = zip(coded.rows.tolist(), *texts, strict=True)
        for i, (row, label, scale, text, person) in enumerate(rows):
            if not text.strip():
                self._empty += 1
                continue
            where = table.where(row)
            goal = self._goal(label, where)
            dimension = self._dimension(scale if "dimension" in roles else None, where)
            if goal is None or dimension is None:
                continue
            position = self._position(text, dimension, coded.where("position", row))
            cell = self._cells.setdefault((goal, dimension), Placed(where))
            if cell.rows and self.kind != "several placements":
                self._note_twice(goal, dimension, cell.where, where)
                continue
            cell.rows += 1
            figures = {role: float(values[i]) for role, values in coded.values.items()}
            self._figures_of(cell, figures, dimension, row, coded)
            name = person.strip()
            if name and name in cell.people:
                self.problems.add(
                    f"{show(name)} places {show(goal)} twice on {show(dimension)}",
                    where=coded.where("placed_by", row),
                    several="{n} placements are of a goal that the same person placed before",
                    value=f"{show(goal)} by {show(name)}",
                    valid="one placement of each goal by each person",
                    fix="remove one",
                )
                continue
            if name:
                cell.people.add(name)
                self.people.add(name)
            if position is not None:
                cell.positions.append(position)

    def _read_at_once(self, coded: CodedTable) -> bool:
        """Take in all placements by several people, and tell whether nothing in them was odd.

        What is odd is left to the reading row by row, which says in which row it is.
        """
        texts = list(coded.texts["position"])
        filled = np.array([_is_filled(text) for text in texts], bool)[
            coded.columns["position"].codes
        ]
        if self.kind != "several placements" or not filled.any():
            return False
        silent = copy(self)
        silent.names = copy(self.names)
        silent.names.problems = silent.problems = Problems()
        silent._dimensions, silent._refused, silent.names._unknown = {}, set(), set()

        def of(role: str, meaning: Callable[[str], Any]) -> tuple[list[Any], NDArray[Any]]:
            """Return what the texts of filled rows mean, each once, and the number of each row."""
            if role not in coded.columns:
                return [meaning("")], np.zeros(int(filled.sum()), np.int64)
            used, number = np.unique(coded.columns[role].codes[filled], return_inverse=True)
            # codes rise by first appearance, which is the order of dimensions
            known = list(coded.texts[role])
            return [meaning(known[code]) for code in used], number

        one = "dimension" not in coded.columns
        labels, goal = of("goal", lambda text: silent._goal(text, ""))
        scales, scale = of("dimension", lambda text: silent._dimension(None if one else text, ""))
        names, person = of("placed_by", str.strip)
        if len(silent.problems) or None in labels or None in scales:
            return False
        parsed, text = of("position", str)
        where = np.unique(np.stack([scale, text]), axis=1)
        at = np.full((len(scales), len(parsed)), np.nan)
        for s, t in where.T:
            found = silent._position(parsed[t], scales[s], "")
            if found is None:
                return False
            at[s, t] = found
        # different labels may mean one goal, and names may differ by blanks
        goal = np.array([labels.index(x) for x in labels])[goal]
        scale = np.array([scales.index(x) for x in scales])[scale]
        first_of = {name: i for i, name in reversed(list(enumerate(names)))}
        person = np.array([first_of[x] for x in names])[person]
        cell = goal * len(scales) + scale
        named = np.array([bool(name) for name in names])[person]
        placed = (cell * len(names) + person)[named]
        if len(np.unique(placed)) < len(placed):
            return False
        self._empty += int((~filled).sum())
        rows, position = coded.rows[filled], at[scale, text]
        order = np.argsort(cell, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
            made = Placed(coded.table.where(int(rows[part[0]])), len(part))
            made.positions = position[part].tolist()
            made.people = {names[i] for i in person[part]} - {""}
            self._cells[labels[goal[part[0]]], scales[scale[part[0]]]] = made
            self.people |= made.people
        self._dimensions.update(silent._dimensions)
        return True

    def check(self, where: str) -> None:
        """Note goals that are not placed on every dimension, and noise that cannot be learnt."""
        dimensions = self.dimensions
        for goal in self.goals:
            missing = [d for d in dimensions if (goal, d) not in self._cells]
            if missing:
                self.problems.add(
                    f"{show(goal)} is not placed on {shown(missing)}",
                    where=where,
                    several="{n} goals are not placed on every dimension",
                    value=f"{show(goal)} on {shown(missing)}",
                    valid="a position of each goal on every dimension",
                    fix="place it, or leave the goal out and state its conflict in another source",
                )
        if len(self.goals) < 2:
            number = "no goal is" if not self.goals else "one goal alone is"
            self.problems.add(f"{number} placed", where=where, valid="two goals or more")
        if self.kind == "known error" or len(self.problems):
            return
        found = self.figures()
        for d, dimension in enumerate(dimensions):
            on = f" on {show(dimension)}" if len(dimensions) > 1 else ""
            if not (found["number"][:, d] > 1).any():
                self.problems.add(
                    f"no goal is placed more than once{on}, and no error is stated",
                    where=where,
                    valid="placements of a goal by several people, or the error of each position",
                    fix='name the column of standard errors, as in `error = "se"`, or state '
                    "`error = 0` for positions known exactly",
                )
            elif not found["square"][:, d].sum() > 0:
                self.problems.add(
                    f"everybody places each goal alike{on}, so that no error can be learnt",
                    where=where,
                    valid="placements that differ, or a stated error",
                    fix="state `error = 0` if these positions are known exactly",
                )

    def figures(self) -> dict[str, FloatArray]:
        """Return number, mean, square and error by goal and dimension, (G, D) each."""
        shape = (len(self.goals), len(self.dimensions))
        found = {key: np.full(shape, np.nan) for key in ("number", "mean", "square", "error")}
        for i, goal in enumerate(self.goals):
            for d, dimension in enumerate(self.dimensions):
                cell = self._cells[goal, dimension]
                mean = float(np.mean(cell.positions))
                about = float(np.sum((np.array(cell.positions) - mean) ** 2))
                found["mean"][i, d] = mean
                found["square"][i, d] = about + cell.square
                found["error"][i, d] = cell.error
                several = self.kind == "several placements"
                found["number"][i, d] = len(cell.positions) if several else cell.number
        return found

    def notes(self, source: str) -> tuple[str, ...]:
        """Return what a reader of a report should know."""
        if not self._empty:
            return ()
        were = "position is" if self._empty == 1 else "positions are"
        return (f"{self._empty} {were} empty in {source} and left out.",)

    def _goal(self, label: str, where: str) -> str | None:
        goal = self.names.category(label, where)
        if goal == NO_GOAL and self.names.area.has_no_goal:
            self.problems.add(
                f"{show(label)} means holding no goal, which has no position",
                where=where,
                valid="goals",
                fix="leave it out; another source may state its conflict, which is 0 if none does",
            )
            return None
        return goal

    def _dimension(self, label: str | None, where: str) -> str | None:
        name = ONE_DIMENSION if label is None else label.strip()
        if not name:
            return None
        if isinstance(self._ends, Mapping) and label is None:
            name = next(iter(self._ends))
        if isinstance(self._ends, Mapping) and name not in self._ends:
            if name not in self._refused:
                self._refused.add(name)
                self.problems.add(
                    f"there is no dimension {show(name)}",
                    where=where,
                    valid=f"those whose ends are stated: {shown(self._ends)}",
                    fix=did_you_mean(name, self._ends) or "state its `ends` too",
                )
            return None
        self._dimensions.setdefault(name)
        return name

    def _scale(self, dimension: str) -> Sequence[float]:
        found: Sequence[float] = (
            self._ends[dimension] if isinstance(self._ends, Mapping) else self._ends
        )
        return found

    def _position(self, cell: str, dimension: str, where: str) -> float | None:
        low, high = self._scale(dimension)
        valid = f"a number from {low:g} to {high:g}"
        parse = partial(parse_number, valid="a number" if self._beyond else valid)
        if (number := noted(parse, cell, "position", where, self.problems)) is None:
            return None
        if not self._beyond and not min(low, high) <= number <= max(low, high):
            self.problems.add(
                "the position is off the scale",
                where=where,
                value=show(cell),
                valid=valid,
                fix="state other `ends`; or `beyond_ends = true` if positions are estimates that "
                "may lie beyond the ends",
            )
            return None
        return (number - low) / (high - low)

    def _figures_of(
        self,
        cell: Placed,
        figures: Mapping[str, float],
        dimension: str,
        row: int,
        coded: CodedTable,
    ) -> None:
        """Settle the error of a position, or the spread of several."""
        low, high = self._scale(dimension)
        width = abs(high - low)
        if self.kind == "known error":
            error = figures.get("error", self._error)
            if figures.get("error") == 0:
                self.problems.add(
                    "the error of a position is 0",
                    where=coded.where("error", row),
                    valid="a standard error above 0, in the units of the scale",
                    fix="state `error = 0` in place of a column if all positions are known exactly",
                )
            cell.error = np.nan if error is None else error / width
        if self.kind == "summaries":
            if figures["count"] == 0:
                where = coded.where("count", row)
                self.problems.add("the count is 0", where=where, valid="one or more")
            cell.number = figures["count"] or 1.0
            if cell.number > 1:
                cell.square = (cell.number - 1) * (figures["sd"] / width) ** 2

    def _note_twice(self, goal: str, dimension: str, first: str, where: str) -> None:
        on = f" on {show(dimension)}" if dimension != ONE_DIMENSION else ""
        known = self.kind == "known error"
        self.problems.add(
            f"{show(goal)} is placed twice{on}, before in {first}"
            + (", and errors are stated" if known else ""),
            where=where,
            several="{n} placements are of a goal that was placed before"
            + (", and errors are stated" if known else ""),
            value=show(goal),
            valid="one position with its error for each goal and dimension, or several placements "
            "without errors"
            if known
            else "one summary for each goal and dimension",
            fix="remove one, or leave `error` out: it is then learnt from how placements scatter"
            if known
            else "remove one",
        )
