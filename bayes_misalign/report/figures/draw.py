"""All figures of a report."""

from __future__ import annotations

from bayes_misalign.report.figures import (
    levels,
    matrices,
    misalignment,
    mixture,
    panels,
    positions,
    reports,
    variance,
)
from bayes_misalign.report.figures.canvas import Drawn, style
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import prior_only


def draw_figures(findings: Findings) -> dict[str, Drawn]:
    """Draw every figure that a posterior has something for.

    Parameters
    ----------
    findings : Findings
        What `gather` returns.

    Returns
    -------
    dict of str to Drawn
        By name, in the order of the report. No posterior is drawn that is withheld.
    """
    with style():
        drawn = (
            None if prior_only(findings) else misalignment.draw(findings),
            reports.draw_assumed(findings),
            mixture.draw(findings),
            matrices.draw_between(findings),
            panels.draw_shares(findings),
            matrices.draw_conflict(findings),
            levels.draw(findings),
            positions.draw(findings),
            panels.draw_contributions(findings),
            variance.draw(findings),
            reports.draw_agreement(findings),
        )
    return {figure.name: figure for figure in drawn if figure is not None}
