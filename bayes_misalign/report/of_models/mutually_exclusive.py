"""What a report says of goals that exclude each other."""

from __future__ import annotations

from typing import Any

from bayes_misalign.report.hooks import ModelReport


class ExclusiveReport(ModelReport):
    """What a report says of exclusive goals."""

    known = True

    def source_text(self, source: Any, pair: tuple[str, str]) -> str:
        """Return where the conflict level of a pair comes from."""
        return "mutually exclusive, by assumption"


REPORT = ExclusiveReport()
