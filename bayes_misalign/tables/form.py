"""How a table is written, which of its rows count, and what is wanted of its columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bayes_misalign.tables.conditions import Filter, same_code
from bayes_misalign.tables.labels import show, shown

_VALUES_SHOWN = 20


def decoded(text: str, codes: Mapping[str, str]) -> str:
    """Return the label that a code stands for, or the text itself; codes in their shortest form."""
    return codes.get(same_code(text), text)


def told_missing(
    text: str, codes: Mapping[str, Collection[str]], gaps: frozenset[str]
) -> frozenset[str]:
    """Return by which of the words for a missing cell one is missing: its text, label or code.

    `codes` are those of each label of its column. Where several have its label, all are to be
    named.
    """
    own = frozenset(map(same_code, codes.get(text, ())))
    labels = frozenset(label for label, of in codes.items() if text in of)
    plain = frozenset((same_code(text.strip()),))
    return plain & gaps or labels & gaps or (own if own and own <= gaps else frozenset())


@dataclass(frozen=True)
class TableForm:
    """How a table is written, and which of its rows and cells count.

    `skip_rows` is a number of first rows or the numbers of rows, as a person sees them; `missing`
    holds for all columns, or for those that it names; `where` keeps rows whose cells are as it says
    in each of its columns, see `conditions.Filter`.
    """

    encoding: str = "utf-8"
    separator: str | None = None
    decimal: str = "."
    skip_rows: int | tuple[int, ...] = 0
    sheet: str | int | None = None
    missing: tuple[str, ...] | Mapping[str, Sequence[str]] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    def skips(self, row: int) -> bool:
        """Tell whether a row of a file, counted from 1, is left out before its header is read."""
        return row <= self.skip_rows if isinstance(self.skip_rows, int) else row in self.skip_rows

    @property
    def skipped(self) -> tuple[int, ...]:
        """The numbers of the rows that are left out."""
        rows = self.skip_rows
        return tuple(range(1, rows + 1)) if isinstance(rows, int) else tuple(sorted(set(rows)))

    def missing_in(self, column: str) -> frozenset[str]:
        """Return the texts that mean a missing cell in a column, codes in their shortest form."""
        stated = self.missing
        if isinstance(stated, Mapping):
            texts: Any = stated.get(column, ())
            texts = (texts,) if isinstance(texts, str) else texts
        else:
            texts = stated
        return frozenset(same_code(str(text)) for text in texts)


@dataclass(frozen=True)
class Wanted:
    """A column that somebody asks for, and how its cells are meant.

    One that is made of `parts` holds their texts, put together. Where codes of a file have labels,
    a `number` is read as a code, and so is what the study says of codes, `coded`; elsewhere labels
    are read. What a file declares missing is missing unless it `keeps` its meaning. `empty` is what
    an empty cell is called; rows with an empty cell are left out if it is `LEAVE_OUT`. Where a
    study says what codes mean (`codes`), two with the same label are for it to settle; else each
    stands behind its label.
    """

    name: str
    parts: tuple[str, ...] = ()
    number: bool = False
    keeps: Callable[[str], bool] = lambda text: False
    coded: Collection[str] = ()
    empty: str | None = None
    codes: bool = False


LEAVE_OUT = "leave out"


def as_wanted(columns: Sequence[str | Wanted]) -> tuple[Wanted, ...]:
    """Return columns with nothing special about those of which only the name is given."""
    return tuple(Wanted(column) if isinstance(column, str) else column for column in columns)


@dataclass(eq=False)
class LeftOut:
    """What was left out of a table while it was read: rows, and cells that are missing."""

    filters: Sequence[Filter] = ()  # which rows count
    rows: int = 0
    empty: Counter[str] = field(default_factory=Counter)  # rows left out, by the empty column
    declared: Counter[tuple[str, str]] = field(default_factory=Counter)  # by the file
    stated: Counter[tuple[str, str]] = field(default_factory=Counter)  # by the study
    parts: tuple[LeftOut, ...] = ()
    begun: bool = False  # whether the table was read
    form: TableForm | None = None  # what the study says of missing cells
    # what it names and a column has, by column
    named: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def begin(self) -> None:
        """Forget what was counted."""
        self.rows, self.begun = 0, True
        for found in (self.empty, self.declared, self.stated):
            found.clear()

    def _unseen(self, source: str) -> list[str]:
        """Return what the study says is missing, where no cell that is read holds it."""
        if self.form is None or not self.begun:
            return []
        stated, place = self.form.missing, f"No cell of {source}"
        if not isinstance(stated, Mapping):
            seen = set().union(*self.named.values())
            return [
                f"{place} that is read is {show(str(text))}, which missing names."
                for text in stated
                if same_code(str(text)) not in seen
            ]
        return [
            f"{place} in the column {show(column)} is {show(text)}, which missing names."
            for column in stated
            if column in self.named
            for text in sorted(self.form.missing_in(column) - self.named[column])
        ]

    def remarks(self, source: str) -> list[str]:
        """Return one sentence for each kind of what was left out."""
        found = []
        if self.rows:
            where = " and ".join(map(str, self.filters))
            counted = f"{self.rows:,} rows" if self.rows > 1 else "One row"
            verb = "are" if self.rows > 1 else "is"
            found.append(f"{counted} of {source} {verb} left out, by where = {where}.")
        for one in self.filters if self.begun else ():
            place = f"{source} has in the column {show(one.column)}"
            found += [f"No row of {place} the value {v}, which where names." for v in one.unseen]
        for column, n in self.empty.items():
            rows = f"{n:,} rows" if n > 1 else "One row"
            found.append(
                f"{rows} of {source} {'are' if n > 1 else 'is'} left out, with an empty cell in "
                f"{show(column)}."
            )
        for counts, by in ((self.declared, "the file"), (self.stated, "the study")):
            # in one order, whichever way the table was read
            for column in sorted({column for column, _ in counts}):
                labels = {label: n for (name, label), n in sorted(counts.items()) if name == column}
                total = sum(labels.values())
                named = shown(labels) if len(labels) > 1 else show(next(iter(labels)))
                if 1 < len(labels) <= _VALUES_SHOWN:
                    named = ", ".join(f"{show(label)} {n:,}" for label, n in labels.items())
                cells = f"{total:,} cells" if total > 1 else "One cell"
                found.append(
                    f"{cells} of column {show(column)} in {source} {'are' if total > 1 else 'is'} "
                    f"missing, as {by} declares: {named}."
                )
        found += self._unseen(source)
        return [*found, *(remark for part in self.parts for remark in part.remarks(source))]
