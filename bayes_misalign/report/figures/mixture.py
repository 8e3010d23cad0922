"""P(ma) of a mixture of two populations, for every share of the second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate, extended_to
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw the mixture that the study asks for; None where there is none, or it is withheld."""
    mix, mixture = findings.study.populations.mix, findings.mixture
    if findings.withheld or mix is None or mixture is None:
        return None
    return draw_mixture(*mix, *mixture)


def draw_mixture(
    host: str, guest: str, shares: NDArray[np.float64], estimates: Sequence[Estimate]
) -> canvas.Drawn:
    """Draw P(ma) of mixtures of two populations, for each share of the guest."""
    interval = estimates[0].interval_kind
    figure = canvas.new_figure(3.0, 6.0)
    axes = figure.subplots()
    low, high = zip(*(estimate.interval for estimate in estimates), strict=True)
    axes.fill_between(
        100 * shares, low, high, color=canvas.SKY, alpha=0.45, lw=0, label=interval.short
    )
    means = [estimate.mean for estimate in estimates]
    axes.plot(100 * shares, means, color=canvas.BLUE, lw=1.8, label="posterior mean")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, canvas.upper_end(estimates))
    axes.set_xlabel(f"share of {short(guest, 30)} among {short(host, 30)}, %")
    axes.set_ylabel("P(ma)")
    figure.legend(loc="outside upper right", ncols=2)
    what = f"P(ma) of mixtures of {named(host)} with a share of {named(guest)}"
    step = max(1, (len(shares) - 1) // 4)
    rows = [
        (f"{100 * share:.0f} %", estimate_text(estimate))
        for share, estimate in list(zip(shares, estimates, strict=True))[::step]
    ]
    alt = f"{what}, posterior mean and {interval.short}: {canvas.said(rows)}."
    ends = extended_to(estimates)
    caption = (
        f"{what}: posterior mean and {interval.short}"
        + (f", extended to the {ends} where draws pile up" if ends else "")
        + "; agents drawn with replacement."
    )
    return canvas.Drawn("mixture", figure, alt, caption)
