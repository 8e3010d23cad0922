"""P(ma) by population: the posterior, with the prior beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas, lines
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import group_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_DENSITIES = 12
SAME = 0.05  # distance of two distributions that a reader cannot see
MONTE_CARLO = 1.95  # that of two samples of one, which 0.1 % exceed, times the root of 2 / n
Row = tuple[str, Estimate | None, Estimate | None]  # label, posterior, prior


def rows_of(findings: Findings) -> list[Row]:
    """Return what is drawn, a row each: populations, then their union."""
    priors = dict(findings.prior)
    rows: list[Row] = [
        (name, None if findings.withheld else estimate, priors.get(name))
        for name, estimate in findings.misalignment.items()
    ]
    rows = rows[: canvas.MOST_ROWS]
    if findings.overall is not None:
        posterior = None if findings.withheld else findings.overall
        rows.append((group_name(None), posterior, findings.overall_prior))
    return rows


def draw(findings: Findings) -> canvas.Drawn:
    """Draw P(ma) of every population and of the union; a withheld posterior is not drawn."""
    prior = _one_prior(findings)
    in_line = findings.places is not None and not findings.withheld
    figure = _over_places(findings, prior) if in_line else _in_rows(findings, prior)
    threshold = findings.study.reporting.threshold
    texts = [
        (named(label), "withheld" if posterior is None else estimate_text(posterior))
        for label, posterior, _ in rows_of(findings)
    ]
    shown = [e for _, e, _ in rows_of(findings) if e is not None]
    caption = f"P(ma){findings.each}: posterior mean and {findings.interval.short}."
    if findings.prior:
        caption += " Grey: before the data" + (
            ", the same for every population." if prior is not None and len(shown) > 1 else "."
        )
    if in_line:
        caption += lines.HOLLOW * any(name in findings.unobserved for name in findings.populations)
    else:
        dense = len(shown) <= MOST_DENSITIES + 1 and any(one.sd > 0 for one in shown)
        caption += " Densities are scaled to equal height." * dense
        cut = len(findings.populations) - canvas.MOST_ROWS
        if cut > 0:
            caption += f" The first {canvas.MOST_ROWS} populations; {cut} more in the table."
        caption += canvas.strokes(shown)
    if findings.withheld:
        caption += " The fit has not converged, so no posterior is drawn."
    if threshold is not None:
        caption += f" Dashed: the threshold {threshold:g}."
    alt = (
        f"P(ma){findings.each}, posterior mean and {findings.interval.short}: {canvas.said(texts)}."
    )
    return canvas.Drawn("misalignment", figure, alt, caption)


def _one_prior(findings: Findings) -> Estimate | None:
    """Return the prior of all populations, where they do not differ by more than their draws do."""
    every = list(findings.prior.values())
    if not every:
        return None
    first = np.sort(every[0].draws, axis=None)
    known = [estimate.sd == 0 for estimate in every]
    if any(known):
        alike = all(known) and len({estimate.mean for estimate in every}) == 1
        return every[0] if alike else None
    most = max(SAME, MONTE_CARLO * (2 / first.size) ** 0.5)
    return every[0] if all(_distance(first, e.draws) <= most for e in every[1:]) else None


def _distance(ordered: NDArray[np.float64], draws: NDArray[np.float64]) -> float:
    """Return the largest distance between two distribution functions (Kolmogorov-Smirnov)."""
    other = np.sort(draws, axis=None)
    every = np.concatenate([ordered, other])
    parts = [np.searchsorted(x, every, side="right") / x.size for x in (ordered, other)]
    return float(np.abs(parts[0] - parts[1]).max())


def _over_places(findings: Findings, prior: Estimate | None) -> Figure:
    """Draw populations that stand in an order as a line, union and prior beside it."""
    names, at = lines.places(findings)
    aside: list[tuple[str, Estimate, str]] = []
    if findings.overall is not None:
        aside.append(("together", findings.overall, canvas.BLUE))
    if prior is not None:
        aside.append(("prior", prior, canvas.GREY))
    narrow = canvas.place().narrow
    figure = canvas.new_figure(3.2)
    part = (0.16 if narrow else 0.08) * len(aside)
    found = figure.subplots(1, 2, sharey=True, width_ratios=[1 - part, part]) if aside else None
    axes = figure.subplots() if found is None else found[0]
    estimates = [findings.misalignment[name] for name in names]
    lines.line(axes, at, estimates, hollow=lines.unobserved(findings, names))
    lines.axis(axes, names, at, lines.room(figure) * (1 - part))
    drawn = [*estimates, *(estimate for _, estimate, _ in aside)]
    if prior is None and findings.prior:
        own = [findings.prior[name] for name in names]
        for k in (0, 1):
            axes.plot(at, [e.interval[k] for e in own], color=canvas.GREY, lw=0.8, zorder=1)
        drawn += own
    if found is not None:
        for x, (_, estimate, colour) in enumerate(aside):
            _upright(found[1], x, estimate, colour)
        found[1].set_xticks(range(len(aside)), [name for name, _, _ in aside])
        found[1].set_xlim(-0.6, len(aside) - 0.4)
        found[1].tick_params(axis="y", length=0)
        found[1].spines.left.set_visible(False)
    threshold = findings.study.reporting.threshold
    if threshold is not None:
        axes.axhline(threshold, color=canvas.RED, lw=1.2, ls=(0, (5, 3)), zorder=2)
    axes.set_ylim(0, max(canvas.upper_end(drawn), (threshold or 0) + 0.02))
    axes.set_ylabel("P(ma)")
    return figure


def _upright(axes: Axes, x: float, estimate: Estimate, colour: str) -> None:
    thin = colour == canvas.GREY
    axes.plot([x, x], estimate.interval, color=colour, lw=0.9 if thin else 2, zorder=3)
    if not thin:
        axes.plot([x], [estimate.mean], "o", color=colour, ms=5, mec="white", mew=0.6, zorder=4)


def _in_rows(findings: Findings, prior: Estimate | None) -> Figure:
    """Draw populations below each other, and a prior that is the same for all once, last."""
    rows = rows_of(findings)
    known = not findings.withheld and all(e is None or e.sd == 0 for _, e, _ in rows)
    few = len(rows) <= MOST_DENSITIES + 1 and not known
    if prior is not None:
        rows = [(label, posterior, None) for label, posterior, _ in rows]
        rows.append(("prior" if findings.nameless else "prior, any population", None, prior))
    figure = canvas.new_figure(0.9 + (0.52 if few else 0.2) * len(rows))
    axes = figure.subplots()
    for y, (_, posterior, before) in enumerate(rows):
        (_densities if few else _intervals)(axes, y, posterior, before)
    if findings.overall is not None and not few:
        axes.axhline(len(findings.populations) - 0.5, color=canvas.PALE, lw=0.8)
    threshold = findings.study.reporting.threshold
    if threshold is not None:
        axes.axvline(threshold, color=canvas.RED, lw=1.2, ls=(0, (5, 3)), zorder=2)
    canvas.label_rows(axes, [label for label, _, _ in rows])
    axes.set_ylim(len(rows) - 0.6, -0.95 if few else -0.7)
    drawn = [e for _, posterior, before in rows for e in (posterior, before) if e is not None]
    axes.set_xlim(-0.005, max(canvas.upper_end(drawn), (threshold or 0) + 0.02))
    in_words = ", the probability that two random agents hold conflicting goals"
    axes.set_xlabel("P(ma)" + ("" if canvas.place().narrow else in_words))
    return figure


def _densities(axes: Axes, y: int, posterior: Estimate | None, prior: Estimate | None) -> None:
    shape = None if prior is None else canvas.density_of(prior)
    if shape is not None:
        x, z = shape
        axes.plot(x, y - 0.55 * z, color=canvas.GREY, lw=0.9, zorder=1)
    elif prior is not None:
        _intervals(axes, y, None, prior)
    if posterior is None:
        return
    shape = canvas.density_of(posterior)
    if shape is not None:
        x, z = shape
        axes.fill_between(x, y, y - 0.75 * z, color=canvas.SKY, lw=0, zorder=2)
        axes.plot(x, y - 0.75 * z, color=canvas.BLUE, lw=0.9, zorder=2)
    canvas.point(axes, y, posterior)


def _intervals(axes: Axes, y: int, posterior: Estimate | None, prior: Estimate | None) -> None:
    if prior is not None:
        at = y if posterior is None else y + 0.25
        axes.plot(prior.interval, [at, at], color=canvas.GREY, lw=0.9, zorder=1)
    if posterior is not None:
        canvas.point(axes, y, posterior, size=4)
