"""All figures of a report."""

from __future__ import annotations

from dataclasses import replace

from bayes_misalign.report.figures import (
    levels,
    matrices,
    misalignment,
    mixture,
    panels,
    predictive,
    variance,
)
from bayes_misalign.report.figures.canvas import Drawn, narrow, style
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import report_of


def draw_figures(findings: Findings) -> dict[str, Drawn]:
    """Draw every figure that a posterior has something for, by name; none that is withheld.

    Each is drawn again for a narrow page.
    """
    with style():
        wide = _draw(findings)
        with narrow():
            found = _draw(findings)
    return {name: replace(figure, narrow=found[name].svg) for name, figure in wide.items()}


def _draw(findings: Findings) -> dict[str, Drawn]:
    drawn = [
        None if findings.prior_only else misalignment.draw(findings),
        mixture.draw(findings),
        matrices.draw_between(findings),
        panels.draw_shares(findings),
        matrices.draw_conflict(findings),
        levels.draw(findings),
        panels.draw_contributions(findings),
        variance.draw(findings),
        predictive.draw(findings),
    ]
    for name, found in findings.of_models.items():
        drawn += report_of(name).figures(found, findings)
    return {figure.name: figure for figure in drawn if figure is not None}
