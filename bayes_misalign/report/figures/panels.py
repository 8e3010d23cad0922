"""Panels of means and intervals: goal shares, and parts of P(ma) by pair of goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, pair_name, short, wrapped
from bayes_misalign.report.figures import canvas, lines
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import group_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PANELS = 12
MOST_PAIRS = 10
MOST_GOALS_ACROSS = 6
MOST_GOALS = 40  # rows of a panel
COLUMNS = 3


def draw_shares(findings: Findings) -> canvas.Drawn | None:
    """Draw goal shares by population; None where they are withheld."""
    if findings.withheld:
        return None
    if findings.places is not None:
        return _shares_over_places(findings)
    shares, goals = findings.proportions, _largest_goals(findings)
    what = f"Goal shares{findings.each}: posterior mean and {findings.interval.short}"
    caption = f"{what}."
    if len(shares) <= MOST_PANELS:
        panels = [(name, [found[goal] for goal in goals]) for name, found in shares.items()]
        if (every := len(findings.result.categories)) > len(goals):
            caption = f"{what}. The {len(goals)} largest of {every} goals; all are in the table."
        figure = _panels(panels, goals, "share of agents", nameless=findings.nameless)
    elif len(goals) <= MOST_GOALS_ACROSS:
        shown = list(shares)[: canvas.MOST_ROWS]
        columns = [(goal, [shares[name][goal] for name in shown]) for goal in goals]
        figure = _panels(columns, shown, "share of agents", across=len(goals))
        if len(shares) > len(shown):
            caption = f"{what}. The first {len(shown)} populations; the others are in the table."
    else:
        return None
    rows = [
        (f"{named(population)}, {named(goal)}", estimate_text(estimate))
        for population, estimates in shares.items()
        for goal, estimate in estimates.items()
    ]
    return canvas.Drawn("shares", figure, f"{what}: {canvas.said(rows)}.", caption)


def _shares_over_places(findings: Findings) -> canvas.Drawn:
    """Draw the shares of the largest goals as lines over populations that stand in an order."""
    shares, every = findings.proportions, findings.result.categories
    goals = _largest_goals(findings, len(lines.COLOURS))
    names, at = lines.places(findings)
    found = {goal: [shares[name][goal] for name in names] for goal in goals}
    figure = lines.figure(found, names, at, "share of agents")
    what = f"Goal shares{findings.each}: posterior mean and {findings.interval.short}"
    caption = f"{what}."
    if len(goals) < len(every):
        caption += f" The {len(goals)} largest of {len(every)} goals; all are in the table."
    rows = [
        (f"{named(name)}, {named(goal)}", estimate_text(shares[name][goal]))
        for goal in goals
        for name in names
    ]
    return canvas.Drawn("shares", figure, f"{what}: {canvas.said(rows)}.", caption)


def _largest_goals(findings: Findings, most: int = MOST_GOALS) -> tuple[str, ...]:
    """Return all goals, or in their order those with the largest shares over populations."""
    goals = findings.result.categories
    if len(goals) <= most:
        return goals
    means = findings.result.shares().mean(axis=(0, 1))
    return tuple(goals[k] for k in sorted(np.argsort(-means, kind="stable")[:most]))


def draw_contributions(findings: Findings) -> canvas.Drawn | None:
    """Draw the largest parts of P(ma) by pair of goals; None where they are withheld."""
    found = findings.contributions
    if findings.withheld or not found or not findings.conflict:
        return None
    means = np.sum([parts.estimates.means for parts in found.values()], axis=0)
    conflicting = int((means > 0).sum())
    order = np.argsort(-means, kind="stable")[: min(MOST_PAIRS, conflicting)]
    every = next(iter(found.values())).pairs
    top = [every[k] for k in order]
    if not top:
        return None
    in_line = findings.places is not None and len(found) == len(findings.populations)
    top = top[: len(lines.COLOURS)] if in_line else top
    labels = [f"{short(a, 22)} | {short(b, 22)}" for a, b in top]
    if in_line:
        names, at = lines.places(findings)
        by_pair = {
            label: [found[name][pair] for name in names]
            for label, pair in zip(labels, top, strict=True)
        }
        figure = lines.figure(by_pair, names, at, "part of P(ma)")
    else:
        panels = [
            (group_name(group), [parts[pair] for pair in top]) for group, parts in found.items()
        ]
        figure = _panels(panels, labels, "part of P(ma)", nameless=findings.nameless)
    what = f"Parts of P(ma) by pair of goals: posterior mean and {findings.interval.short}"
    cut = conflicting > len(top)
    rows = [
        (f"{group_name(group)}, {pair_name(pair)}", estimate_text(parts[pair]))
        for group, parts in found.items()
        for pair in top
    ]
    caption = f"{what}." + (f" The {len(top)} largest of {conflicting} pairs." if cut else "")
    return canvas.Drawn("contributions", figure, f"{what}: {canvas.said(rows)}.", caption)


def _panels(
    panels: Sequence[tuple[str, Sequence[Estimate]]],
    labels: Sequence[str],
    xlabel: str,
    *,
    across: int = COLUMNS,
    nameless: bool = False,
) -> Figure:
    columns = 1 if canvas.place().narrow else min(across, len(panels))
    rows = -(-len(panels) // columns)
    each = 0.55 + (0.3 if len(labels) <= 20 else 0.2) * len(labels)
    figure = canvas.new_figure(0.35 + rows * each)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    every = [estimate for _, estimates in panels for estimate in estimates]
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (title, estimates) in zip(grid.flat, panels, strict=False):
        for y, estimate in enumerate(estimates):
            axes.axhline(y, color="#e8e8e8", lw=0.6, zorder=0)
            canvas.point(axes, y, estimate)
        if not (nameless and len(panels) == 1):
            axes.set_title(wrapped(title, 20), loc="left")
        canvas.label_rows(axes, labels)
        axes.tick_params(axis="x", labelbottom=True)
    grid[0, 0].set_xlim(-0.005, canvas.upper_end(every))
    figure.supxlabel(xlabel, fontsize=9)
    return figure
