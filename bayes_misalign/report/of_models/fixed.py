"""What a report says of conflict levels that are known."""

from __future__ import annotations

from bayes_misalign.report.hooks import ModelReport


class FixedReport(ModelReport):
    """What a report says of known levels."""

    known = True


REPORT = FixedReport()
