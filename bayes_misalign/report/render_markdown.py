"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayes_misalign.page.blocks import Grid
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.render_html import environment
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
    made = environment(escape=False)
    made.filters |= {"md": markdown_text, "rule": rule}
    template = made.get_template("report.md.j2")
    return template.render(report=document(findings), pictures=pictures or {})
