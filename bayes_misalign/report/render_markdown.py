"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bayes_misalign.page.blocks import (
    Block,
    Bullets,
    Commands,
    Document,
    Formulas,
    Grid,
    Paragraph,
    Picture,
)
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections import document

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn

WIDEST, BESIDE = 18, 3  # dashes under a heading, if no word is longer; and the room beside it


def rule(grid: Grid) -> str:
    """Return the line below the headings: as many dashes as a column is wide, for converters."""
    cells = []
    for place, heading in enumerate(grid.columns):
        texts = [heading, *(row[place] for row in grid.rows)]
        word = max(len(word) for text in texts for word in text.split() or [""])
        width = max(word, min(WIDEST, max(map(len, texts)))) + BESIDE
        left = place < grid.labels
        cells.append(f":{'-' * width}" if left else f"{'-' * width}:")
    return f"| {' | '.join(cells)} |"


def to_markdown(findings: Findings, pictures: Mapping[str, tuple[str, Drawn]] | None = None) -> str:
    """Return the report as Markdown."""
    return markdown_of(document(findings), pictures or {})


def markdown_of(report: Document, pictures: Mapping[str, tuple[str, Drawn]]) -> str:
    """Return a report as Markdown: what is shown is escaped, formulas and commands are quoted."""
    md = markdown_text
    title, headline = f"# {md(report.title)}", [f"**{md(text)}**" for text in report.headline]
    parts = [*headline, title] if report.warns else [title, *headline]
    state = f"State of the fit: **{md(report.state)}**. {md(report.banner)}"
    lines = "\n\n".join(
        [*parts, f"Problem area: {md(report.area)}. {state}", _bullets(report.reasons)]
    )
    if report.rests_on:
        lines += f"\nThe result rests on:\n\n{_bullets(report.rests_on)}"
    for section in report.sections:
        lines += f"\n## {md(section.title)}\n"
        for block in section.blocks:
            if (text := _block(block, pictures)) is not None:
                lines += f"\n{text}"
    return lines


def _bullets(texts: Sequence[str]) -> str:
    return "".join(f"- {markdown_text(text)}\n" for text in texts)


def _block(block: Block, pictures: Mapping[str, tuple[str, Drawn]]) -> str | None:
    """Return a block; nothing of what only a page in a browser has."""
    md = markdown_text
    match block:
        case Paragraph():
            return f"{md(block.text)}\n"
        case Bullets():
            return _bullets(block.items)
        case Formulas() | Commands():
            return "".join(f"    {line}\n" for line in block.lines)
        case Grid():
            return _grid(block)
        case Picture() if block.name in pictures:
            where, figure = pictures[block.name]
            return f"![{md(figure.alt)}]({where})\n\n*{md(figure.caption)}*\n"
    return None


def _grid(grid: Grid) -> str:
    """Return a table below its caption, and its note below it."""
    rows = [f"| {' | '.join(map(markdown_text, row))} |" for row in (grid.columns, *grid.rows)]
    text = "\n".join([f"{markdown_text(grid.caption)}.", "", rows[0], rule(grid), *rows[1:], ""])
    return f"{text}\n{markdown_text(grid.note)}\n" if grid.note else text
