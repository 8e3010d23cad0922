"""What sections of several models share: other readings of the same evidence, and raters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.page.blocks import Block, Paragraph, Table
from bayes_misalign.page.columns import CSV, TERMINAL, Label, Mean, Text
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report.findings import Findings

MOST_ROWS = 60
SEVERITY = (
    "Severity: how much more conflict a rater sees than the average of those who were asked, in "
    "units of the conflict level."
)


def beside(findings: Findings, caption: str, fitted: str, others: Mapping[str, Estimates]) -> Table:
    """Return a table of P(ma) by population, first as fitted, then in other ways."""
    rows: list[Any] = []
    for name in findings.populations:
        rows.append((name, fitted, findings.misalignment[name]))
        rows += [(name, how, found[name]) for how, found in others.items() if name in found]
    columns = [Label("population"), Text("how"), Mean("P(ma)")]
    return Table(columns, rows, caption, most=MOST_ROWS)


def in_a_line(said: str, found: Estimates | None) -> list[Block]:
    """Return the line of a terminal on P(ma) in another reading, where there is one population."""
    if found is None or len(found) != 1:
        return []
    return [Paragraph(f"{said} P(ma) would be {estimate_text(*found.values())}.", TERMINAL)]


def simpler_reading(
    findings: Findings, name: str, explained: str, found: Estimates | None, how: str, caption: str
) -> list[Block]:
    """Return P(ma) in a simpler reading of the evidence, and the same as the file `name`."""
    if found is None:
        return []
    columns = [Label("population"), Mean("P(ma)")]
    return [
        Paragraph(explained),
        beside(findings, f"P(ma) as fitted, beside {caption}", "as fitted", {how: found}),
        Table(columns, list(found.items()), faces=CSV, name=name),
    ]
