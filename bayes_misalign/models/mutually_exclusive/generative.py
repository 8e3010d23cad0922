"""Every pair of different goals conflicts for certain: equation (2) of the misalignment papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.families.statements.known_levels_pymc import (
    build,
    declare,
    draw,
    draw_prior,
    simulate,
)
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict

__all__ = ["build", "declare", "describe", "draw", "draw_prior", "priors", "simulate"]


def priors(overrides: Mapping[str, Any] | None = None) -> None:
    """Return nothing: there is nothing uncertain. Any override is refused."""
    with_overrides("mutually-exclusive", overrides)


def describe(evidence: ExclusiveConflict, prior: None = None) -> Description:
    """Return the assumption in words."""
    del evidence, prior
    return Description(
        "Any two different goals were taken to conflict for certain (mutually exclusive goals).",
        ("c_ij = 1 for all different goals i, j",),
        ("Conflict: 1 for every pair of different goals, by assumption of the study.",),
        ("At most one of the goals can be reached, and reaching it defeats all others equally",),
    )
