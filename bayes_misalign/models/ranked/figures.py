"""The share of agents that prefers one alternative to another, for every pair."""

from __future__ import annotations

from bayes_misalign.models.ranked.results import OrderResults
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short, wrapped
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings

NAME = "orders"
MOST_PAIRS, MOST_POPULATIONS = 30, 6
COLOURS = (canvas.BLUE, canvas.ORANGE, canvas.GREEN, canvas.RED, canvas.PURPLE, canvas.SKY)


def draw(found: OrderResults, findings: Findings) -> canvas.Drawn | None:
    """Draw shares by pair as points, a colour for each population; a tie is in the middle."""
    names = list(found.pairs)[:MOST_POPULATIONS]
    every = list(found.pairs[names[0]]) if names else []
    shown = every[:MOST_PAIRS]
    if not shown:
        return None
    step = min(0.16, 0.6 / len(names))
    figure = canvas.new_figure(1.1 + (0.3 + 0.08 * (len(names) - 1)) * len(shown))
    axes = figure.subplots()
    axes.axvline(0.5, color=canvas.PALE, lw=1, zorder=0)
    for s, population in enumerate(names):
        away = step * (s - (len(names) - 1) / 2)
        for y, pair in enumerate(shown):
            estimate = found.pairs[population][pair].prefers
            canvas.point(axes, y + away, estimate, COLOURS[s])
        if len(names) > 1:
            axes.plot([], [], "o", color=COLOURS[s], label=short(population, 24))
    labels = [f"{short(one, 22)} before {short(other, 22)}" for one, other in shown]
    canvas.label_rows(axes, [wrapped(label, 30) for label in labels], 30)
    axes.set_xlim(-0.01, 1.01)
    axes.set_xlabel("share of agents who prefer the first")
    if len(names) > 1:
        figure.legend(loc="outside lower left", ncols=2)
    what = (
        "Share of agents who prefer one alternative to another: posterior mean and "
        f"{findings.interval.short}"
    )
    caption = f"{what}. Pairs near the middle make up most of P(ma)."
    if len(shown) < len(every) or len(names) < len(found.pairs):
        caption += " Those that are left out are in the table."
    rows = [
        (
            f"{named(population)}, {named(one)} before {named(other)}",
            estimate_text(found.pairs[population][one, other].prefers),
        )
        for population in names
        for one, other in shown
    ]
    return canvas.Drawn(NAME, figure, f"{what}: {canvas.said(rows)}.", caption)
