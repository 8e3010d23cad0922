"""Designs with another number of raters who label the agents."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from bayes_misalign.contract.measured import Measurement, Resized
from bayes_misalign.families.raters.more_raters import RATERS, other_raters
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels


def raters_measured(evidence: DistinctLabels) -> Measurement:
    """Return the raters, and how many labels an agent has of each."""
    return Measurement(RATERS, float(len(evidence.raters)), "the same agents", tells_all=False)


def with_raters(design: DistinctLabels, number: int, rng: np.random.Generator) -> Resized:
    """Return the design with so many raters, each of whom labels whom the one labels it is like."""
    others = other_raters(design.raters, number, rng)
    found = replace(
        design,
        raters=others.names,
        reports=design.by_rater[:, others.like].reshape(len(design.agents), -1),
        emission=design.emission[others.like],
        validation=design.validation[others.like],
    )
    return Resized(found, partial(others.of, raters=("emission",)))
