"""Designs with another number of ratings, or of raters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.measured import Measurement, Resized
from bayes_misalign.families.raters.more_raters import (
    RATERS,
    OtherRaters,
    other_raters,
    others_of_kind,
    raters_of_kind,
    scaled,
)
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.priors import rated_priors

RATINGS = "ratings"
OF_RATERS, OF_CELLS = ("severity", "width"), ("again",)


def measurements(evidence: RatedConflict) -> tuple[Measurement, ...]:
    """Return the raters, those of each kind apart, or the ratings where nobody is named."""
    total = float(evidence.sizes.sum())
    if not total:
        return ()
    if evidence.kinds:
        given = evidence.ratings_by_kind.sum(axis=1)
        return raters_of_kind(evidence.kinds, evidence.kind_of_rater, given, "ratings")
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
    kind = evidence.kind_of_rater
    if evidence.kinds:
        others: OtherRaters = others_of_kind(name, evidence.kinds, kind, number, rng)
        kind = kind[others.like]
    else:
        others = other_raters(evidence.raters, max(number, 2), rng)
    cells, rater = others.cells(evidence.rater)
    design = replace(
        evidence,
        kind_of_rater=kind,
        raters=others.names,
        rater=rater,
        pair=evidence.pair[cells],
        side=evidence.side[cells],
        population=evidence.population[cells],
        counts=evidence.counts[cells],
    )
    if not evidence.kinds:
        return Resized(design, partial(others.of, raters=OF_RATERS, cells=OF_CELLS, places=cells))
    seen = _again_cells(evidence), _again_cells(design)
    return Resized(design, partial(others.of_again, cells, seen, OF_RATERS))


def _again_cells(evidence: RatedConflict) -> NDArray[np.int64]:
    return RatedCells(evidence, rated_priors()).again_cells
