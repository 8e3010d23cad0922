"""What a calibration of encounters looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative import known_log_likelihood, seen_in_conflict
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def encounters() -> EncounterConflict:
    """Return encounters of holders of two goals each, of the same goal, and of none."""
    none = np.zeros((4, 4))
    met = np.array([[5, 12, 6, 3], [0, 4, 0, 2], [0, 0, 8, 3], [0, 0, 0, 1]], dtype=float)
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    categories = ("a", "b", "c", NO_GOAL)
    return EncounterConflict.of(categories, pairs, none, met, background=True, origin="a design")


def with_data(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of encounters of known goals, and how far off they are, (draw,)."""
    total = evidence.seen_yes + evidence.seen_no
    gap = evidence.seen_yes - total * seen_in_conflict(evidence, parameters)
    return {
        "log_likelihood": known_log_likelihood(evidence, parameters),
        "residual": np.abs(gap).sum(axis=(-2, -1)),
    }


def quantities(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and how often there is conflict over something else, each (draw,)."""
    found = conflict_quantities(evidence, parameters)
    if "background" in parameters:
        for i, label in enumerate(evidence.categories):
            found[f"background[{label}]"] = parameters["background"][:, i]
    return found
