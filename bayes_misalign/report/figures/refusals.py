"""P(ma) of all who were asked, by what is assumed of those who gave no answer."""

from __future__ import annotations

from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import group_name
from bayes_misalign.study.refusals import AT_RANDOM

MOST_DEPARTURES = 8  # with a row of their own


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw P(ma) at random and under departures, over the set of what is possible at all."""
    found = findings.refusals
    if found is None or findings.withheld:
        return None
    groups = list(found.part)[-canvas.MOST_ROWS :]
    others = [how for how in found.readings if how != AT_RANDOM]
    rows = len(others) if len(groups) == 1 and len(others) <= MOST_DEPARTURES else 0
    figure = canvas.new_figure(1.0 + 0.42 * (len(groups) if not rows else rows + 1))
    axes = figure.subplots()
    labels = []
    for y, group in enumerate(groups):
        ends = found.sets[group]
        depth = 0.3 if not rows else rows + 0.3
        across = [y - 0.3, y + depth]
        axes.fill_betweenx(across, *ends.interval, color=canvas.PALE, lw=0, alpha=0.55, zorder=1)
        axes.fill_betweenx(across, ends.lower, ends.upper, color=canvas.SKY, lw=0, zorder=1)
        canvas.point(axes, y, found.readings[AT_RANDOM][group])
        labels.append(group_name(group) if not rows else AT_RANDOM)
        for place, how in enumerate(others, 1):
            estimate = found.readings[how][group]
            if rows:
                canvas.point(axes, y + place, estimate, canvas.GREY)
                labels.append(how)
            else:
                axes.plot([estimate.mean], [y], "|", color=canvas.RED, ms=9, mew=1.2, zorder=5)
    canvas.label_rows(axes, labels, 30)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    drawn = [e for by in (*found.readings.values(), found.upper) for e in by.values()]
    low = min(ends.interval[0] for ends in found.sets.values())
    high = max(canvas.upper_end(drawn), *(s.interval[1] for s in found.sets.values()))
    axes.set_xlim(max(-0.005, low - 0.1 * (high - low)), min(1.005, high))
    axes.set_xlabel("P(ma) of all who were asked")
    what = (
        "P(ma) of all who were asked, if agents without an answer are like those who answered: "
        f"posterior mean and {findings.interval.short}"
    )
    caption = (
        f"{what}. Blue: between the lowest and the highest value that any goals of theirs lead to; "
        f"grey beside it: the {findings.interval.short} for that set."
    )
    if others:
        caption += " Grey: departures." if rows else " Red strokes: means under departures."
    at_random = found.readings[AT_RANDOM]
    texts = [
        (
            named(group_name(group)),
            f"{estimate_text(at_random[group])}, possible {found.sets[group].lower:.3f} to "
            f"{found.sets[group].upper:.3f}",
        )
        for group in groups
    ]
    return canvas.Drawn("refusals", figure, f"{what}: {canvas.said(texts)}.", caption)
