"""What ratings say of kinds of raters: how each sees pairs, beside the kind that defines levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kinds_found import kinds_found
from bayes_misalign.families.raters.kinds_section import KindsFound
from bayes_misalign.families.raters.rating_levels import gap_signs, level_probabilities
from bayes_misalign.families.raters.severities import drawn, some_draws
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.kinds import seen_by_kinds, sharpness
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
NEEDED = ("kind_location", "slope", "kind_effect", "noise", "location", "severity", "width", "gap")


def kinds_of(
    result: Posterior, source: RatedConflict, name: str
) -> tuple[KindsFound, Estimates | None] | None:
    """Return how kinds see pairs, and how raters differ from those of their kind.

    None where all raters are alike.
    """
    if not source.kinds or not result.groups.has(POSTERIOR, f"kind_location_{name}"):
        return None
    known = {
        key: drawn(result, f"{key}_{name}")
        for key in NEEDED
        if result.groups.has(POSTERIOR, f"{key}_{name}")
    }
    rows = some_draws(result)
    expected = _expected(source, name, result, {key: x[rows] for key, x in known.items()})
    return kinds_found(result, source, name, "ratings", source.ratings_by_kind, expected)


def _expected(
    source: RatedConflict, name: str, result: Posterior, known: Mapping[str, Any]
) -> Array:
    """Return what each rater is expected to give to each pair, (rater, draw, pair)."""
    rows = some_draws(result)
    eta = drawn(result, f"latent_{name}")[rows][:, None]  # draw, population, pair, side
    effects = dict(known)
    if "kind_effect" in effects:
        effects["kind_effect"] = effects["kind_effect"][..., _spoken(source)]
    seen, sharp = seen_by_kinds(eta, effects)[:, :, 0, :, 0], sharpness(effects)
    draws, pairs = len(rows), len(source.pairs)
    cuts = np.zeros((draws, 1))
    if "gap" in effects:
        cuts = effects["gap"] @ gap_signs(len(source.levels)).T
    found = []
    for r, kind in enumerate(source.kind_of_rater):
        latent = seen[:, kind] + effects["severity"][:, r, None]
        width = effects["width"][:, r] if "width" in effects else np.zeros(draws)
        own = cuts * (np.exp(-width) * sharp[:, kind])[:, None]
        latent = latent * sharp[:, kind, None]
        chance = level_probabilities(latent.ravel(), np.repeat(own, pairs, axis=0))
        found.append((chance @ np.asarray(source.values)).reshape(draws, pairs))
    return np.array(found)


def _spoken(source: RatedConflict) -> NDArray[np.int64]:
    from bayes_misalign.models.rated.generative_cells import RatedCells
    from bayes_misalign.models.rated.priors import rated_priors

    return RatedCells(source, rated_priors()).spoken
