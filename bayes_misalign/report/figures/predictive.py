"""What was observed beside data replicated from the posterior."""

from __future__ import annotations

from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.predictive_checks import REPLICATED, shown_checks

MOST_CHECKS = 30  # of one kind


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw every kind of figure on axes of its own; None where nothing was checked."""
    checks = findings.checks
    if findings.withheld or not checks:
        return None
    kinds = list(dict.fromkeys(check.what for check in checks))
    by_kind = {kind: [check for check in checks if check.what == kind] for kind in kinds}
    shown = {kind: shown_checks(own, MOST_CHECKS) for kind, own in by_kind.items()}
    heights = [0.75 + 0.24 * len(own) for own in shown.values()]
    figure = canvas.new_figure(0.3 + sum(heights))
    grid = figure.subplots(len(kinds), 1, squeeze=False, height_ratios=heights)
    for axes, (kind, own) in zip(grid.flat, shown.items(), strict=True):
        for y, check in enumerate(own):
            axes.plot(
                [check.low, check.high], [y, y], color=canvas.PALE, lw=6, solid_capstyle="butt"
            )
            colour = canvas.RED if check.outside else canvas.BLUE
            axes.plot([check.observed], [y], "o", color=colour, ms=5, mec="white", mew=0.6)
        canvas.label_rows(axes, [check.label for check in own], width=34)
        axes.set_xlabel(kind)
    caption = (
        f"What was observed (dots) beside the central 95 % of {REPLICATED} data sets simulated "
        "from the posterior (bars). Red: outside the bar."
    )
    cut = [f"{len(shown[kind])} of {len(own)}" for kind, own in by_kind.items()]
    if any(len(shown[kind]) < len(own) for kind, own in by_kind.items()):
        caption += f" The oddest {', '.join(cut)} figures."
    rows = [
        (named(c.label), f"{c.observed:.3g} ({c.low:.3g} to {c.high:.3g})")
        for own in shown.values()
        for c in own
    ]
    alt = f"Observed, and 95 % of data replicated from the posterior: {canvas.said(rows)}."
    return canvas.Drawn("predictive", figure, alt, caption)
