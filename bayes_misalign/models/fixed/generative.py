"""Conflict levels that the study states as known numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.families.statements.known_levels_pymc import (
    build,
    declare,
    draw,
    draw_prior,
    simulate,
)
from bayes_misalign.settings import NO_GOAL

__all__ = ["build", "declare", "describe", "draw", "draw_prior", "priors", "simulate"]


def priors(overrides: Mapping[str, Any] | None = None) -> None:
    """Return nothing: a known number has no prior. Any override is refused."""
    with_overrides("fixed", overrides)


def describe(evidence: FixedConflict, prior: None = None) -> Description:
    """Return the stated levels in words."""
    stated = tuple(
        f"Conflict of {a} and {b}: {level:g}, {evidence.origin}."
        for (a, b), level in zip(evidence.pairs, evidence.conflict, strict=True)
    )
    goals = [a if b == NO_GOAL else b for a, b in evidence.pairs if NO_GOAL in (a, b)]
    if len(goals) == len(evidence.pairs) > 1 and not evidence.conflict.any():
        stated = (f"Conflict of {NO_GOAL} with each of {len(goals)} goals: 0, {evidence.origin}.",)
    return Description(
        "Conflict levels that the study states as known numbers were held fixed.",
        ("c_ij = the stated level",),
        stated,
        ("Every stated level is exactly right, for whichever two agents hold the goals",),
    )
