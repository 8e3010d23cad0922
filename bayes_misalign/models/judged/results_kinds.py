"""What judgements say of kinds of raters: how each sees pairs, beside the first of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kinds_found import kinds_found
from bayes_misalign.families.raters.kinds_section import KindsFound
from bayes_misalign.families.raters.severities import drawn, some_draws
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import seen_by_kinds
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
NEEDED = ("latent", "kind_location", "slope", "kind_effect", "severity")


def kinds_of(
    result: Posterior, source: JudgedConflict, name: str
) -> tuple[KindsFound, Estimates | None] | None:
    """Return how kinds see pairs, and how raters differ from those of their kind.

    None where all raters are alike.
    """
    if not source.kinds or not result.groups.has(POSTERIOR, f"kind_location_{name}"):
        return None
    rows = some_draws(result)
    known = {
        key: drawn(result, f"{key}_{name}")[rows]
        for key in NEEDED
        if result.groups.has(POSTERIOR, f"{key}_{name}")
    }
    expected = _expected(source, known)
    given = source.judgements_by_kind
    found, severity = kinds_found(result, source, name, "judgements", given, expected)
    return found, severity if "severity" in known else None


def _expected(source: JudgedConflict, known: dict[str, Array]) -> Array:
    """Return how likely each rater, paying attention, is to say yes, (rater, draw, pair)."""
    from scipy.special import expit

    seen = seen_by_kinds(source, known)
    every = np.moveaxis(seen[:, source.kind_of_rater], 1, 0)
    if "severity" in known:
        every = every + known["severity"].T[..., None]
    return np.asarray(expit(every))
