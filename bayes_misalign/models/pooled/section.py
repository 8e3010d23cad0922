"""What a report says of populations that are partially pooled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayes_misalign.models.pooled.results import PooledResults, pooled_results
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import READERS, Brief, Effective, Label, Mean
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS = 200
SPREAD = (
    "The spread is the root of the part of all differences between agents that is between "
    "populations: 0 where all populations have the same goal shares, 1 where each has one goal."
)
OWN = (
    "The part of own answers says what the mean shares of a population are made of: its own "
    "answers, and for the rest the mean of all populations."
)


class PooledReport(ModelReport):
    """What a report says of partial pooling."""

    def results(self, result: Posterior) -> PooledResults:
        """Return spread, mean shares, and what each population takes from the others."""
        return pooled_results(result)

    def sections(self, found: PooledResults, findings: Findings) -> Sequence[Section]:
        """Return how far populations differ, and how far each is drawn towards the mean."""
        del findings
        spread = estimate_text(found.spread, named=True)
        text = f"Populations scatter about mean shares of the goals with a spread of {spread}."
        blocks: list[Block] = [Paragraph(f"{text} {SPREAD}", READERS)]
        means = Table([Label("goal"), Mean("mean share")], list(found.mean_shares.items()), MEANS)
        blocks.append(means)
        summary: dict[str, Any] = {"spread": found.spread, "mean_shares": means}
        if found.own_part:
            columns = [Label("population"), Effective("answers"), Mean("part of own answers")]
            rows: list[tuple[Any, ...]]
            rows = [(s, found.answers[s], own) for s, own in found.own_part.items()]
            if found.apart:
                columns.append(Brief("P(ma) taken alone"))
                rows = [(*row, found.apart[row[0]]) for row in rows]
            caption = "What each population is made of"
            blocks += [Paragraph(OWN, READERS), Picture("shrinkage")]
            own_parts = Table(columns, rows, caption, most=MOST_ROWS)
            blocks.append(own_parts)
            summary["populations"] = own_parts
        title, place = "How the populations are related", Place.SHARES + 0.1
        return [Section("pooling", title, blocks, place, summary={"pooling": summary})]

    def figures(self, found: PooledResults, findings: Findings) -> Sequence[canvas.Drawn | None]:
        """Return P(ma) of each population taken alone, and partially pooled."""
        if findings.withheld or not found.apart:
            return [None]
        order = sorted(found.answers, key=found.answers.__getitem__)
        what = "P(ma) of each population, the fewest answers on top"
        caption = (
            f"{what}. Grey: the population taken alone; blue: partially pooled, posterior mean and "
            f"{findings.interval.short}. The fewer answers, the nearer to what all have in common."
        )
        rows = [
            (
                named(name),
                f"{estimate_text(found.apart[name])} alone, "
                f"{estimate_text(findings.misalignment[name])} pooled",
            )
            for name in order
        ]
        figure = _draw(found, findings, order)
        return [canvas.Drawn("shrinkage", figure, f"{what}: {canvas.said(rows)}.", caption)]


def _draw(found: PooledResults, findings: Findings, order: Sequence[str]) -> Figure:
    figure = canvas.new_figure(0.9 + 0.3 * len(order))
    axes = figure.subplots()
    for y, name in enumerate(order):
        canvas.point(axes, y - 0.15, found.apart[name], canvas.PALE, 4)
        canvas.point(axes, y + 0.15, findings.misalignment[name])
    canvas.label_rows(axes, [f"{name} ({found.answers[name]:,.0f})" for name in order])
    shown = [*found.apart.values(), *findings.misalignment.values()]
    axes.set_xlim(0, canvas.upper_end(shown))
    axes.set_xlabel("P(ma)")
    return figure


MEANS = "Mean shares of the goals over populations"
REPORT = PooledReport()
