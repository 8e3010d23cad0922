"""Observed and replicated shares of actions."""

from __future__ import annotations

import numpy as np

from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.fit_of_choices import FitOfChoices
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures import canvas

MOST_ROWS = 40


def draw_fit(fits: FitOfChoices, evidence: DistinctChoices) -> canvas.Drawn:
    """Draw how often each action was chosen, beside 95 % of replicated data."""
    low, _, high = fits.replicated
    alone = len(evidence.populations) == 1
    odd = np.repeat(fits.odd, [span.stop - span.start for span in evidence.spans])
    cells = [
        (s, c)
        for s in range(len(evidence.populations))
        for c in range(evidence.cells)
        if not np.isnan(fits.observed[s, c])
    ]
    shown = cells[:MOST_ROWS]
    figure = canvas.new_figure(0.9 + 0.26 * len(shown))
    axes = figure.subplots()
    names, rows = [], []
    for y, (s, c) in enumerate(shown):
        ends, seen = (float(low[s, c]), float(high[s, c])), float(fits.observed[s, c])
        axes.plot(ends, [y, y], color=canvas.PALE, lw=6, solid_capstyle="butt")
        colour = canvas.RED if odd[c] else canvas.BLUE
        axes.plot([seen], [y], "o", color=colour, ms=5, mec="white", mew=0.6)
        place = "" if alone else f"{evidence.populations[s]}: "
        names.append(f"{place}{evidence.cell_names[c]}")
        rows.append((named(names[-1]), f"{seen:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"))
    canvas.label_rows(axes, names)
    axes.set_xlim(left=0)
    axes.set_xlabel("part of the choices in a situation")
    caption = (
        "How often each action was chosen: dots observed, bars where 95 % of replicated data lie. "
        "Red: situations whose choices are not as the payoffs make them."
    )
    if len(shown) < len(cells):
        caption += f" The first {len(shown)} of {len(cells)} actions."
    alt = f"Shares of actions, observed and 95 % of replicated data: {canvas.said(rows)}."
    return canvas.Drawn("choices", figure, alt, caption)
