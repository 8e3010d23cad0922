"""What a report says of independent populations: whether small ones would gain from the others."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.models.independent.small_populations import SmallPopulations, small_populations
from bayes_misalign.page.blocks import Paragraph, Section
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior


class IndependentReport(ModelReport):
    """What a report says of independent shares."""

    def results(self, result: Posterior) -> SmallPopulations | None:
        """Return the populations whose own answers tell less than all populations do."""
        return small_populations(result.study.goals)

    def sections(self, found: SmallPopulations, findings: Findings) -> Sequence[Section]:
        """Return who would gain, and what to state."""
        del findings
        small = f"{count(len(found.names))} of {count(found.populations)} populations"
        if found.below == float("inf"):
            alike = f"Populations differ no more than samples of one would, and {small}"
        else:
            alike = (
                f"Populations are so alike that fewer than {count(found.below)} answers tell less "
                f"of one than all populations together do; {small}"
            )
        text = (
            f"{alike} ({few_of(found.names)}) have an interval that rests on their own answers "
            'alone. If nothing sets them apart beforehand, model = "pooled" under [shares] draws '
            "each towards the mean of all, as far as they turn out to be alike, and intervals are "
            "narrower."
        )
        summary = {
            "below": None if found.below == float("inf") else found.below,
            "populations": list(found.names),
        }
        title, place = "Populations of few answers", Place.SHARES + 0.1
        return [
            Section(
                "few-answers", title, [Paragraph(text)], place, summary={"few_answers": summary}
            )
        ]


REPORT = IndependentReport()
