"""The report as one HTML file that needs nothing else: no script, no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup, escape

from bayes_misalign.page.blocks import (
    Attachment,
    Bullets,
    Commands,
    Document,
    Formulas,
    Grid,
    Paragraph,
    Picture,
    Section,
)
from bayes_misalign.page.csv_text import csv_text
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections import document

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn

# what of a table fits beside each other on a phone, and how many columns have a label in the styles
CHARACTERS, LONGEST_LABEL = 43, 18
FEWEST_STACKED, MOST_STACKED = 3, 14
DIGITS = 6  # of numbers in the page; those in tables/ have all
MOST_ROWS = 400  # of a table whose numbers are in the page
MANY_ROWS, FEW_ROWS = 40, 8  # a longer table scrolls; on a phone one of few has a line a number
STYLES = Path(__file__).with_name("report.css")
_END = Markup("\n")
_SUBSCRIPT = re.compile(r"([A-Za-z\u0370-\u03ff]+|n\*)_([A-Za-z0-9]+\b(?:,[a-z]+\b)?(?:\+1\b)?)")
_POWER = re.compile(r"\^([A-Za-z]|\d+(?:\.\d+)?|(?=<i>))(<i>\w+</i><sub>[^<]*</sub>)?")
_LETTERS = "alpha beta gamma delta eta theta kappa lambda mu nu xi rho sigma tau phi psi omega"
_GREEK = dict(zip(_LETTERS.split(), "αβγδηθκλμνξρστφψω", strict=True))
_SIGNS = _GREEK | {"sum": "Σ", "prod": "Π", "&lt;=": "≤", "-": "−"}
_SIGN = re.compile(
    r"&lt;=|(?<![^ (])-(?=[ (\w])|(?<![A-Za-z])(?:" + "|".join(_GREEK) + ")(?![A-Za-z])"
    "|(?<![A-Za-z])(?:sum|prod)(?=_)"
)


def _mathematics(formula: str) -> Markup:
    """Return a formula with subscripts, powers, Greek letters and signs of sums."""
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
    return page_of(document(findings), drawn)


def page_of(report: Document, drawn: Mapping[str, Drawn]) -> str:
    """Return a report as one HTML page.

    It is put together here, since to compile a template takes longer than to fit a small study.
    Whatever is put into a `Markup` is escaped, unless it is one itself.
    """
    styles = Markup(STYLES.read_text(encoding="utf-8"))  # our own, and nothing of the data
    shown = [_section(each, drawn) for each in report.sections if each.finding]
    more = [_details(each, drawn) for each in report.sections if not each.finding]
    page = _PAGE % {
        "title": report.title,
        "styles": styles,
        "header": _header(report),
        "shown": _lines(shown),
        "more": _lines(more),
    }
    return str(page)


_PAGE = Markup("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>%(title)s</title>
<style>
%(styles)s</style>
</head>
<body>
<main>
<header>
%(header)s</header>
%(shown)s<section id="more" aria-labelledby="more-title">
<h2 id="more-title">Everything else</h2>
%(more)s</section>
</main>
</body>
</html>""")


def _lines(parts: Iterable[Markup]) -> Markup:
    """Return parts below each other, each of them ended."""
    return Markup("").join(part + _END for part in parts)


def _header(report: Document) -> Markup:
    """Return title, number, and what a reader must know of both."""
    told = [Markup("<p>%s</p>") % text.replace(" %", "\u00a0%") for text in report.headline]
    headline = Markup('<div class="headline">\n%s</div>\n') % _lines(told)
    parts = [Markup('<h1 dir="auto">%s</h1>') % report.title]
    if (number := report.number) is not None:
        parts += [
            Markup('<p class="number"><strong>%s</strong> <span>%s</span></p>')
            % (number.value, number.interval),
            Markup('<p class="words">In words: %s.</p>') % number.words,
        ]
    parts.insert(0 if report.warns else len(parts), headline)
    if report.area != report.title:
        parts.append(Markup('<p class="area">Problem area: <bdi>%s</bdi></p>') % report.area)
    reasons = _bullets(report.reasons) + _END if report.reasons else Markup("")
    parts.append(
        Markup(
            '<div class="state %s" role="status">\n'
            "<p><strong>State of the fit: %s.</strong> %s</p>\n%s</div>"
        )
        % (report.state.replace(" ", "-"), report.state, report.banner, reasons)
    )
    if report.rests_on:
        parts.append(Markup('<p class="rests">The result rests on:</p>'))
        parts.append(_bullets(report.rests_on))
    return _lines(parts)


def _bullets(texts: Sequence[str]) -> Markup:
    return Markup("<ul>\n%s</ul>") % _lines(Markup("<li>%s</li>") % text for text in texts)


def _section(section: Section, drawn: Mapping[str, Drawn]) -> Markup:
    """Return a section that is open."""
    return Markup(
        '<section id="%(key)s" aria-labelledby="%(key)s-title">\n'
        '<h2 id="%(key)s-title">%(title)s</h2>\n%(blocks)s\n</section>'
    ) % {"key": section.key, "title": section.title, "blocks": _blocks(section, drawn)}


def _details(section: Section, drawn: Mapping[str, Drawn]) -> Markup:
    """Return a section that a reader opens."""
    return Markup('<details id="%s">\n<summary><h3>%s</h3></summary>\n%s\n</details>') % (
        section.key,
        section.title,
        _blocks(section, drawn),
    )


def _blocks(section: Section, drawn: Mapping[str, Drawn]) -> Markup:
    """Return the blocks of a section."""
    parts: list[Markup] = []
    for block in section.blocks:
        match block:
            case Paragraph():
                parts.append(Markup("<p>%s</p>\n") % block.text)
            case Bullets():
                parts.append(_bullets(block.items) + _END)
            case Formulas():
                lines = _lines(Markup("<p>%s</p>") % _mathematics(line) for line in block.lines)
                parts.append(_FORMULAS % lines)
            case Commands():
                parts.append(_COMMANDS % "".join(f"{line}\n" for line in block.lines))
            case Attachment():
                parts.append(_ATTACHMENT % (block.words, _text_uri(block.text), *[block.name] * 2))
            case Grid():
                parts.append(_grid(block, section.key))
            case Picture() if block.name in drawn:
                parts.append(_figure(drawn[block.name]))
    return Markup("").join(parts)


_FORMULAS = Markup(
    '<div class="formulas" tabindex="0" role="group" aria-label="Formulas">\n%s</div>\n'
)
_COMMANDS = Markup('<pre tabindex="0" role="group" aria-label="Commands"><code>%s</code></pre>\n')
_ATTACHMENT = Markup('<p>%s <a href="%s" download="%s">%s</a></p>\n')
_CSV = Markup(
    ' <a class="csv" href="%s" download="%s.csv" aria-label="CSV of this table: %s">CSV</a>'
)
_TABLE = Markup("""\
<div class="scroll%(long)s" tabindex="0" role="region" aria-label="%(caption)s">
<table%(stacked)s>
<caption><span>%(caption)s%(csv)s</span></caption>
<thead><tr>
%(headings)s</tr></thead>
<tbody>
%(rows)s</tbody>
</table>
</div>
""")


def _grid(grid: Grid, key: str) -> Markup:
    """Return a table, with its numbers, that is read as lists on a phone."""
    stacked = csv = Markup("")
    if _stacks(grid):
        flows = " flows" if len(grid.rows) > FEW_ROWS else ""
        stacked = Markup(' class="stacks%s" style="%s"') % (flows, _labels_of(grid))
    if numbers := _csv_of(grid):
        csv = _CSV % (numbers, (grid.table and grid.table.name) or key, grid.caption)
    words = [Markup(' class="text"') if i < grid.labels else "" for i in range(len(grid.columns))]
    headings = zip(words, grid.columns, strict=True)
    table = _TABLE % {
        "long": " long" if len(grid.rows) > MANY_ROWS else "",
        "caption": grid.caption,
        "stacked": stacked,
        "csv": csv,
        "headings": _lines(Markup('<th scope="col"%s dir="auto">%s</th>') % x for x in headings),
        "rows": _lines(_row(row, grid.labels) for row in grid.rows),
    }
    return table + Markup('<p class="note">%s</p>\n') % grid.note if grid.note else table


def _row(row: Sequence[str], labels: int) -> Markup:
    """Return a row: what it is called, its other labels, and its numbers."""
    first = [Markup('<th scope="row" class="text" dir="auto">%s</th>') % text for text in row[:1]]
    words = [Markup('<td class="text" dir="auto">%s</td>') % text for text in row[1:labels]]
    cells = [Markup("<td>%s</td>") % text for text in row[max(1, labels) :]]
    return Markup("<tr>%s</tr>") % Markup("").join((*first, *words, *cells))


def _figure(figure: Drawn) -> Markup:
    """Return a drawing, and the one that a narrow page has in its place."""
    caption, narrow = Markup("%s") % figure.caption, Markup("")
    if figure.narrow:
        narrow = Markup('<source media="screen and (max-width: 40rem)" srcset="%s">\n') % data_uri(
            figure.narrow
        )
    if figure.narrow_caption:
        caption = Markup('<span class="on-wide">%s</span><span class="on-narrow">%s</span>') % (
            figure.caption,
            figure.narrow_caption,
        )
    return Markup(
        '<figure>\n<div class="drawn"><picture>\n%s<img src="%s" alt="%s"></picture></div>\n'
        "<figcaption>%s</figcaption>\n</figure>\n"
    ) % (narrow, data_uri(figure.svg), figure.alt, caption)
