"""A report as blocks of raw values, from which every face is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from bayes_misalign.page.columns import PAGE, Column, Faces
from bayes_misalign.page.estimate import Estimate, extension_note
from bayes_misalign.settings import INTERVAL, Interval


@dataclass(frozen=True, eq=False)
class Paragraph:
    """Plain text; on a terminal with an empty line before it, if it stands apart."""

    kind: ClassVar[str] = "paragraph"
    text: str
    faces: Faces = PAGE
    apart: bool = True


@dataclass(frozen=True, eq=False)
class Bullets:
    """A list of plain texts."""

    kind: ClassVar[str] = "bullets"
    faces: ClassVar[Faces] = PAGE
    items: Sequence[str]


@dataclass(frozen=True, eq=False)
class Formulas:
    """Lines of formulas in plain text, subscripts as `x_i`."""

    kind: ClassVar[str] = "formulas"
    faces: ClassVar[Faces] = PAGE
    lines: Sequence[str]


@dataclass(frozen=True, eq=False)
class Commands:
    """Lines to type."""

    kind: ClassVar[str] = "commands"
    faces: ClassVar[Faces] = PAGE
    lines: Sequence[str]


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, by name, where it is drawn."""

    kind: ClassVar[str] = "picture"
    faces: ClassVar[Faces] = PAGE
    name: str


@dataclass(frozen=True, eq=False)
class Grid:
    """A table as texts: the first `labels` columns hold words, the others numbers."""

    kind: ClassVar[str] = "grid"
    faces: ClassVar[Faces] = PAGE
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    labels: int = 1
    note: str = ""  # below it
    table: Table | None = field(default=None, repr=False, compare=False)  # what it shows


@dataclass(frozen=True, eq=False)
class Attachment:
    """A text file that a page carries with it, and a sentence that says what it is."""

    kind: ClassVar[str] = "attachment"
    faces: ClassVar[Faces] = PAGE
    name: str
    text: str = field(repr=False)
    words: str


class LaterRows(Sequence[Any]):
    """Rows that are made when they are asked for, because there may be very many."""

    def __init__(self, length: int, make: Callable[[], Iterable[Sequence[Any]]]) -> None:
        self._length, self._make = length, make

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows."""
        return iter(self._make())

    def __getitem__(self, index: Any) -> Any:
        """Return rows by place."""
        return list(self)[index]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of raw values under typed columns; readers see it only if it has rows.

    JSON has it where the summary of a section holds it.
    """

    kind: ClassVar[str] = "table"
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    caption: str = ""
    faces: Faces = PAGE
    name: str = ""  # of its CSV file; blocks of one name are one file
    most: int | None = None  # rows that a page shows
    title: str = ""  # on a terminal
    terminal_most: int | None = None  # more rows than that, and a terminal leaves it out
    width: int = 24  # of a label on a terminal
    apart: bool = True  # whether an empty line comes before it on a terminal

    @property
    def interval(self) -> Interval:
        """Mass and kind of the intervals of its estimates."""
        every = (value for row in self.rows for value in row if isinstance(value, Estimate))
        return next((estimate.interval_kind for estimate in every), INTERVAL)

    def headings(self, face: str) -> list[str]:
        """Return the headings that a face has."""
        shown, interval = self._shown(face), self.interval
        return [text for column, _ in shown for text in column.headings(face, interval)]

    def cells(self, face: str) -> list[list[Any]]:
        """Return every row as the cells that a face has."""
        most = self.most if face == "page" else None
        rows = self.rows if most is None else self.rows[:most]
        shown = self._shown(face)
        if face != "csv":  # where numbers stand below each other
            shown = [(column.beside(row[i] for row in rows), i) for column, i in shown]
        return [[x for column, i in shown for x in column.cells(row[i], face)] for row in rows]

    def grid(self, face: str = "page") -> Grid:
        """Return the table as texts for readers."""
        texts = [
            text
            for column, _ in self._shown(face)
            if column.is_text
            for text in column.headings(face, INTERVAL)
        ]
        cells = self.cells(face)
        return Grid(
            self.caption, self.headings(face), cells, len(texts), self._note(face), table=self
        )

    def unlabelled(self, key: str) -> Grid:
        """Return it as texts for readers without its first column, if a label is left beside it."""
        first, *rest = self.columns
        if first.key != key or not (rest and rest[0].is_text and "page" in rest[0].faces):
            return self.grid()
        return replace(
            replace(self, columns=rest, rows=[row[1:] for row in self.rows]).grid(), table=self
        )

    def _note(self, face: str) -> str:
        """Return what marks in its cells mean."""
        shown = [i for column, i in self._shown(face) if column.marks]
        rows = self.rows[: self.most if face == "page" else None]
        every = (row[i] for row in rows for i in shown)
        return extension_note(value for value in every if isinstance(value, Estimate))

    def records(self) -> list[dict[str, Any]]:
        """Return every row as a dictionary of raw values, for JSON."""
        shown = self._shown("json")
        return [{column.json_key: row[i] for column, i in shown} for row in self.rows]

    def _shown(self, face: str) -> list[tuple[Column, int]]:
        return [(column, i) for i, column in enumerate(self.columns) if face in column.faces]


Block = Paragraph | Bullets | Formulas | Commands | Attachment | Grid | Picture | Table


@dataclass(frozen=True, eq=False)
class Section:
    """Blocks under one heading, and its keys of the summary; ordered by its place."""

    key: str
    title: str
    blocks: Sequence[Block]
    place: float = 0
    terminal_place: float | None = None  # if another one than on a page
    summary: Mapping[str, Any] = field(default_factory=dict)
    finding: bool = False  # whether a page shows it at once, and not only when it is opened

    def of(self, face: str) -> list[Block]:
        """Return the blocks that a face has; no table without rows, unless it is a file."""
        return [
            block
            for block in self.blocks
            if face in block.faces
            and (face == "csv" or not isinstance(block, Table) or len(block.rows) > 0)
        ]


@dataclass(frozen=True, eq=False)
class LargeNumber:
    """The number that a study asked for, as a page shows it large."""

    value: str
    interval: str  # with its name
    words: str  # as parts of a small number of pairs


@dataclass(frozen=True, eq=False)
class Document:
    """A whole report as pages show it."""

    title: str
    area: str
    headline: Sequence[str]
    state: str
    banner: str
    reasons: Sequence[str]
    number: LargeNumber | None = None  # where there is one for all agents
    rests_on: Sequence[str] = ()  # assumptions that it rests on most
    warns: bool = False  # whether its first lines say why there is no number, before all else
    sections: Sequence[Section] = field(default_factory=tuple)
