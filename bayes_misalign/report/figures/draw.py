"""All figures of a report."""

from __future__ import annotations

from dataclasses import replace

from bayes_misalign.report.figures import (
    beside_people,
    change,
    contact,
    levels,
    levers,
    matrices,
    misalignment,
    mixture,
    panels,
    predictive,
    refusals,
    variance,
)
from bayes_misalign.report.figures.canvas import Drawn, Place, placed, style
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import report_of
from bayes_misalign.report.in_words import say_figure, world_of


def draw_figures(findings: Findings) -> dict[str, Drawn]:
    """Draw every figure that a posterior has something for, by name; none that is withheld.

    Each is drawn again for a narrow page.
    """
    with style():
        wide = _draw(findings)
        with placed(Place(narrow=True)):
            found = _draw(findings)
    return {name: _with_narrow(figure, found[name]) for name, figure in wide.items()}


def _with_narrow(wide: Drawn, narrow: Drawn) -> Drawn:
    caption = "" if narrow.caption == wide.caption else narrow.caption
    return replace(wide, narrow=narrow.svg, narrow_caption=caption)


def _draw(findings: Findings) -> dict[str, Drawn]:
    leave = _says_nothing(findings)
    drawn = [
        None if findings.prior_only else misalignment.draw(findings),
        mixture.draw(findings),
        beside_people.draw(findings),
        change.in_report(findings),
        contact.draw(findings),
        refusals.draw(findings),
        matrices.draw_between(findings),
        panels.draw_shares(findings),
        None if "conflict" in leave else matrices.draw_conflict(findings),
        levels.draw(findings),
        None if "contributions" in leave else panels.draw_contributions(findings),
        levers.in_report(findings),
        None if "attribution" in leave else variance.draw(findings),
        predictive.draw(findings),
    ]
    for name, found in findings.of_models.items():
        drawn += report_of(name).figures(found, findings)
    world = world_of(findings.study)
    said = [say_figure(figure, world) for figure in drawn if figure is not None]
    return {figure.name: figure for figure in said}


def _says_nothing(findings: Findings) -> set[str]:
    """Return figures of one dot, of bars of one part, and of levels that are known and alike."""
    found, leave = findings.contributions, set()
    parts = [part for by_pair in found.values() for _, part in by_pair.items()]
    if len(found) == 1 and sum(not part.withheld and part.mean > 0 for part in parts) == 1:
        leave.add("contributions")
    if findings.variance_of_one:
        leave.add("attribution")
    if not findings.by_population and findings.levels_alike:
        leave.add("conflict")
    return leave
