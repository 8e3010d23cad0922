"""Figures of several problem areas: ranks, a heat map, and opposed against agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.areas.draws import Scope
from bayes_misalign.areas.sections import area_order
from bayes_misalign.errors import StudyError
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, wrapped
from bayes_misalign.report.figures import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bayes_misalign.areas.posterior import AreasPosterior

MOST = 40  # areas that a figure shows: those with the largest P(ma)
DARK = 0.55  # part of the scale above which a cell takes white text
ROW = 0.19  # inches of a row


class AreaPlots:
    """The figures of several problem areas, as figures of matplotlib.

    Parameters
    ----------
    result : AreasPosterior
        What is drawn.
    """

    def __init__(self, result: AreasPosterior) -> None:
        self._result = result

    def ranks(self, one: str | None = None, other: str | None = None) -> Figure:
        """Draw P(ma) of each area with its interval, the most misaligned first, and its rank.

        Parameters
        ----------
        one, other : str, optional
            As of `AreasPosterior.misalignment`.
        """
        with canvas.style():
            return draw_ranks(self._result, self._result.scope(one, other)).figure

    def areas(self) -> Figure:
        """Draw P(ma) of every area within and between populations as a heat map."""
        with canvas.style():
            return draw_areas(self._result).figure


def draw_ranks(result: AreasPosterior, scope: Scope) -> canvas.Drawn:
    """Draw P(ma) of each area, and beside it the interval of its rank."""
    if result.withheld:
        raise StudyError("numbers are withheld: the fit has not converged. Fix: sample longer")
    ranks, every = result.ranks(scope.one, scope.other), len(result.draws_of(scope))
    shown = ranks.in_order[:MOST]
    estimates = [result.estimate(scope, area) for area in shown]
    figure = canvas.new_figure(ROW * len(shown) + 1.0)
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    canvas.label_rows(axes, list(map(named, shown)))
    for y, estimate in enumerate(estimates):
        canvas.point(axes, y, estimate)
    axes.set_xlim(0, canvas.upper_end(estimates))
    axes.set_xlabel(ranks.of)
    for y, area in enumerate(shown):
        low, high = ranks.intervals[area]
        beside.plot([low, high], [y, y], color=canvas.ORANGE, lw=2, solid_capstyle="butt")
        beside.plot([ranks.mean[area]], [y], "o", color=canvas.ORANGE, ms=4, mec="white", mew=0.6)
    beside.set_xlabel(f"rank of {every}")
    beside.tick_params(axis="y", length=0)
    kind = result.study.reporting.interval
    cut = (
        f" The first {MOST} of {every} areas; all are in tables/areas.csv." if every > MOST else ""
    )
    caption = (
        f"Left: {ranks.of}, posterior mean and {kind.short}. Right: mean and {kind.short} of the "
        f"rank, 1 the most misaligned.{canvas.strokes(estimates)}{cut}"
    )
    texts = [
        (named(area), f"{estimate_text(one)}, rank {ranks.mean[area]:.1f}")
        for area, one in zip(shown, estimates, strict=True)
    ]
    return canvas.Drawn("ranks", figure, f"{ranks.of} by area: {canvas.said(texts)}.", caption)


def draw_areas(result: AreasPosterior) -> canvas.Drawn:
    """Draw posterior means of P(ma), an area a row, within and between populations."""
    if result.withheld:
        raise StudyError("numbers are withheld: the fit has not converged. Fix: sample longer")
    scopes = result.scopes
    means = np.full((len(result.areas), len(scopes)), np.nan)
    for column, scope in enumerate(scopes):
        for area, draws in result.draws_of(scope).items():
            means[result.areas.index(area), column] = draws.mean()
    order = area_order(result)[:MOST]
    names, means = [named(area) for area in order], means[[result.areas.index(x) for x in order]]
    figure = canvas.new_figure(ROW * len(names) + 1.6, min(canvas.WIDTH, 3.2 + 0.8 * len(scopes)))
    axes = figure.subplots()
    top = float(np.nanmax(means))
    shown = np.ma.masked_invalid(means)
    mesh = axes.pcolormesh(shown, cmap="Blues", vmin=0, vmax=top, ec="white", lw=0.5)
    heads = [wrapped(result.name_of(scope) or "all agents", 14) for scope in scopes]
    axes.set_xticks(np.arange(len(scopes)) + 0.5, heads, rotation=90 if len(scopes) > 4 else 0)
    axes.xaxis.tick_top()
    axes.set_yticks(np.arange(len(names)) + 0.5, [wrapped(name, 24) for name in names])
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    for y, x in np.argwhere(~np.isnan(means)):
        colour = "white" if means[y, x] > DARK * top else canvas.INK
        text = f"{means[y, x]:.2f}"
        axes.text(x + 0.5, y + 0.5, text, color=colour, size=6.5, ha="center", va="center")
    figure.colorbar(mesh, ax=axes, label="P(ma)", shrink=0.5, pad=0.02).outline.set_visible(False)
    cut = f" The first {MOST} of {len(result.areas)} areas." * (len(result.areas) > MOST)
    caption = f"P(ma) by area, within populations and between them: posterior means.{cut}"
    texts = [
        (name, ", ".join(f"{x:.2f}" for x in row if not np.isnan(x)))
        for name, row in zip(names, means, strict=True)
    ]
    return canvas.Drawn("areas", figure, f"{caption} {canvas.said(texts)}.", caption)
