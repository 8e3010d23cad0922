"""A report as plain blocks, so that HTML and Markdown say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of plain texts."""

    kind: ClassVar[str] = "bullets"
    items: Sequence[str]


@dataclass(frozen=True)
class Formulas:
    """Lines of formulas in plain text, subscripts as `x_i`."""

    kind: ClassVar[str] = "formulas"
    lines: Sequence[str]


@dataclass(frozen=True)
class Commands:
    """Lines to type."""

    kind: ClassVar[str] = "commands"
    lines: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A table: the first `labels` columns hold text, the others numbers."""

    kind: ClassVar[str] = "grid"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    labels: int = 1


@dataclass(frozen=True)
class Picture:
    """A figure, by name, where it is drawn."""

    kind: ClassVar[str] = "picture"
    name: str


Block = Paragraph | Bullets | Formulas | Commands | Grid | Picture


@dataclass(frozen=True)
class Section:
    """Blocks under one heading."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    area: str
    headline: Sequence[str]
    state: str
    banner: str
    reasons: Sequence[str]
    sections: Sequence[Section] = field(default_factory=tuple)
