"""What a report says of conflict levels that experts stated."""

from __future__ import annotations

from typing import Any

from bayes_misalign.report.hooks import ModelReport


class ExpertsReport(ModelReport):
    """What a report says of experts."""

    def prior_in_brief(self, source: Any, prior: Any) -> str:
        """Return the prior in a few words."""
        how = "as stated" if source.pooling == "linear" else "pooled hierarchically"
        return f"experts' conflict levels {how}"


REPORT = ExpertsReport()
