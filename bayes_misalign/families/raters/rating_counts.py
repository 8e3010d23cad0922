"""Ratings of pairs of goals from the rows of a table, counted by who rated what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bayes_misalign.families.raters.rating_scale import RatingScale
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.parse_numbers import NotANumber, noted, parse_count
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

NOBODY = -1  # a rater who is not named
FIRST, SECOND = 1, -1  # whose holders rated the other goal of the pair; 0 where that is not told
Cell = tuple[int, Pair, int, int]  # rater, pair, side, population
_PROBLEMS_NAMED = 20


class RatingCounts:
    """Numbers of ratings by cell and rating, growing while they are read."""

    def __init__(
        self,
        names: PairNames,
        scale: RatingScale,
        directed: bool,
        repeated: bool,
        not_ratings: tuple[str, ...],
    ) -> None:
        self.names, self.problems = names, names.problems
        self.scale, self._not_ratings = scale, frozenset(not_ratings)
        self.directed, self.repeated = directed, repeated
        self.counts: Counter[tuple[Cell, float]] = Counter()
        self.raters: dict[str, int] = {}
        self.populations: dict[str, int] = {}
        self._pairs: dict[tuple[str, str], tuple[Pair, int] | None] = {}
        self._meaning: dict[str, float | None] = {}
        self._first: dict[Cell, int] = {}  # row in which a named rater rated a pair
        self._order: dict[Pair, tuple[int, int]] = {}  # side and row in which a pair was met first
        self._empty = self._refused = 0.0
        self._notes: list[str] = []
        self._named = 0

    def read(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with a rating a row, or several of the same kind."""
        places = {role: place for place, role in enumerate(roles)}
        count, rater = places.get("count"), places.get("rater")
        population = places.get("population")
        for row, cells in table:
            number: float | None = 1.0
            if count is not None:
                where = table.where(row, roles["count"])
                number = noted(parse_count, cells[count], "count", where, self.problems)
            meaning = self._rating(cells[2], number or 0.0, table, row, roles["rating"])
            found = self._pair(cells[0], cells[1], table, row)
            who = (
                self._who(cells[rater], table, row, roles["rater"]) if rater is not None else NOBODY
            )
            where_from = 0
            if population is not None:
                where_from = self._population(cells[population], table, row, roles["population"])
            if meaning is None or found is None or not number or who is None or where_from < 0:
                continue
            cell = (who, found[0], found[1], where_from)
            if who != NOBODY:
                self._note_again(cell, number, table, row)
            self.counts[cell, meaning] += number  # type: ignore[assignment]  # counts may be huge
        self._notes += table.notes

    def by_pair(self) -> dict[tuple[Pair, float], float]:
        """Return how often each rating was given to each pair, by whomever and from either side."""
        found: Counter[tuple[Pair, float]] = Counter()
        for (cell, rating), number in self.counts.items():
            found[cell[1], rating] += number
        return dict(found)

    def notes(self, origin: str) -> tuple[str, ...]:
        """Return what a reader of a report should know of what was read."""
        notes = list(self._notes)
        for number, what in (
            (self._empty, "empty and left out"),
            (self._refused, "declared to be no ratings and left out"),
        ):
            if number:
                notes.append(f"{number:,.0f} ratings in {origin} are {what}.")
        return tuple(notes)

    def _rating(self, cell: str, number: float, table: Table, row: int, column: str) -> Any:
        cell = cell.strip()
        if not cell:
            self._empty += number
            return None
        if cell in self._not_ratings:
            self._refused += number
            return None
        if cell not in self._meaning:
            try:
                self._meaning[cell] = self.scale.conflict(cell)
            except NotANumber as trouble:
                self._meaning[cell] = None
                self._named += 1
                if self._named <= _PROBLEMS_NAMED:
                    self.problems.add(
                        trouble.what,
                        where=table.where(row, column),
                        valid=trouble.valid,
                        fix=trouble.fix or "name answers that are no ratings in not_ratings",
                    )
        return self._meaning[cell]

    def _pair(self, one: str, other: str, table: Table, row: int) -> tuple[Pair, int] | None:
        if (one, other) not in self._pairs:
            pair = self.names.pair(one, other, table.where(row))
            side = 0
            if pair is not None:
                side = FIRST if self.names.area.category_of(one) == pair[0] else SECOND
                before = self._order.setdefault(pair, (side, row))
                if before[0] != side and not self.directed:
                    self.problems.add(
                        f"the pair {show_pair(pair)} is written in both directions, the other way "
                        f"round in row {before[1]}",
                        where=table.where(row),
                        valid="one direction for each pair, or directed ratings",
                        fix="write the pair in one order, or state directed = true if raters hold "
                        "the first goal of the row",
                    )
            found = None if pair is None else (pair, side if self.directed else 0)
            self._pairs[one, other] = found
        return self._pairs[one, other]

    def _who(self, name: str, table: Table, row: int, column: str) -> int | None:
        if not name.strip():
            self.problems.add(
                "the rater is empty",
                where=table.where(row, column),
                valid="the name of the rater in every row",
                fix="leave the column out if nobody knows who rated",
            )
            return None
        return self.raters.setdefault(name.strip(), len(self.raters))

    def _population(self, name: str, table: Table, row: int, column: str) -> int:
        if not name.strip():
            self.problems.add(
                "the population is empty",
                where=table.where(row, column),
                valid="the population whose conflict was rated, in every row",
            )
            return -1
        return self.populations.setdefault(name.strip(), len(self.populations))

    def _note_again(self, cell: Cell, number: float, table: Table, row: int) -> None:
        first = self._first.setdefault(cell, row)
        if self.repeated or (first == row and number == 1):
            return
        rater = list(self.raters)[cell[0]]
        self._named += 1
        if self._named <= _PROBLEMS_NAMED:
            self.problems.add(
                f"the rater {show(rater)} rated {show_pair(cell[1])} more than once"
                + ("" if first == row else f", before in row {first}"),
                where=table.where(row),
                valid="one rating of each pair by each rater",
                fix="remove one, or state repeated = true if raters were asked again",
            )
