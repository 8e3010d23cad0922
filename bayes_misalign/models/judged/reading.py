"""Count judgements by pair of goals, and by rater where raters are named, keeping no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.parse_numbers import noted, parse_count
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

_YES, _NO = 0, 1
_PROBLEMS_NAMED = 20
Cell = tuple[int, Pair]  # rater, pair


class Judgements:
    """Numbers of judgements by pair, growing while they are read."""

    def __init__(
        self,
        names: PairNames,
        yes: Sequence[str],
        no: Sequence[str],
        *,
        repeated: bool = False,
    ) -> None:
        self.names = names
        self.counts: dict[Pair, list[float]] = {}
        self._repeated = repeated
        self._raters: dict[str, int] = {}
        self._cells: dict[Cell, list[float]] = {}
        self._first: dict[Cell, int] = {}  # row in which a rater judged a pair
        self._named = 0
        self._yes, self._no = yes, no
        self._kinds = {w.casefold(): _NO for w in no} | {w.casefold(): _YES for w in yes}
        self._empty = 0.0
        self._known: dict[Pair, Pair | None] = {}
        self._notes: list[str] = []

    def add_counts(self, one: Any, other: Any, yes: Any, no: Any, where: str) -> None:
        """Add the judgements of one pair, which must not be named again."""
        pair = self.names.once(one, other, where)
        numbers = [
            noted(parse_count, cell, f"number of {kind} judgements", where, self.names.problems)
            for kind, cell in (("yes", yes), ("no", no))
        ]
        if pair is not None and numbers[0] is not None and numbers[1] is not None:
            self.counts[pair] = [numbers[0], numbers[1]]

    def read_counts(self, table: Table) -> None:
        """Read a table with a pair a row."""
        for row, (one, other, yes, no) in table:
            self.add_counts(one, other, yes, no, table.where(row))
        self._notes += table.notes

    def read_rows(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with a judgement a row, or several of the same kind."""
        places = {role: place for place, role in enumerate(roles)}
        count, rater = places.get("count"), places.get("rater")
        problems = self.names.problems
        for row, cells in table:
            pair = self._pair(cells[0], cells[1], table, row)
            number: float | None = 1.0
            if count is not None:
                where = table.where(row, roles["count"])
                number = noted(parse_count, cells[count], "count", where, problems)
            word = cells[2].strip().casefold()
            kind = self._kinds.get(word)
            if word and kind is None:
                problems.add(
                    f"the judgement {show(cells[2])} is neither yes nor no",
                    where=table.where(row, roles["conflict"]),
                    valid=f"{shown(self._yes)}, {shown(self._no)}, or empty if not judged",
                    fix="name the words, as in yes = [...] and no = [...]",
                )
            elif pair is not None and number is not None:
                if kind is None:
                    self._empty += number
                    continue
                self.counts.setdefault(pair, [0.0, 0.0])[kind] += number
                if rater is not None and number:
                    place = table.where(row, roles["rater"])
                    self._count_of(cells[rater], pair, kind, number, row, place)
        self._notes += table.notes

    def _count_of(
        self, name: str, pair: Pair, kind: int, number: float, row: int, where: str
    ) -> None:
        """Count judgements of a pair by a named rater, who may have judged it before."""
        problems, name = self.names.problems, name.strip()
        if not name:
            problems.add(
                "the rater is empty",
                where=where,
                valid="the name of the rater beside every judgement",
                fix="leave the column out if nobody knows who judged",
            )
            return
        cell = (self._raters.setdefault(name, len(self._raters)), pair)
        self._cells.setdefault(cell, [0.0, 0.0])[kind] += number
        first = self._first.setdefault(cell, row)
        if self._repeated or (first == row and number == 1):
            return
        self._named += 1
        if self._named <= _PROBLEMS_NAMED:
            problems.add(
                f"the rater {show(name)} judged {show_pair(pair)} more than once"
                + ("" if first == row else f", before in row {first}"),
                where=where,
                valid="one judgement of each pair by each rater",
                fix="remove one, or state repeated = true if raters were asked again",
            )

    def conflict(self, origin: str) -> JudgedConflict:
        """Return what was read."""
        pairs = self.names.sorted(self.counts)
        notes = self.notes(origin)
        if not self._raters:
            yes, no = ([self.counts[pair][kind] for pair in pairs] for kind in (_YES, _NO))
            return JudgedConflict(pairs, frozen_array(yes), frozen_array(no), origin, notes)
        place = {pair: p for p, pair in enumerate(pairs)}
        cells = sorted(self._cells, key=lambda cell: (cell[0], place[cell[1]]))
        return JudgedConflict.by_raters(
            pairs,
            tuple(self._raters),
            [rater for rater, _ in cells],
            [place[pair] for _, pair in cells],
            [self._cells[cell][_YES] for cell in cells],
            [self._cells[cell][_NO] for cell in cells],
            repeated=self._repeated,
            origin=origin,
            notes=notes,
        )

    def notes(self, origin: str) -> tuple[str, ...]:
        """Return what a reader of a report should know about the judgements."""
        notes = list(self._notes)
        if self._empty:
            notes.append(f"{self._empty:,.0f} judgements in {origin} are empty and left out.")
        if silent := [pair for pair, numbers in self.counts.items() if not sum(numbers)]:
            pairs = "; ".join(map(show_pair, silent[:12]))
            more = f" and {len(silent) - 12} more pairs" if len(silent) > 12 else ""
            notes.append(f"Nobody judged {pairs}{more}; the prior alone speaks for them.")
        return tuple(notes)

    def _pair(self, one: str, other: str, table: Table, row: int) -> Pair | None:
        if (one, other) not in self._known:
            self._known[one, other] = self.names.pair(one, other, table.where(row))
        return self._known[one, other]
