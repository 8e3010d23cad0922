"""What one model adds to a report; by default nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bayes_misalign.contract import registry
from bayes_misalign.page.blocks import Block, Section

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn
    from bayes_misalign.report.findings import Findings
    from bayes_misalign.report.posterior import Posterior
    from bayes_misalign.study.study import Study


class Place(IntEnum):
    """The order of the sections of a report."""

    VERDICT = 0
    MISALIGNMENT = 1
    REPORTS = 2
    UNION = 3
    COMPARISONS = 4
    SHARES = 5
    CONFLICT = 6
    CONFLICT_MODELS = 7
    DRIVERS = 8
    UNCERTAINTY = 9
    COUNTED = 10
    SENSITIVITY = 11
    CHECKS = 12
    DIAGNOSTICS = 13
    MODEL = 14
    METHODS = 15
    CITATIONS = 16
    PROVENANCE = 17


@dataclass(frozen=True, eq=False)
class Headline:
    """What a model of goals puts into the first lines of every face."""

    verdict: str  # what the posterior rests on, in a sentence
    prior_only: bool = False  # whether nothing but the prior stands behind one number
    row: str = ""  # what is then said in place of that number
    instead: Sequence[Block] = ()  # what a terminal shows in place of the table of P(ma)
    gave: str = ""  # what agents gave, after their number
    counted: str = ""  # caption of the table of what was counted


class ModelReport:
    """What a report says of one model; every hook may be left as it is."""

    def results(self, result: Posterior) -> Any:
        """Return the model's own findings, worked out once for all faces, or None."""
        del result

    def sections(self, found: Any, findings: Findings) -> Sequence[Section]:
        """Return the model's own sections."""
        del found, findings
        return ()

    def figures(self, found: Any, findings: Findings) -> Sequence[Drawn | None]:
        """Return the model's own figures; None for one that has nothing to show."""
        del found, findings
        return ()

    def headline(self, found: Any, findings: Findings) -> Headline | None:
        """Return what the first lines say, where a model of goals has something for them."""
        del found, findings
        return None

    def study_lines(self, study: Study) -> Sequence[str]:
        """Return what is said of evidence about goals before anything is fitted."""
        del study
        return ()


def report_of(model: str) -> ModelReport:
    """Return what a model adds to a report: nothing, if it offers nothing."""
    found: ModelReport | None = registry.model(model).report()
    return ModelReport() if found is None else found
