"""What a report says of waves: how far shares drifted, and where nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.waves.results import WavesResults
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, Mean, Text
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

WHAT = "sd of the change of the log odds of two goals, first to last wave"


class WavesReport(ModelReport):
    """What a report says of waves."""

    def results(self, result: Posterior) -> WavesResults | None:
        """Return the findings about the walk."""
        found: WavesResults | None = result.results("shares")
        return found

    def sections(self, found: WavesResults, findings: Findings) -> Sequence[Section]:
        """Return how far shares drifted, and which waves are borrowed."""
        del findings
        first, last = named(found.waves[0]), named(found.waves[-1])
        series = len(found.series)
        text = (
            f"{count(len(found.waves))} waves, {first} to {last}"
            + (f", of {count(series)} series" if series > 1 else "")
            + ", are related by a random walk. From the first wave to the last the log odds of any "
            f"two goals went by {found.drift}, as a standard deviation; the change of each goal is "
            "in the shares."
        )
        if found.borrowed:
            text += f" Nobody answered in {few_of(found.borrowed)}: borrowed from other waves."
        table = Table(
            [Text("quantity"), Mean("estimate")], [(WHAT, found.drift)], faces=CSV, name="waves"
        )
        summary: dict[str, Any] = {
            "drift": found.drift,
            "series": list(found.series),
            "waves": list(found.waves),
            "borrowed": list(found.borrowed),
        }
        blocks: list[Block] = [Paragraph(text), table]
        place = Place.SHARES + 0.1
        return [Section("waves", "The waves", blocks, place, summary={"waves": summary})]


REPORT = WavesReport()
