"""The result as CSV tables, a number a row, for spreadsheets and statistics programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bayes_misalign.page.blocks import Table
from bayes_misalign.page.csv_text import csv_text
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections import sections

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior


def csv_tables(findings: Findings) -> dict[str, str]:
    """Return every table as CSV text, by file name; cells of withheld numbers are empty."""
    files: dict[str, list[Sequence[Any]]] = {}
    for section in sections(findings):
        for block in section.of("csv"):
            if isinstance(block, Table):
                start: list[Sequence[Any]] = [block.headings("csv")]
                files.setdefault(f"{block.name}.csv", start).extend(block.cells("csv"))
    return {name: csv_text(rows) for name, rows in files.items()}


def agents_table(agents: Mapping[str, Mapping[str, float]]) -> str:
    """Return the posterior probability of each goal of each agent as CSV text."""
    goals = list(next(iter(agents.values()), {}))
    rows = [[agent, *(found[goal] for goal in goals)] for agent, found in agents.items()]
    return csv_text([["agent", *(f"P({goal})" for goal in goals)], *rows])


def tables_of_all(result: Posterior) -> dict[str, str]:
    """Return the tables of very many populations, of which a report shows some, by file name."""
    return {f"{name}.csv": csv_text(rows) for name, rows in result.rows_of_all().items()}
