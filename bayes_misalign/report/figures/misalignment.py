"""P(ma) by population: the posterior, with the prior behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import group_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_DENSITIES = 12
Row = tuple[str, Estimate | None, Estimate | None]  # label, posterior, prior


def rows_of(findings: Findings) -> list[Row]:
    """Return what is drawn, a row each: populations, then their union."""
    priors = dict(findings.prior)
    rows: list[Row] = [
        (name, None if findings.withheld else estimate, priors.get(name))
        for name, estimate in findings.misalignment.items()
    ]
    rows = rows[: canvas.MOST_ROWS]
    if findings.overall is not None:
        posterior = None if findings.withheld else findings.overall
        rows.append((group_name(None), posterior, findings.overall_prior))
    return rows


def draw(findings: Findings) -> canvas.Drawn:
    """Draw P(ma) of every population and of the union; a withheld posterior is not drawn."""
    rows = rows_of(findings)
    few = len(rows) <= MOST_DENSITIES + 1
    figure = canvas.new_figure(0.9 + (0.52 if few else 0.2) * len(rows))
    axes = figure.subplots()
    for y, (_, posterior, prior) in enumerate(rows):
        (_densities if few else _intervals)(axes, y, posterior, prior)
    if findings.overall is not None and not few:
        axes.axhline(len(rows) - 1.5, color=canvas.PALE, lw=0.8)
    threshold = findings.study.reporting.threshold
    if threshold is not None:
        axes.axvline(threshold, color=canvas.RED, lw=1.2, ls=(0, (5, 3)), zorder=2)
    canvas.label_rows(axes, [label for label, _, _ in rows])
    axes.set_ylim(len(rows) - 0.6, -0.95 if few else -0.7)
    drawn = [e for _, posterior, prior in rows for e in (posterior, prior) if e is not None]
    axes.set_xlim(-0.005, max(canvas.upper_end(drawn), (threshold or 0) + 0.02))
    in_words = ", the probability that two random agents hold conflicting goals"
    axes.set_xlabel("P(ma)" + ("" if canvas.place().narrow else in_words))
    _legend(figure, findings)
    texts = [
        (named(label), "withheld" if posterior is None else estimate_text(posterior))
        for label, posterior, _ in rows
    ]
    cut = len(findings.populations) - canvas.MOST_ROWS
    caption = (
        f"P(ma) by population: posterior mean and {findings.interval.short}"
        + (", in front of the prior." if findings.prior else ".")
        + (" Densities are scaled to equal height." if few else "")
        + (
            f" The first {canvas.MOST_ROWS} populations; {cut} more in the table."
            if cut > 0
            else ""
        )
        + (" The fit has not converged, so no posterior is drawn." if findings.withheld else "")
        + (f" Dashed: the threshold {threshold:g}." if threshold is not None else "")
        + canvas.strokes(posterior for _, posterior, _ in rows if posterior is not None)
    )
    alt = (
        f"P(ma) by population, posterior mean and {findings.interval.short}: {canvas.said(texts)}."
    )
    return canvas.Drawn("misalignment", figure, alt, caption)


def _densities(axes: Axes, y: int, posterior: Estimate | None, prior: Estimate | None) -> None:
    for estimate, colour, height in ((prior, canvas.PALE, 0.45), (posterior, canvas.SKY, 0.75)):
        shape = None if estimate is None else canvas.density(estimate.draws)
        if shape is not None:
            x, z = shape
            axes.fill_between(x, y, y - height * z, color=colour, lw=0, zorder=1 + height)
            if estimate is posterior:
                axes.plot(x, y - height * z, color=canvas.BLUE, lw=0.9, zorder=2)
    if posterior is not None:
        canvas.point(axes, y, posterior)


def _intervals(axes: Axes, y: int, posterior: Estimate | None, prior: Estimate | None) -> None:
    if prior is not None:
        axes.plot(prior.interval, [y, y], color=canvas.PALE, lw=5, solid_capstyle="butt", zorder=1)
    if posterior is not None:
        canvas.point(axes, y, posterior, size=4)


def _legend(figure: Figure, findings: Findings) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = []
    if findings.prior:
        handles.append(Patch(color=canvas.PALE, label="prior"))
    if not findings.withheld:
        line = Line2D([], [], color=canvas.BLUE, marker="o", lw=2, ms=5, mec="white")
        line.set_label(f"posterior: mean, {findings.interval.short}")
        handles.append(line)
    figure.legend(handles=handles, loc="outside upper right", ncols=2)
