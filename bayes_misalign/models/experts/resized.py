"""Designs with another number of experts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bayes_misalign.contract.measured import Measurement, Resized
from bayes_misalign.families.raters.more_raters import other_raters
from bayes_misalign.models.experts.evidence import ExpertConflict

EXPERTS = "experts"


def measurements(evidence: ExpertConflict) -> tuple[Measurement, ...]:
    """Return the experts; a linear pool learns nothing from more of them."""
    if evidence.pooling == "linear":
        return ()
    return (Measurement(EXPERTS, float(len(evidence.experts)), "as many statements of each"),)


def resized(evidence: ExpertConflict, name: str, number: int, rng: np.random.Generator) -> Resized:
    """Return a design with so many experts."""
    del name
    others = other_raters(evidence.experts, max(number, 2), rng)
    cells, expert = others.cells(evidence.expert)
    design = replace(
        evidence,
        experts=others.names,
        expert=expert,
        weights=evidence.weights[others.like],
        **{
            field: getattr(evidence, field)[cells]
            for field in ("pair", "low", "high", "probability", "mean", "strength")
        },
    )
    return Resized(design, partial(others.of, raters=("leaning",)))
