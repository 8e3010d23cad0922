"""How P(ma) of one population differs from that of another, and what the difference is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short
from bayes_misalign.report.figures import canvas, lines
from bayes_misalign.report.findings import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CONTRASTS = 40
MOST_IN_REPORT = 6
PARTS = {"conflict levels": canvas.ORANGE, "goal shares": canvas.GREEN}
STEP = 0.24  # between the difference and its parts


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw every difference that was asked for; None where there is none, or it is withheld."""
    return None if findings.withheld else draw_contrasts(findings, findings.contrasts)


def in_report(findings: Findings) -> canvas.Drawn | None:
    """Draw differences that are taken apart: since the first of populations in order, or few.

    A difference that is not taken apart is seen in the figure of P(ma).
    """
    if findings.withheld:
        return None
    if findings.changes:
        return _since(findings)
    few = len(findings.contrasts) <= MOST_IN_REPORT
    split = any(contrast.parts for contrast in findings.contrasts)
    return draw_contrasts(findings, findings.contrasts) if few and split else None


def _since(findings: Findings) -> canvas.Drawn:
    """Draw how P(ma) changed since the first population, and the parts of that, as lines."""
    names, at = lines.places(findings)
    changes = findings.changes
    series = {"difference": [c.difference for c in changes]}
    for cause in PARTS:
        series[f"due to {cause}"] = [c.parts[cause] for c in changes]
    nothing = replace(changes[0].difference, draws=np.zeros((1, 1)), name="the first", limits=())
    figure = canvas.new_figure(3.4)
    axes = figure.subplots()
    axes.axhline(0, color=canvas.GREY, lw=0.8, zorder=1)
    hollow = lines.unobserved(findings, names)
    styles = [(canvas.BLUE, "o"), (canvas.ORANGE, "v"), (canvas.GREEN, "^")]
    for (label, estimates), style in zip(series.items(), styles, strict=True):
        lines.line(axes, at, [nothing, *estimates], style, label, hollow)
    lines.axis(axes, names, at, lines.room(figure))
    axes.set_ylabel(f"P(ma) minus that of {short(names[0], 16)}")
    figure.legend(loc="outside upper right", ncols=1 if canvas.place().narrow else 3)
    what = f"P(ma) of each population minus that of {named(names[0])}, and its parts"
    rows = [
        (f"{named(c.one)}{what_of}", estimate_text(estimate))
        for c in reversed(changes)
        for what_of, _, estimate in _lines(c)
    ]
    caption = (
        f"{what}: posterior mean and {findings.interval.short}. The parts due to conflict levels "
        "and to goal shares sum to the difference." + lines.HOLLOW * bool(hollow)
    )
    return canvas.Drawn("change", figure, f"{what}: {canvas.said(rows)}.", caption)


def draw_contrasts(findings: Findings, every: Sequence[Contrast]) -> canvas.Drawn | None:
    """Draw differences below each other, the parts of each below it."""
    if not every:
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
