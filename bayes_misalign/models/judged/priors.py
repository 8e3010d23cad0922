"""What is believed of judgements and judges before they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError
from bayes_misalign.models.judged.evidence import JudgedConflict

SOMETIMES_ZERO = ("severity", "lapse", "lapse_spread", "lapse_common")


@dataclass(frozen=True)
class JudgedPriors:
    """Beta prior of every judged conflict level, and scales of how raters differ.

    Parameters
    ----------
    yes, no : float
        Parameters of the Beta distribution, positive: judgements seen beforehand. Where raters are
        named it is that of the probability that the average of them says yes.
    severity : float
        Scale of how much raters differ in the log-odds of saying yes; 0 if all are alike.
    lapse : float
        Median of the part of a rater's judgements that are coin flips; 0 if nobody lapses.
    lapse_common : float
        Standard deviation of the log-odds of that part for the typical rater.
    lapse_spread : float
        Scale of how much raters differ in these log-odds.
    again : float
        Scale of what a rater sees in a pair that others do not, where pairs were judged repeatedly.
    location : float
        Standard deviation of the average log-odds of yes by another kind of rater than the one that
        defines the level.
    slope : float
        Standard deviation, around 1, of how a kind of rater stretches differences between pairs.
    disagreement : float
        Scale of how much a kind differs from the one that defines the level, pair by pair.
    """

    yes: float
    no: float
    severity: float
    lapse: float
    lapse_common: float
    lapse_spread: float
    again: float
    location: float
    slope: float
    disagreement: float

    def __post_init__(self) -> None:
        if not (self.yes > 0 and self.no > 0 and np.isfinite(self.yes + self.no)):
            raise StudyError(f"a Beta prior takes positive numbers, not {self.yes} and {self.no}")
        if not 0 <= self.lapse < 1:
            raise StudyError(f"the prior 'lapse' of 'judged' lies in [0, 1), not {self.lapse}")
        for name, value in asdict(self).items():
            if not (0 < value < float("inf") or (value == 0 and name in SOMETIMES_ZERO)):
                valid = "a positive number" + " or 0" * (name in SOMETIMES_ZERO)
                raise StudyError(f"the prior {name!r} of 'judged' is {valid}, not {value}")

    def has_raters(self, evidence: JudgedConflict) -> bool:
        """Return whether raters are named, and may differ or err."""
        differ = self.severity > 0 or self.lapse > 0 or evidence.repeated or evidence.kinds
        return len(evidence.raters) > 0 and bool(differ)


def judged_priors(overrides: Mapping[str, Any] | None = None) -> JudgedPriors:
    """Return the default priors, with a study's own put over them."""
    return JudgedPriors(**with_overrides("judged", overrides))
