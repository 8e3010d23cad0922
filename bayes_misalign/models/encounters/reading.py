"""Count the encounters of a table by who met whom, as the table names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.reading.parse_numbers import noted, parse_count
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

_YES, _NO = 0, 1
PROBLEMS_NAMED = 20


class Meetings:
    """Numbers of encounters with and without conflict, growing while they are read."""

    def __init__(self, yes: Sequence[str], no: Sequence[str], problems: Problems) -> None:
        self.problems = problems
        self.source = ""
        self._yes, self._no = yes, no
        self._kinds = {w.casefold(): _NO for w in no} | {w.casefold(): _YES for w in yes}
        self._counts: dict[tuple[str, str], list[float]] = {}
        self._where: dict[tuple[str, str], str] = {}
        self._unknown: set[str] = set()  # words that were noted
        self._empty = 0.0
        self._notes: list[str] = []

    def read(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table."""
        places = {role: place for place, role in enumerate(roles)}
        count, by_kind = places.get("count"), "yes" in roles
        for row, cells in table:
            where = table.where(row)
            if by_kind:
                numbers = [
                    noted(
                        parse_count,
                        cells[places[kind]],
                        f"number of encounters with {what}",
                        where,
                        self.problems,
                    )
                    for kind, what in (("yes", "conflict"), ("no", "no conflict"))
                ]
                self._add(cells[0], cells[1], [x or 0.0 for x in numbers], where)
                continue
            number: float | None = 1.0
            if count is not None:
                place = table.where(row, roles["count"])
                number = noted(parse_count, cells[count], "count", place, self.problems)
            word = cells[2].strip().casefold()
            kind = self._kinds.get(word)
            if word and kind is None:
                if word in self._unknown:
                    continue
                self._unknown.add(word)
                self.problems.add(
                    f"the encounter {show(cells[2])} is neither with nor without conflict",
                    where=table.where(row, roles["conflict"]),
                    valid=f"{shown(self._yes)}, {shown(self._no)}, or empty if nobody saw",
                    fix="name the words, as in yes = [...] and no = [...]",
                )
            elif kind is None:
                self._empty += number or 0.0
            else:
                both = [0.0, 0.0]
                both[kind] = number or 0.0
                self._add(cells[0], cells[1], both, where)
        self.source = table.source
        self._notes += table.notes

    def __iter__(self) -> Iterator[tuple[str, str, float, float, str]]:
        """Yield who met whom, with and without conflict, and where the first of them is written."""
        for names, (yes, no) in self._counts.items():
            yield (*names, yes, no, self._where[names])

    def notes(self) -> list[str]:
        """Return what a reader of a report should know about the table."""
        notes = list(self._notes)
        if self._empty:
            notes.append(
                f"Of {self._empty:,.0f} encounters in {self.source} nobody saw whether there was "
                "conflict; they are left out."
            )
        return notes

    def _add(self, one: str, other: str, numbers: list[float], where: str) -> None:
        names = (one.strip(), other.strip())
        both = self._counts.setdefault(names, [0.0, 0.0])
        both[_YES] += numbers[_YES]
        both[_NO] += numbers[_NO]
        self._where.setdefault(names, where)
