"""What a report says of conflict levels that were elicited."""

from __future__ import annotations

from typing import Any

from bayes_misalign.report.hooks import ModelReport


class ElicitedReport(ModelReport):
    """What a report says of elicited levels."""

    def prior_in_brief(self, source: Any, prior: Any) -> str:
        """Return the prior in a few words."""
        return "elicited conflict levels as stated"


REPORT = ElicitedReport()
