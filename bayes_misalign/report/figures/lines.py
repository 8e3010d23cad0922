"""Estimates of populations that stand in an order: a line with a band, spaced as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.safe_text import short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAND = 0.25  # opacity
MANY, VERY_MANY = 25, 80  # points, which then are small, or not marked
CHARACTER, APART = 0.078, 0.12  # inches of a label's character, and between two labels
MARGIN = 1.1  # inches beside the axes
LONGEST = 12  # characters of a label that stands upright
PAD = 0.03  # of the axis, on both sides
COLOURS = (
    (canvas.BLUE, "o"),
    (canvas.RED, "s"),
    (canvas.GREEN, "^"),
    (canvas.PURPLE, "D"),
    (canvas.ORANGE, "v"),
    (canvas.SKY, "P"),
)
HOLLOW = " Hollow points: populations of which something was not observed, see below the table."


def places(findings: Findings) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return populations that stand in an order, first to last, and where."""
    assert findings.places is not None
    names, at = findings.populations, findings.places
    order = findings.in_order
    return tuple(names[i] for i in order), tuple(at[i] for i in order)


def line(
    axes: Axes,
    at: Sequence[float],
    estimates: Sequence[Estimate],
    style: tuple[str, str] = COLOURS[0],
    label: str | None = None,
    hollow: Collection[int] = (),
) -> None:
    """Draw means as a line with marked points, and intervals as a band."""
    colour, mark = style
    lows, highs = zip(*(estimate.interval for estimate in estimates), strict=True)
    axes.fill_between(at, lows, highs, color=colour, alpha=BAND, lw=0, zorder=2)
    means = [estimate.mean for estimate in estimates]
    n = len(means)
    size = 4.5 if n <= MANY else 2.5
    axes.plot(
        at,
        means,
        mark if n <= VERY_MANY else "",
        ls="-",
        color=colour,
        lw=1.4,
        ms=size,
        mec="white",
        mew=0.5,
        zorder=4,
        label=label,
    )
    for i in hollow:
        axes.plot([at[i]], [means[i]], mark, color="white", mec=colour, ms=size, mew=1.2, zorder=5)


def figure(
    found: Mapping[str, Sequence[Estimate]],
    names: Sequence[str],
    at: Sequence[float],
    ylabel: str,
    hollow: Collection[int] = (),
) -> Figure:
    """Draw a line with a band for each label."""
    made = canvas.new_figure(3.0 + 0.11 * len(found))
    axes = made.subplots()
    for (label, estimates), style in zip(found.items(), COLOURS, strict=False):
        line(axes, at, estimates, style, label, hollow)
    axis(axes, names, at, room(made))
    axes.set_ylim(-0.005, canvas.upper_end([e for own in found.values() for e in own]))
    axes.set_ylabel(ylabel)
    made.legend(loc="outside lower left", ncols=1 if canvas.place().narrow else 2)
    return made


def axis(axes: Axes, names: Sequence[str], at: Sequence[float], width: float) -> None:
    """Label places on the axis, as many as there is room for; the first and last always."""
    span = at[-1] - at[0]
    axes.set_xlim(at[0] - PAD * span, at[-1] + PAD * span)
    labels = [short(name, LONGEST) for name in names]
    inches = width / (span * (1 + 2 * PAD))
    shown = [0]
    last = len(at) - 1
    for i in range(1, last):
        if _fits(labels, at, shown[-1], i, inches) and _fits(labels, at, i, last, inches):
            shown.append(i)
    axes.set_xticks([at[i] for i in [*shown, last]], [labels[i] for i in [*shown, last]])
    axes.set_xticks([at[i] for i in range(1, last) if i not in shown], minor=True)
    axes.yaxis.grid(True, color="#e8e8e8", lw=0.6)
    axes.set_axisbelow(True)


def _fits(labels: Sequence[str], at: Sequence[float], i: int, j: int, inches: float) -> bool:
    needed = CHARACTER * (len(labels[i]) + len(labels[j])) / 2 + APART
    return (at[j] - at[i]) * inches >= needed


def room(on: Figure) -> float:
    """Return the width in inches that a single axes has, about."""
    return float(on.bbox.width / on.dpi) - MARGIN


def unobserved(findings: Findings, names: Sequence[str]) -> list[int]:
    """Return which of the populations are known by the prior, or borrowed, in part."""
    return [i for i, name in enumerate(names) if name in findings.unobserved]
