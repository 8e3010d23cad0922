"""Positions of goals: a map where there are two scales, else rows of dots and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayes_misalign.models.spatial.results import SpatialResults
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short, wrapped
from bayes_misalign.report.figures import canvas
from bayes_misalign.settings import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ON_A_MAP = 30
MOST_PANELS = 6
COLUMNS = 3
MARGIN = 0.03  # beyond the ends of a scale


def draw(found: SpatialResults, interval: Interval) -> canvas.Drawn:
    """Draw where goals are."""
    what = f"Positions of goals: posterior mean and {interval}"
    caption = f"{what}."
    if len(found.source.dimensions) == 2 and len(found.source.goals) <= MOST_ON_A_MAP:
        figure = _map(found)
        caption = f"{what} on each scale, which cross at the mean."
    else:
        shown = list(found.positions)[:MOST_PANELS]
        figure = _rows(found, {name: found.positions[name] for name in shown})
        if len(shown) < len(found.positions) or len(found.source.goals) > canvas.MOST_ROWS:
            caption += " Those that are left out are in the table."
    said = [
        (f"{named(dimension)}, {named(goal)}", estimate_text(estimate))
        for dimension, positions in found.positions.items()
        for goal, estimate in positions.items()
    ]
    return canvas.Drawn("positions", figure, f"{what}: {canvas.said(said)}.", caption)


def _limits(axes: Axes, found: SpatialResults, d: int, *, upright: bool = False) -> None:
    """Let an axis span its scale, and whatever lies beyond its ends."""
    name = found.source.dimensions[d]
    first, last = found.source.ends[d]
    low, high = min(first, last), max(first, last)
    points = [end for e in found.positions[name].values() for end in e.interval]
    margin = MARGIN * (high - low)
    low, high = min(low, *points) - margin, max(high, *points) + margin
    limits = (low, high) if first < last else (high, low)
    if upright:
        axes.set_ylim(*limits)
    else:
        axes.set_xlim(*limits)


def _map(found: SpatialResults) -> Figure:
    across, up = found.positions.values()
    figure = canvas.new_figure(5.0, 5.6)
    axes = figure.subplots()
    for goal, x in across.items():
        y = up[goal]
        axes.plot(x.interval, [y.mean] * 2, color=canvas.SKY, lw=1.6, zorder=2)
        axes.plot([x.mean] * 2, y.interval, color=canvas.SKY, lw=1.6, zorder=2)
        axes.plot([x.mean], [y.mean], "o", color=canvas.BLUE, ms=5.5, zorder=4)
        axes.annotate(
            short(goal, 20),
            (x.mean, y.mean),
            (4, 4),
            textcoords="offset points",
            fontsize=8.5,
            zorder=5,
        )
    _limits(axes, found, 0)
    _limits(axes, found, 1, upright=True)
    axes.grid(True, color="#e8e8e8", lw=0.6)
    axes.set_axisbelow(True)
    one, other = found.source.dimensions
    axes.set_xlabel(short(one, 40))
    axes.set_ylabel(short(other, 40))
    return figure


def _rows(found: SpatialResults, shown: Mapping[str, Mapping[str, Estimate]]) -> Figure:
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    goals = list(found.source.goals)[: canvas.MOST_ROWS]
    each = 0.7 + (0.3 if len(goals) <= 20 else 0.2) * len(goals)
    figure = canvas.new_figure(0.3 + rows * each)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    for d, (axes, (name, positions)) in enumerate(zip(grid.flat, shown.items(), strict=False)):
        for y, goal in enumerate(goals):
            axes.axhline(y, color="#e8e8e8", lw=0.6, zorder=0)
            canvas.point(axes, y, positions[goal])
        if len(shown) > 1:
            axes.set_title(wrapped(name, 20), loc="left")
        canvas.label_rows(axes, goals)
        _limits(axes, found, d)
        axes.set_xlabel("position" if len(shown) > 1 else short(name, 40))
    return figure
