"""Designs with another number of ratings, or of raters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bayes_misalign.contract.measured import Measurement, Resized
from bayes_misalign.families.raters.more_raters import RATERS, other_raters, scaled
from bayes_misalign.models.rated.evidence import RatedConflict

RATINGS = "ratings"
OF_RATERS, OF_CELLS = ("severity", "width"), ("again",)


def measurements(evidence: RatedConflict) -> tuple[Measurement, ...]:
    """Return the raters, or the ratings where nobody is named."""
    total = float(evidence.sizes.sum())
    if not total:
        return ()
    if len(evidence.raters) < 2:
        return (Measurement(RATINGS, total),)
    each = total / len(evidence.raters)
    return (Measurement(RATERS, float(len(evidence.raters)), f"{each:.3g} ratings of each"),)


def resized(evidence: RatedConflict, name: str, number: int, rng: np.random.Generator) -> Resized:
    """Return a design with so many ratings, or so many raters."""
    if name == RATINGS:
        counts = np.zeros_like(evidence.counts)
        counts[:, 0] = scaled(evidence.sizes, number)
        return Resized(replace(evidence, counts=counts))
    others = other_raters(evidence.raters, max(number, 2), rng)
    cells, rater = others.cells(evidence.rater)
    design = replace(
        evidence,
        raters=others.names,
        rater=rater,
        pair=evidence.pair[cells],
        side=evidence.side[cells],
        population=evidence.population[cells],
        counts=evidence.counts[cells],
    )
    return Resized(design, partial(others.of, raters=OF_RATERS, cells=OF_CELLS, places=cells))
