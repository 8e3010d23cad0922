"""Where the posterior variance of P(ma) comes from, as stacked bars."""

from __future__ import annotations

from bayes_misalign.page.number_text import part
from bayes_misalign.page.safe_text import short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings, Group
from bayes_misalign.report.words import group_name

MOST_PAIRS = 4
SHADES = (canvas.ORANGE, canvas.YELLOW, canvas.RED, canvas.PURPLE, "#f6d79a")


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw the parts of the variance; None where they are withheld, or there is no variance."""
    found = {group: a for group, a in findings.attribution.items() if a.variance > 0}
    if findings.withheld or not found:
        return None
    means = {
        pair: sum(a.pairs.get(f"{pair[0]} | {pair[1]}", 0.0) for a in found.values())
        for pair in findings.conflict
    }
    top = [pair for pair in sorted(means, key=lambda p: -means[p]) if means[pair] > 0][:MOST_PAIRS]
    names = ["goal shares", *(f"conflict of {short(a, 20)} | {short(b, 20)}" for a, b in top)]
    names += ["other conflict levels", "shares of the populations", "both together"]
    colours = [canvas.BLUE, *SHADES[: len(top)], SHADES[-1], canvas.GREEN, canvas.GREY]
    heights: dict[Group, list[float]] = {}
    for group, a in found.items():
        chosen = [a.pairs.get(f"{one} | {other}", 0.0) for one, other in top]
        other = max(0.0, a.conflict - sum(chosen))
        heights[group] = [
            a.shares,
            *chosen,
            0.0 if other < 1e-9 else other,
            a.populations,
            a.interaction,
        ]
    figure = canvas.new_figure(1.2 + 0.34 * len(found) + 0.1 * len(names))
    axes = figure.subplots()
    for k, (name, colour) in enumerate(zip(names, colours, strict=True)):
        widths = [100 * h[k] for h in heights.values()]
        starts = [100 * sum(h[:k]) for h in heights.values()]
        if max(widths) >= 0.05:
            axes.barh(range(len(found)), widths, 0.62, starts, color=colour, ec="white", label=name)
    canvas.label_rows(axes, [group_name(group) for group in found])
    axes.set_xlim(0, 100)
    axes.set_xlabel("part of the posterior variance of P(ma), %")
    figure.legend(loc="outside lower left", ncols=2)
    draws = findings.draws
    rows = [
        (
            group_name(group),
            f"{part(a.shares, draws)} goal shares, {part(a.conflict, draws)} conflict levels",
        )
        for group, a in found.items()
    ]
    what = "Where the posterior variance of P(ma) comes from"
    return canvas.Drawn("attribution", figure, f"{what}: {canvas.said(rows)}.", f"{what}.")
