"""P(ma) as fitted, beside what other ways of reading the same evidence would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.page.blocks import Table
from bayes_misalign.page.columns import Label, Mean, Text
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.findings import Findings

MOST_ROWS = 60


def beside(findings: Findings, caption: str, fitted: str, others: Mapping[str, Estimates]) -> Table:
    """Return a table of P(ma) by population, first as fitted, then in other ways."""
    rows: list[Any] = []
    for name in findings.populations:
        rows.append((name, fitted, findings.misalignment[name]))
        rows += [(name, how, found[name]) for how, found in others.items()]
    columns = [Label("population"), Text("how"), Mean("P(ma)")]
    return Table(columns, rows, caption, most=MOST_ROWS)
