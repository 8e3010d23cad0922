"""What a notebook shows of a result: the first lines of its report, and P(ma) in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.page.blocks import Block, Paragraph, Table
from bayes_misalign.page.notebook import Cells, Details, Line, as_html
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.in_words import say_block, world_of
from bayes_misalign.report.sections import STATE_NAMES, document
from bayes_misalign.report.sections import sections as every_section

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior

NEXT = (
    "Figures: posterior.plot.misalignment() and others; numbers: posterior.to_frame(); "
    'everything: posterior.report("report.html")'
)


def to_notebook(result: Posterior) -> str:
    """Return the headline, the state of the fit and the first table as HTML for a notebook."""
    findings = gather(result)
    page = document(findings)
    first, *rest = page.headline
    blocks: list[Any] = [
        Line(named(page.title), css="soft"),
        Line("", strong=first, css="large"),
        *map(Line, rest),
        Line(f" {page.banner}", strong=f"State of the fit: {STATE_NAMES[result.diagnosis.state]}."),
    ]
    if page.reasons:
        blocks.append(Details("Why, and what to do", page.reasons))
    world = world_of(findings.study)
    first_table = [say_block(block, world) for block in _first_table(findings)]
    blocks += [shown for block in first_table if (shown := _shown(block)) is not None]
    return as_html(*blocks, Line(NEXT, css="soft"))


def _first_table(findings: Findings) -> list[Block]:
    """Return what a terminal shows of P(ma) by population."""
    section = next(s for s in every_section(findings) if s.key == "misalignment")
    return section.of("terminal")


def _shown(block: Block) -> Any:
    if isinstance(block, Table):
        grid = block.grid("terminal")
        short = f"{100 * block.interval.mass:g} % {block.interval.kind}"
        columns = [str(block.interval) if name == short else name for name in grid.columns]
        return Cells(columns, grid.rows, grid.caption, grid.labels, grid.note)
    return Line(block.text) if isinstance(block, Paragraph) else None
