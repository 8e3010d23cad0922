"""What a notebook shows of a result: a little HTML that needs no script and sets no colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.page.templates import templates_in

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Line:
    """A line of text: a name, a number that stands out, and the rest."""

    kind: ClassVar[str] = "paragraph"
    text: str
    name: str = ""
    strong: str = ""
    css: str = ""


@dataclass(frozen=True)
class Details:
    """Texts that are closed until somebody opens them."""

    kind: ClassVar[str] = "details"
    summary: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Image:
    """A figure, with what it shows in words."""

    kind: ClassVar[str] = "figure"
    source: str  # a data URI
    alt: str
    caption: str
    width: int  # CSS pixels


@dataclass(frozen=True)
class Cells:
    """A table as texts: the first `labels` columns hold words, the others numbers."""

    kind: ClassVar[str] = "grid"
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    labels: int = 1
    note: str = ""


def as_html(*blocks: Any) -> str:
    """Return blocks, those of this module or a `Grid`, as HTML that stands in a notebook.

    Examples
    --------
    >>> "&lt;b&gt;" in as_html(Line("<b>"))
    True
    """
    return templates_in(TEMPLATES).get_template("notebook.html.j2").render(blocks=blocks)
