"""Agreement of reports, observed and replicated, and P(ma) under assumed error rates."""

from __future__ import annotations

import numpy as np

from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.section_words import Noisy, against_words
from bayes_misalign.page.estimate import extended_to
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, wrapped
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings

MOST_PAIRS = 40
MOST_PANELS = 6
COLUMNS = 3


def draw_agreement(found: Agreement) -> canvas.Drawn:
    """Draw how often reports about one agent are equal."""
    order = np.argsort(-np.abs(found.z), kind="stable")[:MOST_PAIRS]
    shown = np.sort(order)
    low, high = np.quantile(found.replicated, [0.025, 0.975], axis=0)
    figure = canvas.new_figure(0.9 + 0.26 * len(shown))
    axes = figure.subplots()
    odd = set(found.odd)
    for y, i in enumerate(shown):
        axes.plot([low[i], high[i]], [y, y], color=canvas.PALE, lw=6, solid_capstyle="butt")
        colour = canvas.RED if int(i) in odd else canvas.BLUE
        axes.plot([found.observed[i]], [y], "o", color=colour, ms=5, mec="white", mew=0.6)
    canvas.label_rows(axes, [found.pairs[i] for i in shown])
    axes.set_xlabel("part of agents about whom two reports are equal")
    caption = (
        "Agreement of reports about the same agent: dots observed, bars where 95 % of replicated "
        "data lie. Red: further off than chance explains once in a hundred times."
    )
    if len(shown) < found.number:
        caption += f" The {len(shown)} oddest of {found.number} pairs."
    rows = [
        (named(found.pairs[i]), f"{found.observed[i]:.3f} ({low[i]:.3f} to {high[i]:.3f})")
        for i in shown
    ]
    alt = f"Agreement of reports, observed and 95 % of replicated data: {canvas.said(rows)}."
    return canvas.Drawn("agreement", figure, alt, caption)


def draw_assumed(noisy: Noisy, findings: Findings) -> canvas.Drawn:
    """Draw P(ma) for a row of assumed error rates."""
    assumed = noisy.assumed
    rates = list(assumed)
    shown = findings.populations[:MOST_PANELS]
    columns = min(COLUMNS, len(shown))
    lines = -(-len(shown) // columns)
    figure = canvas.new_figure(0.5 + 2.0 * lines)
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    for axes, population in zip(grid.flat, shown, strict=False):
        for x, rate in enumerate(rates):
            estimate = assumed[rate][population]
            colour = canvas.PALE if noisy.contradicted(rate) else canvas.BLUE
            axes.plot([x, x], estimate.interval, color=colour, lw=2, solid_capstyle="butt")
            axes.plot([x], [estimate.mean], "o", color=colour, ms=5, mec="white", mew=0.6)
        axes.set_xticks(range(len(rates)), [f"{100 * float(rate):g}" for rate in rates])
        if not findings.nameless:
            axes.set_title(wrapped(population, 20), loc="left")
        axes.set_ylim(bottom=0)
    figure.supxlabel(f"assumed part of {noisy.wrong.axis}, in %", fontsize=9)
    figure.supylabel("P(ma)", fontsize=9)
    what = f"P(ma) for a row of assumed error rates: posterior mean and {findings.interval.short}"
    rows = [
        (f"{named(population)}, {100 * float(rate):g} %", estimate_text(assumed[rate][population]))
        for population in shown
        for rate in rates
    ]
    pale = any(map(noisy.contradicted, rates))
    ends = extended_to(assumed[rate][population] for population in shown for rate in rates)
    what += f", extended to the {ends} where draws pile up" if ends else ""
    caption = f"{what}." + f" Pale: {against_words(noisy)}." * pale
    alt = f"{what}: {canvas.said(rows)}."
    return canvas.Drawn("assumed", figure, alt, caption)
