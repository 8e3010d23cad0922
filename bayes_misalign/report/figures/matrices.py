"""Square matrices: conflict between goals, and P(ma) between populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bayes_misalign import measure
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text, interval_text, mean_text
from bayes_misalign.page.safe_text import pair_name, wrapped
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings, Pair
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.lifted import lifts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_WRITTEN = 12  # rows whose cells hold numbers
MOST_INTERVALS, MOST_MEANS = 4, 7  # rows whose cells hold intervals too, or means, on a narrow page
MOST_GOALS, SHOWN_GOALS = 60, 40  # of more goals, those that matter most are drawn
DARK = 0.55  # part of the scale above which a cell takes white text


def draw_conflict(findings: Findings) -> canvas.Drawn | None:
    """Draw the conflict levels; cells whose number is withheld stay empty.

    Returns None where levels differ by population: no matrix holds for all of them.
    """
    every = findings.study.conflict.categories
    if findings.by_population or len(every) < 2:
        return None
    names = every if len(every) <= MOST_GOALS else _that_matter(findings)
    if len(names) == len(every):
        every = names = _in_conflict(findings, every)
    what = f"Conflict levels of pairs of goals: posterior mean and {findings.interval.short}"
    values = {pair: findings.conflict[pair][None] for pair in combinations(names, 2)}
    figure = _matrix(names, values, "conflict level", 1.0)
    found = _drawn("conflict", what, figure, values, len(names))
    if len(names) == len(every):
        return found
    which = "first" if findings.withheld else "goals with the largest parts of P(ma)"
    return replace(
        found,
        caption=f"{found.caption} The {len(names)} {which} of {len(every)}; all pairs are in "
        "tables/conflict.csv.",
    )


def _in_conflict(findings: Findings, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the goals, without `no goal` where that is known to conflict with none of them."""
    levels = [
        found
        for pair in findings.conflict
        if NO_GOAL in pair
        for found in [findings.conflict[pair]]
    ]
    known = all(one.sd == 0 and one.mean == 0 for level in levels for one in level.values())
    if findings.withheld or not known or len(names) < 4:
        return names
    return tuple(name for name in names if name != NO_GOAL)


def _that_matter(findings: Findings) -> tuple[str, ...]:
    """Return the goals with the largest parts of P(ma) over populations, in their order."""
    goals, result = findings.study.conflict.categories, findings.result
    if findings.withheld or lifts(findings.study.goals):
        return goals[:SHOWN_GOALS]
    parts = measure.goal_contributions(result.shares().mean(axis=0), result.mean_conflict)
    largest = np.argsort(-parts.sum(axis=0), kind="stable")[:SHOWN_GOALS]
    return tuple(goals[k] for k in sorted(largest))


def draw_between(findings: Findings) -> canvas.Drawn | None:
    """Draw P(ma) between populations, and within each on the diagonal."""
    names = findings.populations
    if findings.withheld or not findings.between:
        return None
    within = {(name, name): estimate for name, estimate in findings.misalignment.items()}
    every: dict[Pair, Estimate] = {**findings.between, **within}
    what = (
        "Probability of conflict between one agent of each population, on the diagonal within "
        f"one: posterior mean and {findings.interval.short}"
    )
    figure = _matrix(names, every, "P(conflict)", canvas.upper_end(list(every.values())))
    return _drawn("between", what, figure, every, len(names))


def _drawn(
    name: str, what: str, figure: Figure, values: Mapping[Pair, Estimate], size: int
) -> canvas.Drawn:
    rows = [(pair_name(pair), estimate_text(estimate)) for pair, estimate in values.items()]
    intervals, _ = _written(size)
    caption = f"{what}." if intervals else f"{what.split(':')[0]}: posterior mean."
    return canvas.Drawn(name, figure, f"{what}: {canvas.said(rows)}.", caption)


def _matrix(
    names: Sequence[str], values: Mapping[Pair, Estimate], label: str, largest: float
) -> Figure:
    k, place = len(names), {name: i for i, name in enumerate(names)}
    means = np.full((k, k), np.nan)
    for (a, b), estimate in values.items():
        if not estimate.withheld:
            means[place[a], place[b]] = means[place[b], place[a]] = estimate.mean
    intervals, written = _written(k)
    side = max(0.95 * k, 1.9) if k <= 6 else min(6.2, 0.62 * k if k <= MOST_WRITTEN else 0.3 * k)
    figure = canvas.new_figure(0.62 * side + 1.1 if k <= 6 else side + 0.9, min(7.0, side + 2.6))
    axes = figure.subplots()
    shown = np.ma.masked_invalid(means)
    mesh = axes.pcolormesh(shown, cmap="Blues", vmin=0, vmax=largest, ec="white", lw=1)
    labels = [wrapped(name, 14) for name in names]
    turned = k > 4
    axes.set_xticks(np.arange(k) + 0.5, labels, rotation=90 if turned else 0)
    axes.set_yticks(np.arange(k) + 0.5, labels)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, label=label, shrink=0.8, pad=0.02)
    bar.outline.set_visible(False)
    if written:
        size = 8.5 if k <= 4 else 7.5 if k <= 6 else 6.0 if k <= 9 else 4.8
        if canvas.place().narrow:
            size *= 0.72 if intervals else 0.85
        for (a, b), estimate in values.items():
            if estimate.withheld:
                continue
            text = mean_text(estimate)
            if intervals:
                text += f"\n{interval_text(estimate).replace(' to ', '–')}"
            colour = "white" if estimate.mean > DARK * largest else canvas.INK
            for y, x in {(place[a], place[b]), (place[b], place[a])}:
                axes.text(x + 0.5, y + 0.5, text, color=colour, size=size, ha="center", va="center")
    return figure


def _written(size: int) -> tuple[bool, bool]:
    """Tell whether cells hold intervals, and whether they hold means."""
    if canvas.place().narrow:
        return size <= MOST_INTERVALS, size <= MOST_MEANS
    return size <= MOST_WRITTEN, size <= MOST_WRITTEN
