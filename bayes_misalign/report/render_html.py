"""The report as one HTML file that needs nothing else: no script, no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bayes_misalign.page.blocks import Grid
from bayes_misalign.page.csv_text import csv_text
from bayes_misalign.page.templates import templates_in
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections import document

if TYPE_CHECKING:
    from jinja2 import Environment

    from bayes_misalign.report.figures.canvas import Drawn

# what of a table fits beside each other on a phone, and how many columns have a label in the styles
CHARACTERS, LONGEST_LABEL = 43, 18
FEWEST_STACKED, MOST_STACKED = 3, 14
DIGITS = 6  # of numbers in the page; those in tables/ have all
MOST_ROWS = 400  # of a table whose numbers are in the page
TEMPLATES = Path(__file__).parent / "templates"
_SUBSCRIPT = re.compile(r"([A-Za-z\u0370-\u03ff]+|n\*)_([A-Za-z0-9]+\b(?:,[a-z]+\b)?(?:\+1\b)?)")
_POWER = re.compile(r"\^([A-Za-z]|\d+(?:\.\d+)?|(?=<i>))(<i>\w+</i><sub>[^<]*</sub>)?")
_LETTERS = "alpha beta gamma delta eta theta kappa lambda mu nu xi rho sigma tau phi psi omega"
_GREEK = dict(zip(_LETTERS.split(), "αβγδηθκλμνξρστφψω", strict=True))
_SIGNS = _GREEK | {"sum": "Σ", "prod": "Π", "&lt;=": "≤", "-": "−"}
_SIGN = re.compile(
    r"&lt;=|(?<![^ (])-(?=[ (\w])|(?<![A-Za-z])(?:" + "|".join(_GREEK) + ")(?![A-Za-z])"
    "|(?<![A-Za-z])(?:sum|prod)(?=_)"
)


@cache
def environment(*, escape: bool) -> Environment:
    """Return the templates, strict about names and, for HTML, escaping every value."""
    made = templates_in(TEMPLATES, escape=escape)
    made.filters["mathematics"] = _mathematics
    made.filters["data_uri"] = data_uri
    made.filters["csv_of"] = _csv_of
    made.filters["text_uri"] = _text_uri
    made.filters["stacks"] = _stacks
    made.filters["labels_of"] = _labels_of
    return made


def _mathematics(formula: str) -> Any:
    """Return a formula with subscripts, powers, Greek letters and signs of sums."""
    from markupsafe import Markup, escape

    # only tags made here reach the page: the formula itself is escaped first
    text = _SIGN.sub(lambda found: _SIGNS[found[0]], str(escape(formula)))
    text = _SUBSCRIPT.sub(r"<i>\1</i><sub>\2</sub>", text)
    return Markup(_POWER.sub(r"<sup>\1\2</sup>", text))


def data_uri(svg: str) -> str:
    """Return a drawing as a link that holds it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


def _csv_of(grid: Grid) -> str:
    """Return a table's numbers as a link that holds them; nothing where they are very many."""
    table = grid.table
    if table is None or len(table.rows) > MOST_ROWS:
        return ""
    return _text_uri(csv_text([table.headings("csv"), *table.cells("csv")], DIGITS), "text/csv")


def _stacks(grid: Grid) -> bool:
    """Tell whether a table is wider than a phone, so that its rows are shown as lists there.

    A matrix is none: its rows would lose their columns.
    """
    if len(grid.columns) < FEWEST_STACKED or len(grid.columns) > MOST_STACKED:
        return False
    width = 0
    for place, heading in enumerate(grid.columns):
        longest = max((len(row[place]) for row in grid.rows), default=0)
        if place < grid.labels:
            longest = min(longest, LONGEST_LABEL)
        width += max(longest, *map(len, heading.split()), 0) + 1
    return width > CHARACTERS


def _labels_of(grid: Grid) -> str:
    """Return headings of columns as values of CSS, once for all rows of a table."""
    first = 1 if grid.labels > 1 else 2  # of one label a row is named without its heading
    return "; ".join(
        f"--c{place}: {_css_text(heading)}"
        for place, heading in enumerate(grid.columns[first - 1 :], first)
    )


def _css_text(text: str) -> str:
    """Return a string of CSS in which nothing but letters, digits and blanks stands as it is."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


def _text_uri(text: str, kind: str = "text/plain") -> str:
    return f"data:{kind};charset=utf-8,{quote(text, safe=',.-:;()/')}"


def drawn_of(findings: Findings) -> dict[str, Drawn]:
    """Return the figures of a report."""
    from bayes_misalign.report.figures.draw import draw_figures  # a dozen files

    return draw_figures(findings)


def to_html(
    findings: Findings, *, figures: bool = True, drawn: Mapping[str, Drawn] | None = None
) -> str:
    """Return the report as one HTML page."""
    if drawn is None:
        drawn = drawn_of(findings) if figures else {}
    template = environment(escape=True).get_template("report.html.j2")
    pictures = {name: (data_uri(figure.svg), figure) for name, figure in drawn.items()}
    return template.render(report=document(findings), pictures=pictures)
