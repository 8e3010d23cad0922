"""What a study says of its raters: known error rates, and counts of validation studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.error_rates import ErrorRates
from bayes_misalign.families.reports.label_lists import GoalLists, LabelLists
from bayes_misalign.families.reports.validation_counts import open_columns, read_validation
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.tables.labels import show


@dataclass(frozen=True, eq=False)
class KnownErrors:
    """What is known of the raters before any agent of the study is looked at."""

    emission: FloatArray
    validation: FloatArray


def read_known_errors(
    declared: Any,
    raters: Sequence[str],
    goals: GoalLists,
    lists: LabelLists,
    problems: Problems,
    base: str | Path | None,
) -> KnownErrors:
    """Return the error rates and validation studies of a declaration."""
    rates = ErrorRates(raters, goals, lists, problems)
    if declared.emission is not None:
        rates.add_emission(declared.emission)
    if declared.error_rate is not None:
        rates.add_error_rate(declared.error_rate)
    validation = np.zeros(rates.emission.shape)
    if declared.validation is not None:
        by_rater, needed = ("rater",), ("goal", "label", "n")
        several = len(raters) > 1
        table = open_columns(
            declared,
            declared.validation,
            needed + by_rater if several else needed,
            () if several else by_rater,
            problems,
            base,
            "counts of a validation study",
        )
        if table is not None:
            validation = read_validation(table, raters, goals, lists, problems)
    for rater, name in enumerate(raters):
        if validation[rater].any() and not np.isnan(rates.emission[rater]).any():
            problems.add(
                f"the error rates of rater {show(name)} are stated as known, and validated too",
                where="validation",
                valid="either known error rates of a rater, or counts of a validation study",
            )
    return KnownErrors(rates.emission, validation)
