"""Stated probabilities of actions given goals, in all situations or in each."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bayes_misalign.families.actions.stated_numbers import StatedNumbers
from bayes_misalign.families.reports.error_rates import rescaled
from bayes_misalign.reading.parse_numbers import parse_probability


class StatedActions(StatedNumbers):
    """Probabilities of actions, growing while they are read."""

    key: ClassVar[str] = "expected"
    number: ClassVar[str] = "probability"
    what: ClassVar[str] = "probabilities"
    fix: ClassVar[str] = 'write it as in `expected = {"share" = {"half" = 0.8, "nothing" = 0.2}}`'
    parse = staticmethod(parse_probability)

    def settled(self, row: dict[str, float], where: str) -> dict[str, float]:
        """Return probabilities that sum to one but for rounding, made to sum to one."""
        made = rescaled(np.array(list(row.values())), where, self.problems)
        return row if made is None else dict(zip(row, made.tolist(), strict=True))
