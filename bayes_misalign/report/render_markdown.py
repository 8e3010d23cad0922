"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.render_html import environment
from bayes_misalign.report.sections import document


def to_markdown(findings: Findings, pictures: Mapping[str, tuple[str, Drawn]] | None = None) -> str:
    """Return the report as Markdown."""
    made = environment(escape=False)
    made.filters["md"] = markdown_text
    template = made.get_template("report.md.j2")
    return template.render(report=document(findings), pictures=pictures or {})
