"""Collect ratings of pairs of goals from the rows of a table, and count them by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rating_scale import RatingScale
from bayes_misalign.models.rated.evidence import FIRST, NOBODY, SECOND, RatedConflict
from bayes_misalign.reading.evidence import FloatArray, Pair
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.parse_numbers import NotANumber, noted, parse_count
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

Cell = tuple[int, Pair, int, int]  # rater, pair, side, population
_PROBLEMS_NAMED = 20


class Ratings:
    """Numbers of ratings by cell and rating, growing while they are read.

    Parameters
    ----------
    names : PairNames
        Turns labels into pairs, and holds the problems.
    scale : RatingScale
        What ratings mean.
    directed : bool
        Whether raters hold the first goal of a row.
    repeated : bool
        Whether a rater may rate a pair more than once.
    not_ratings : tuple of str
        Answers that are none.

    Examples
    --------
    >>> from bayes_misalign.errors import Problems
    >>> from bayes_misalign.reading.problem_area import ProblemArea
    >>> from bayes_misalign.tables import open_table
    >>> names = PairNames(ProblemArea("vote", ["a", "b"]), problems := Problems())
    >>> ratings = Ratings(names, RatingScale(ends=(1.0, 5.0)), False, False, ())
    >>> columns = {"goal": ["a", "a"], "goal_other": ["b", "b"], "rating": [2, 4]}
    >>> table = open_table(columns, None, problems)
    >>> ratings.read(table, {name: name for name in columns})
    >>> ratings.conflict("a table").raw_level
    array([[0.5]])
    """

    def __init__(
        self,
        names: PairNames,
        scale: RatingScale,
        directed: bool,
        repeated: bool,
        not_ratings: tuple[str, ...],
    ) -> None:
        self.names, self.problems = names, names.problems
        self._scale, self._not_ratings = scale, frozenset(not_ratings)
        self._directed, self._repeated = directed, repeated
        self._counts: Counter[tuple[Cell, float]] = Counter()
        self._raters: dict[str, int] = {}
        self._populations: dict[str, int] = {}
        self._pairs: dict[tuple[str, str], tuple[Pair, int] | None] = {}
        self._meaning: dict[str, float | None] = {}
        self._first: dict[Cell, int] = {}  # row in which a named rater rated a pair
        self._order: dict[Pair, tuple[int, int]] = {}  # side and row in which a pair was met first
        self._empty = self._refused = 0.0
        self._notes: list[str] = []
        self._named = 0

    def read(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with a rating a row, or several of the same kind.

        Parameters
        ----------
        table : Table
            Whose columns are those of `roles`.
        roles : mapping of str to str
            Column of each role: goal, goal_other, rating, and perhaps count, rater, population.
        """
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
            self._counts[cell, meaning] += number  # type: ignore[assignment]  # counts may be huge
        self._notes += table.notes

    def conflict(self, origin: str) -> RatedConflict:
        """Return what was read.

        Parameters
        ----------
        origin : str
            Where it comes from.

        Returns
        -------
        RatedConflict
            Which speaks for the pairs that were rated, and no others yet.
        """
        ratings = np.array([rating for _, rating in self._counts])
        numbers = np.array(list(self._counts.values()), dtype=float)
        distinct, place = np.unique(ratings, return_inverse=True)
        sorted_ = self._scale.sort(distinct, np.bincount(place, numbers, len(distinct)))
        pairs = self.names.sorted(dict.fromkeys(cell[1] for cell, _ in self._counts))
        cells = sorted(
            {cell for cell, _ in self._counts},
            key=lambda cell: (cell[3], cell[0], pairs.index(cell[1]), -cell[2]),
        )
        number_of = {cell: n for n, cell in enumerate(cells)}
        counts = np.zeros((len(cells), len(sorted_.labels)))
        for (cell, _), value, number in zip(self._counts, place.tolist(), numbers, strict=True):
            counts[number_of[cell], sorted_.place[value]] += number
        columns: NDArray[np.int64] = np.array(
            [(who, pairs.index(pair), side, where) for who, pair, side, where in cells], np.int64
        ).reshape(-1, 4)
        return RatedConflict(
            pairs=pairs,
            levels=sorted_.labels,
            values=np.array(sorted_.values),
            raters=tuple(self._raters),
            populations=tuple(self._populations),
            directed=self._directed,
            rater=columns[:, 0],
            pair=columns[:, 1],
            side=columns[:, 2],
            population=columns[:, 3],
            counts=counts,
            repeated=self._repeated,
            origin=origin,
            notes=self._all_notes(origin, distinct, len(sorted_.labels)),
        )

    def by_pair(self) -> dict[tuple[Pair, float], float]:
        """Return how often each rating was given to each pair, by whomever and from either side.

        Returns
        -------
        dict of ((str, str), float) to float
            Ratings as conflict from 0 to 1.
        """
        found: Counter[tuple[Pair, float]] = Counter()
        for (cell, rating), number in self._counts.items():
            found[cell[1], rating] += number
        return dict(found)

    def notes(self, origin: str) -> tuple[str, ...]:
        """Return what a reader of a report should know of what was read.

        Parameters
        ----------
        origin : str
            Where it comes from.

        Returns
        -------
        tuple of str
        """
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
                self._meaning[cell] = self._scale.conflict(cell)
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
                if before[0] != side and not self._directed:
                    self.problems.add(
                        f"the pair {show_pair(pair)} is written in both directions, the other way "
                        f"round in row {before[1]}",
                        where=table.where(row),
                        valid="one direction for each pair, or directed ratings",
                        fix="write the pair in one order, or state directed = true if raters hold "
                        "the first goal of the row",
                    )
            found = None if pair is None else (pair, side if self._directed else 0)
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
        return self._raters.setdefault(name.strip(), len(self._raters))

    def _population(self, name: str, table: Table, row: int, column: str) -> int:
        if not name.strip():
            self.problems.add(
                "the population is empty",
                where=table.where(row, column),
                valid="the population whose conflict was rated, in every row",
            )
            return -1
        return self._populations.setdefault(name.strip(), len(self._populations))

    def _note_again(self, cell: Cell, number: float, table: Table, row: int) -> None:
        first = self._first.setdefault(cell, row)
        if self._repeated or (first == row and number == 1):
            return
        rater = list(self._raters)[cell[0]]
        self._named += 1
        if self._named <= _PROBLEMS_NAMED:
            self.problems.add(
                f"the rater {show(rater)} rated {show_pair(cell[1])} more than once"
                + ("" if first == row else f", before in row {first}"),
                where=table.where(row),
                valid="one rating of each pair by each rater",
                fix="remove one, or state repeated = true if raters were asked again",
            )

    def _all_notes(self, origin: str, distinct: FloatArray, levels: int) -> tuple[str, ...]:
        notes = list(self.notes(origin))
        if self._scale.ends is not None and len(distinct) > levels:
            notes.append(
                f"{len(distinct)} different ratings in {origin} were sorted into {levels} levels; "
                "each level is worth the mean of the ratings sorted into it."
            )
        return tuple(notes)
