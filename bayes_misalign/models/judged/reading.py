"""Count judgements by pair of goals, and by rater where raters are named, keeping no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bayes_misalign.families.raters.rater_kinds import JUDGED, NONE, kind_column, read_kinds
from bayes_misalign.families.raters.yes_no import NO, YES, YesNo
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.shares_of_yes import in_percent, part_of, share_of
from bayes_misalign.reading.columns import Column, Where, count_column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import (
    LEAVE_OUT,
    PairNames,
    left_out_note,
    own_pairs_note,
    pairs_of_rows,
    show_pair,
)
from bayes_misalign.reading.parse_numbers import noted, parse_count, with_decimal
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

Cell = tuple[int, Pair]  # rater, pair
SELF_JUDGEMENTS = (
    'state `self_judgements = "leave out"` to leave judgements of a goal with itself out'
)
_JUDGED: Where = ("conflict", lambda text: bool(text.strip()))
COLUMNS = (
    Column("goal"),
    Column("goal_other"),
    Column("conflict"),
    count_column("count"),
    Column(
        "rater",
        needed=_JUDGED,
        valid="the name of the rater beside every judgement",
        fix="leave the column out if nobody knows who judged",
    ),
    kind_column("judged", _JUDGED),
)


class Judgements:
    """Numbers of judgements by pair, and by cell where raters are named."""

    def __init__(
        self,
        names: PairNames,
        *,
        repeated: bool = False,
        agreement: bool = False,
        own_pairs: str | None = None,
        reference: str | None = None,
    ) -> None:
        self.names, self.repeated, self.own_pairs = names, repeated, own_pairs
        self.reference, self.rater_kinds = reference, NONE
        # which of the answers is conflict, and which is none
        self.kinds = (NO, YES) if agreement else (YES, NO)
        self.raters: tuple[str, ...] = ()
        self.counts: dict[Pair, list[float]] = {}
        self.cells: dict[Cell, list[float]] = {}
        self.notes: list[str] = []
        self.decimal = "."  # of the numbers in a table
        self.own = 0  # counts of a goal with itself that are left out

    def _read(self, parse: Callable[[object, str], float]) -> Callable[[object, str], float]:
        return with_decimal(parse, self.decimal)

    def add_counts(self, one: Any, other: Any, yes: Any, no: Any, where: str) -> None:
        """Add the judgements of one pair, which must not be named again."""
        pair = self.names.once(one, other, where, own_fix=SELF_JUDGEMENTS)
        problems = self.names.problems
        numbers = [
            noted(self._read(parse_count), cell, f"number of {kind} judgements", where, problems)
            for kind, cell in (("yes", yes), ("no", no))
        ]
        if pair is not None and numbers[0] is not None and numbers[1] is not None:
            self.counts[pair] = [numbers[0], numbers[1]]

    def add_parts(
        self, one: Any, other: Any, parts: Mapping[str, Any], where: str, *, percent: bool
    ) -> None:
        """Add the judgements of one pair: those of yes, and of no or of both, or a share of yes."""
        if one == other and self.own_pairs == LEAVE_OUT and self.names.category(one, where):
            self.own += 1
            return
        if "no" in parts:
            self.add_counts(one, other, parts.get("yes"), parts["no"], where)
            return
        problems = self.names.problems
        total = noted(
            self._read(parse_count), parts.get("n"), "number of judgements", where, problems
        )
        if total is None:
            return
        if "yes_share" in parts:
            yes = noted(
                self._read(share_of(total, percent=percent)),
                parts["yes_share"],
                "share of yes",
                where,
                problems,
            )
        else:
            read = self._read(part_of(total))
            yes = noted(read, parts.get("yes"), "number of yes", where, problems)
        if yes is not None:
            self.add_counts(one, other, yes, total - yes, where)

    def read_counts(self, table: Table, roles: Mapping[str, str]) -> None:
        """Read a table with a pair a row: goal, other goal, and figures by their roles."""
        names, figures = list(roles)[2:], list[tuple[int, str, str, dict[str, Any]]]()
        for row, (one, other, *cells) in table:
            figures.append((row, one, other, dict(zip(names, cells, strict=True))))
        self.decimal = table.decimal
        percent = in_percent((parts.get("yes_share") for *_, parts in figures), table.decimal)
        for row, one, other, parts in figures:
            self.add_parts(one, other, parts, table.where(row), percent=percent)
        self.notes += table.notes
        if self.own:
            why = "of a goal with itself"
            self.notes.append(left_out_note("row", self.own, table.source, why))

    def read_rows(self, table: Table, roles: Mapping[str, str], words: YesNo) -> None:
        """Read a table with the columns of `COLUMNS`."""
        found = DistinctRows(table, roles, COLUMNS, self.names.problems)
        if not found.read():
            return
        kinds = found.meanings("conflict", words.meaning)
        pairs = pairs_of_rows(found, self.names, self.own_pairs, SELF_JUDGEMENTS)
        keys, empty = list[Cell | None](), 0.0
        numbers = found.sum("n").tolist()
        judged = [kind is not None and n > 0 for kind, n in zip(kinds, numbers, strict=True)]
        self.raters, rater = found.named("rater", judged)
        of_kinds = read_kinds(found, self.raters, rater, judged, self.reference, JUDGED)
        if of_kinds is None:
            return
        self.rater_kinds = of_kinds
        for pair, kind, who, n in zip(pairs, kinds, rater, numbers, strict=True):
            cell = None
            if pair is not None and kind is not None:
                self.counts.setdefault(pair, [0.0, 0.0])[kind] += n
                if who >= 0 and n:
                    cell = (who, pair)
                    self.cells.setdefault(cell, [0.0, 0.0])[kind] += n
            elif pair is not None:
                empty += n
            keys.append(cell)
        if not self.repeated:
            found.note_repeats(
                keys,
                "rater",
                lambda cell: (
                    f"the rater {show(self.raters[cell[0]])} judged {show_pair(cell[1])} "
                    "more than once"
                ),
                "{n} judgements are of a pair that their rater judged before",
                "one judgement of each pair by each rater",
                "remove one, or state `repeated = true` if raters were asked again",
            )
        self.notes += table.notes
        told = [kind is not None for kind in kinds]
        self.notes += own_pairs_note(found, told, "judgement", self.own_pairs)
        if empty:
            self.notes.append(left_out_note("judgement", empty, table.source, "empty"))

    def conflict(self, origin: str) -> JudgedConflict:
        """Return what was read as evidence."""
        pairs, notes = self.names.sorted(self.counts), list(self.notes)
        if silent := [pair for pair, numbers in self.counts.items() if not sum(numbers)]:
            named = "; ".join(map(show_pair, silent[:12]))
            more = f" and {len(silent) - 12} more pairs" if len(silent) > 12 else ""
            notes.append(f"Nobody judged {named}{more}; they are known by the prior alone.")
        if not self.raters:
            yes, no = ([self.counts[pair][kind] for pair in pairs] for kind in self.kinds)
            return JudgedConflict(pairs, frozen_array(yes), frozen_array(no), origin, tuple(notes))
        place = {pair: p for p, pair in enumerate(pairs)}
        cells = sorted(self.cells, key=lambda cell: (cell[0], place[cell[1]]))
        return JudgedConflict.by_raters(
            pairs,
            self.raters,
            [rater for rater, _ in cells],
            [place[pair] for _, pair in cells],
            *([self.cells[cell][kind] for cell in cells] for kind in self.kinds),
            repeated=self.repeated,
            origin=origin,
            notes=tuple(notes),
            kinds=self.rater_kinds.names,
            kind_of_rater=self.rater_kinds.of_rater,
        )
