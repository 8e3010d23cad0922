"""Conflict levels that differ by population, as profiles over the populations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign import measure
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, pair_name, short, wrapped
from bayes_misalign.report.figures import canvas, lines
from bayes_misalign.report.findings import Findings, Group, Pair
from bayes_misalign.study.lifted import lifts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ACROSS = 40
UPRIGHT = 6  # populations whose names stand side by side


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw conflict levels by population, a colour for each of the pairs that matter most."""
    if not findings.by_population:
        return None
    shown = {
        pair: levels
        for pair, levels in findings.conflict.items()
        if not any(level.withheld for level in levels.values())
    }
    top = _that_matter(findings, list(shown))
    if not top:
        return None
    chosen = {pair: shown[pair] for pair in top}
    if findings.places is None:
        names = findings.populations[:MOST_ACROSS]
        figure = _profiles(chosen, names)
    else:
        names, at = lines.places(findings)
        found = {
            f"{short(one, 20)} | {short(other, 20)}": [levels[name] for name in names]
            for (one, other), levels in chosen.items()
        }
        hollow = lines.unobserved(findings, names)
        figure = lines.figure(found, names, at, "conflict level", hollow)
    what = f"Conflict levels by population: posterior mean and {findings.interval.short}"
    rows = [
        (f"{named(name)}, {pair_name(pair)}", estimate_text(shown[pair][name]))
        for pair in top
        for name in findings.populations
    ]
    caption = f"{what}."
    if len(top) < len(findings.conflict):
        caption += f" {len(top)} of {len(findings.conflict)} pairs"
        caption += "." if findings.withheld else ", those with the largest parts of P(ma)."
    if len(names) < len(findings.populations):
        caption += f" The first {len(names)} populations; the others are in the table."
    elif findings.places is not None and findings.unobserved:
        caption += lines.HOLLOW
    return canvas.Drawn("conflict", figure, f"{what}: {canvas.said(rows)}.", caption)


def _that_matter(findings: Findings, pairs: list[Pair]) -> list[Pair]:
    """Return the pairs with the largest parts of P(ma) over all populations, in study order."""
    if findings.withheld or not pairs or lifts(findings.study.goals):
        return pairs[: len(lines.COLOURS)]
    result = findings.result
    shares, conflict = result.shares().mean(axis=0), result.mean_conflict
    parts = measure.pair_contributions(shares, conflict).sum(axis=0)
    every = list(findings.conflict)
    largest = {
        every[i] for i in np.argsort(-parts, kind="stable")[: len(lines.COLOURS)] if parts[i] > 0
    }
    return [pair for pair in pairs if pair in largest]


def _profiles(levels: Mapping[Pair, Mapping[Group, Estimate]], names: tuple[str, ...]) -> Figure:
    upright = len(names) <= UPRIGHT
    figure = canvas.new_figure(3.4 + 0.11 * len(levels) + (0.0 if upright else 0.9))
    axes = figure.subplots()
    x, many = np.arange(len(names)), len(names) > 12
    step = min(0.09, 0.6 / len(levels))  # side by side, so that no interval hides another
    for k, ((one, other), found) in enumerate(levels.items()):
        colour, mark = lines.COLOURS[k]
        at = x + step * (k - (len(levels) - 1) / 2)
        shown = [found[name] for name in names]
        means = [estimate.mean for estimate in shown]
        axes.plot(at, means, color=colour, lw=0.8, alpha=0.4, zorder=2)
        lows, highs = zip(*(estimate.interval for estimate in shown), strict=True)
        axes.vlines(at, lows, highs, color=colour, lw=1.2 if many else 2, zorder=3)
        label = f"{short(one, 20)} | {short(other, 20)}"
        size = 3.5 if many else 5.5
        axes.plot(
            at, means, mark, color=colour, ms=size, mec="white", mew=0.6, zorder=4, label=label
        )
    labels = [wrapped(name, 14 if upright else 20) for name in names]
    axes.set_xticks(x, labels, rotation=0 if upright else 90)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(-0.005, canvas.upper_end([found[n] for found in levels.values() for n in names]))
    axes.yaxis.grid(True, color="#e8e8e8", lw=0.6)
    axes.set_axisbelow(True)
    axes.set_ylabel("conflict level")
    figure.legend(loc="outside lower left", ncols=2 if len(levels) > 1 else 1)
    return figure
