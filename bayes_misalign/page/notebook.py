"""What a notebook shows of a result: a little HTML that needs no script and sets no colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bayes_misalign.page.templates import templates_in

TEMPLATES = Path(__file__).parent / "templates"


class Line(NamedTuple):
    """A line of text: a name, a number that stands out, and the rest."""

    text: str
    name: str = ""
    strong: str = ""
    css: str = ""
    kind: str = "paragraph"  # of block, for the template


class Details(NamedTuple):
    """Texts that are closed until somebody opens them."""

    summary: str
    texts: Sequence[str]
    kind: str = "details"  # of block, for the template


class Image(NamedTuple):
    """A figure, with what it shows in words."""

    source: str  # a data URI
    alt: str
    caption: str
    width: int  # CSS pixels
    kind: str = "figure"  # of block, for the template


class Cells(NamedTuple):
    """A table as texts: the first `labels` columns hold words, the others numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    labels: int = 1
    note: str = ""
    kind: str = "grid"  # of block, for the template


def as_html(*blocks: Any) -> str:
    """Return blocks, those of this module or a `Grid`, as HTML that stands in a notebook.

    Examples
    --------
    >>> "&lt;b&gt;" in as_html(Line("<b>"))
    True
    """
    return templates_in(TEMPLATES).get_template("notebook.html.j2").render(blocks=blocks)
