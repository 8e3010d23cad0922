"""Designs with another number of judgements, or of raters who judge."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bayes_misalign.contract.measured import Measurement, Resized
from bayes_misalign.families.raters.more_raters import (
    RATERS,
    OtherRaters,
    other_raters,
    others_of_kind,
    raters_of_kind,
    scaled,
)
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_cells

JUDGEMENTS = "judgements"
OF_RATERS, OF_CELLS = ("severity", "lapse"), ("again",)


def measurements(evidence: JudgedConflict) -> tuple[Measurement, ...]:
    """Return the raters, or the judgements where nobody is named."""
    total = float(evidence.judgements.sum())
    if not total:
        return ()
    if not evidence.raters:
        return (Measurement(JUDGEMENTS, total),)
    if evidence.kinds:
        given = evidence.judgements_by_kind.sum(axis=1)
        return raters_of_kind(evidence.kinds, evidence.kind_of_rater, given, JUDGEMENTS)
    each = total / len(evidence.raters)
    return (Measurement(RATERS, float(len(evidence.raters)), f"{each:.3g} judgements of each"),)


def resized(evidence: JudgedConflict, name: str, number: int, rng: np.random.Generator) -> Resized:
    """Return a design with so many judgements, or so many raters."""
    if name == JUDGEMENTS:
        yes = scaled(evidence.judgements, number)
        return Resized(replace(evidence, yes=yes, no=np.zeros_like(yes)))
    kind = evidence.kind_of_rater
    if evidence.kinds:
        others: OtherRaters = others_of_kind(name, evidence.kinds, kind, number, rng)
        kind = kind[others.like]
    else:
        others = other_raters(evidence.raters, number, rng)
    cells, rater = others.cells(evidence.rater)
    sizes = evidence.sizes[cells]
    design = JudgedConflict.by_raters(
        *(evidence.pairs, others.names, rater, evidence.pair[cells], sizes, np.zeros_like(sizes)),
        repeated=evidence.repeated,
        origin=evidence.origin,
        kinds=evidence.kinds,
        kind_of_rater=kind,
    )
    if evidence.kinds:
        seen = again_cells(evidence), again_cells(design)
        return Resized(design, partial(others.of_again, cells, seen, OF_RATERS))
    return Resized(design, partial(others.of, raters=OF_RATERS, cells=OF_CELLS, places=cells))
