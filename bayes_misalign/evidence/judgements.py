"""Count judgements by pair of goals, keeping no row and no rater."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bayes_misalign.evidence.duplicates import RowIds
from bayes_misalign.evidence.frozen import Pair
from bayes_misalign.evidence.labels import show, shown
from bayes_misalign.evidence.numbers import noted, parse_count
from bayes_misalign.evidence.pairs import PairNames, show_pair
from bayes_misalign.evidence.tables import Table

_YES, _NO = 0, 1


class Judgements:
    """Numbers of judgements by pair, growing while they are read.

    Parameters
    ----------
    names : PairNames
        Turns labels into pairs, and holds the problems.
    yes, no : sequence of str
        Words for the two judgements.

    Examples
    --------
    >>> from bayes_misalign.errors import Problems
    >>> from bayes_misalign.evidence.problem_area import ProblemArea
    >>> names = PairNames(ProblemArea("vote", ["a", "b"]), Problems())
    >>> judgements = Judgements(names, ["yes"], ["no"])
    >>> judgements.add_counts("a", "b", 7, 2, "pairs")
    >>> judgements.counts
    {('a', 'b'): [7.0, 2.0]}
    """

    def __init__(self, names: PairNames, yes: Sequence[str], no: Sequence[str]) -> None:
        self.names = names
        self.counts: dict[Pair, list[float]] = {}
        self._yes, self._no = yes, no
        self._kinds = {w.casefold(): _NO for w in no} | {w.casefold(): _YES for w in yes}
        self._empty = 0.0
        self._known: dict[Pair, Pair | None] = {}
        self._notes: list[str] = []

    def add_counts(self, one: Any, other: Any, yes: Any, no: Any, where: str) -> None:
        """Add the judgements of one pair, which must not be named again.

        Parameters
        ----------
        one, other : object
            Two labels.
        yes, no : str or number
            Numbers of judgements.
        where : str
            Their place, for messages.

        Examples
        --------
        >>> from bayes_misalign.errors import Problems
        >>> from bayes_misalign.evidence.problem_area import ProblemArea
        >>> names = PairNames(ProblemArea("vote", ["a", "b"]), problems := Problems())
        >>> Judgements(names, ["yes"], ["no"]).add_counts("a", "b", -1, 2, "pairs")
        >>> len(problems)
        1
        """
        pair = self.names.once(one, other, where)
        numbers = [
            noted(parse_count, cell, f"number of {kind} judgements", where, self.names.problems)
            for kind, cell in (("yes", yes), ("no", no))
        ]
        if pair is not None and numbers[0] is not None and numbers[1] is not None:
            self.counts[pair] = [numbers[0], numbers[1]]

    def read_counts(self, table: Table) -> None:
        """Read a table with a pair a row.

        Parameters
        ----------
        table : Table
            With the columns goal, other goal, yes, no, in this order.

        Examples
        --------
        >>> from bayes_misalign.errors import Problems
        >>> from bayes_misalign.evidence.problem_area import ProblemArea
        >>> from bayes_misalign.evidence.tables import open_table
        >>> names = PairNames(ProblemArea("vote", ["a", "b"]), problems := Problems())
        >>> judgements = Judgements(names, ["yes"], ["no"])
        >>> columns = {"i": ["a"], "j": ["b"], "yes": [3], "no": [1]}
        >>> judgements.read_counts(open_table(columns, None, problems))
        >>> judgements.counts
        {('a', 'b'): [3.0, 1.0]}
        """
        for row, (one, other, yes, no) in table:
            self.add_counts(one, other, yes, no, table.where(row))
        self._notes += table.notes

    def read_rows(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with a judgement a row, or several of the same kind.

        Parameters
        ----------
        table : Table
            Whose columns are those of `roles`.
        roles : mapping of str to str
            Column of each role: goal, goal_other, conflict, and perhaps count and rater.

        Examples
        --------
        >>> from bayes_misalign.errors import Problems
        >>> from bayes_misalign.evidence.problem_area import ProblemArea
        >>> from bayes_misalign.evidence.tables import open_table
        >>> names = PairNames(ProblemArea("vote", ["a", "b"]), problems := Problems())
        >>> judgements = Judgements(names, ["yes"], ["no"])
        >>> columns = {"goal": ["a", "b"], "goal_other": ["b", "a"], "conflict": ["yes", ""]}
        >>> table = open_table(columns, None, problems)
        >>> judgements.read_rows(table, {name: name for name in columns})
        >>> judgements.counts
        {('a', 'b'): [1.0, 0.0]}
        """
        places = {role: place for place, role in enumerate(roles)}
        count, rater = places.get("count"), places.get("rater")
        ids, problems = RowIds(), self.names.problems
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
                if rater is not None:
                    ids.add(row, cells[rater], *pair)
                if kind is None:
                    self._empty += number
                else:
                    self.counts.setdefault(pair, [0.0, 0.0])[kind] += number
        for first, again in ids.repeated()[:50]:
            problems.add(
                f"rows {first} and {again} are judgements of the same pair by the same rater",
                where=f"{table.source}, column {roles['rater']!r}",
                valid="one judgement of each pair by each rater",
            )
        self._notes += table.notes

    def notes(self, origin: str) -> tuple[str, ...]:
        """Return what a reader of a report should know about the judgements.

        Parameters
        ----------
        origin : str
            Where they come from.

        Returns
        -------
        tuple of str
            One sentence each.

        Examples
        --------
        >>> from bayes_misalign.errors import Problems
        >>> from bayes_misalign.evidence.problem_area import ProblemArea
        >>> names = PairNames(ProblemArea("vote", ["a", "b"]), Problems())
        >>> Judgements(names, ["yes"], ["no"]).notes("pairs")
        ()
        """
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
