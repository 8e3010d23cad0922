"""P(ma) of those who meet, beside that of two at random."""

from __future__ import annotations

from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw P(ma) at random, of those in contact, and by the number of contacts alone."""
    found = findings.contact
    if found is None or findings.withheld:
        return None
    from bayes_misalign.inference.contact import BY_NUMBER, IN_CONTACT, RANDOM

    rows = [
        (RANDOM, found.random, canvas.GREY),
        (BY_NUMBER, found.by_number, canvas.SKY),
        (IN_CONTACT, found.in_contact, canvas.BLUE),
    ]
    figure = canvas.new_figure(1.0 + 0.42 * len(rows))
    axes = figure.subplots()
    for y, (_, estimate, colour) in enumerate(rows):
        canvas.point(axes, y, estimate, colour)
    canvas.label_rows(axes, [name for name, _, _ in rows], 30)
    axes.set_xlim(0, canvas.upper_end([estimate for _, estimate, _ in rows]))
    axes.set_xlabel("P(ma)")
    what = "P(ma) of two agents at random, and of two who are in contact"
    caption = f"{what}: posterior mean and {findings.interval.short}."
    texts = [(name, estimate_text(estimate)) for name, estimate, _ in rows]
    return canvas.Drawn("contact", figure, f"{what}: {canvas.said(texts)}.", caption)
