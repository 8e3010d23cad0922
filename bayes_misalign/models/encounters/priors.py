"""What is believed of encounters before they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError


@dataclass(frozen=True)
class EncounterPriors:
    """Beta priors, as encounters seen beforehand.

    Parameters
    ----------
    yes, no : float
        Of the level of every pair, positive.
    background_yes, background_no : float
        Of how often holders of one goal are in conflict with each other, for every goal.
    """

    yes: float
    no: float
    background_yes: float
    background_no: float

    def __post_init__(self) -> None:
        for key, value in asdict(self).items():
            if not (value > 0 and np.isfinite(value)):
                raise StudyError(
                    f"the prior {key!r} of 'encounters' is a positive number, not {value:g}"
                )


def priors(overrides: Mapping[str, Any] | None = None) -> EncounterPriors:
    """Return the default Beta priors, with a study's own put over them."""
    return EncounterPriors(**with_overrides("encounters", overrides))
