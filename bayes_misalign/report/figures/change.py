"""How P(ma) of one population differs from that of another, and what the difference is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CONTRASTS = 40
PARTS = {"conflict levels": canvas.ORANGE, "goal shares": canvas.GREEN}
STEP = 0.24  # between the difference and its parts


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw every difference that was asked for; None where there is none, or it is withheld."""
    every = findings.contrasts
    if findings.withheld or not every:
        return None
    shown = every[:MOST_CONTRASTS]
    split = any(contrast.parts for contrast in shown)
    figure = canvas.new_figure(1.15 + (0.62 if split else 0.36) * len(shown))
    axes = figure.subplots()
    axes.axvline(0, color=canvas.GREY, lw=0.8, zorder=1)
    rows: list[tuple[str, str]] = []
    for y, contrast in enumerate(shown):
        for offset, (what, colour, estimate) in enumerate(_lines(contrast)):
            canvas.point(axes, y + STEP * offset - STEP * bool(contrast.parts), estimate, colour)
            rows.append((f"{_name(contrast)}{what}", estimate_text(estimate)))
    canvas.label_rows(
        axes, [f"{short(c.one, 22)} minus {short(c.other, 22)}" for c in shown], width=26
    )
    axes.set_xlabel("difference of P(ma)")
    _legend(figure, split)
    what = f"Differences of P(ma) between populations: posterior mean and {findings.interval}"
    caption = f"{what}."
    if split:
        caption += " The parts due to conflict levels and to goal shares sum to the difference."
    if len(shown) < len(every):
        caption += f" The first {len(shown)} of {len(every)}; the others are in the table."
    return canvas.Drawn("change", figure, f"{what}: {canvas.said(rows)}.", caption)


def _lines(contrast: Contrast) -> list[tuple[str, str, Estimate]]:
    parts = [(f", due to {cause}", PARTS[cause], part) for cause, part in contrast.parts.items()]
    return [("", canvas.BLUE, contrast.difference), *parts]


def _name(contrast: Contrast) -> str:
    return f"{named(contrast.one)} minus {named(contrast.other)}"


def _legend(figure: Figure, split: bool) -> None:
    from matplotlib.lines import Line2D

    names = {"difference": canvas.BLUE}
    names |= {f"due to {cause}": colour for cause, colour in PARTS.items()} if split else {}
    handles = [
        Line2D([], [], color=colour, marker="o", lw=2, ms=5, mec="white", label=name)
        for name, colour in names.items()
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
