"""What would change P(ma), and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.inference.levers import LOWER, MOVE, SHIFT
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections_what_if import shown, whose

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {MOVE: canvas.BLUE, LOWER: canvas.ORANGE, SHIFT: canvas.GREEN}


def in_report(findings: Findings) -> canvas.Drawn | None:
    """Draw them where a study has a value that P(ma) is to be below; else the table is enough."""
    return None if findings.study.reporting.threshold is None else draw(findings)


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw the changes that lower P(ma) most; None where there are none, or of several groups."""
    if len(findings.levers) != 1 or findings.prior_only:
        return None
    levers = next(iter(findings.levers.values()))
    few = shown(levers)
    if len(few) < 2:
        return None
    figure = canvas.new_figure(1.0 + 0.34 * len(few))
    axes = figure.subplots()
    axes.axvline(0, color=canvas.GREY, lw=0.8, zorder=1)
    labels = []
    for y, lever in enumerate(few):
        canvas.point(axes, y, lever.change, COLOURS[lever.kind])
        mark = " | " if lever.kind == LOWER else " to "
        labels.append(f"{short(lever.one, 16)}{mark}{short(lever.other, 16)}")
    canvas.label_rows(axes, labels, width=30)
    axes.set_xlabel("change of P(ma)")
    _legend(figure, {lever.kind: lever.size for lever in few})
    what = f"Changes{whose(findings)} that lower it most"
    rows = [(f"{x.kind}, {x.between}", estimate_text(x.change)) for x in few]
    caption = f"{what}: posterior mean and {findings.interval.short}. All else stays as it is."
    return canvas.Drawn("levers", figure, f"{what}: {canvas.said(rows)}.", caption)


def _legend(figure: Figure, sizes: dict[str, float]) -> None:
    from matplotlib.lines import Line2D

    texts = {
        MOVE: "{:g} of 100 agents change goals",
        LOWER: "a level lower by {:g}",
        SHIFT: "{:g} of 100 agents of another population",
    }
    handles = [
        Line2D(
            [],
            [],
            color=COLOURS[kind],
            marker="o",
            lw=2,
            ms=5,
            mec="white",
            label=texts[kind].format(size if kind == LOWER else 100 * size),
        )
        for kind, size in sizes.items()
    ]
    narrow = canvas.place().narrow
    figure.legend(handles=handles, loc="outside upper left", ncols=1 if narrow else len(handles))
