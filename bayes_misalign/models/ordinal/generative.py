"""Conflict by the steps between goals that stand in an order."""

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
from bayes_misalign.models.ordinal.evidence import OrdinalConflict

__all__ = ["build", "declare", "describe", "draw", "draw_prior", "priors", "simulate"]


def priors(overrides: Mapping[str, Any] | None = None) -> None:
    """Return nothing: there is nothing uncertain. Any override is refused."""
    with_overrides("ordinal", overrides)


def describe(evidence: OrdinalConflict, prior: None = None) -> Description:
    """Return the order and what follows from it, in words."""
    del prior
    order, steps = evidence.order, evidence.threshold
    if steps is not None:
        words = (
            f"Goals at least {steps} {'step' if steps == 1 else 'steps'} apart in their order were "
            "taken to conflict for certain, nearer ones not at all."
        )
        assumed = "Nothing between conflict and none: only the number of steps decides"
    else:
        words = "Conflict of two goals was taken from the steps between them in their order."
        if evidence.power == 1:
            words += (
                " P(ma) is then half of the Potential for Conflict Index PCI2 (Vaske, Beaman, "
                "Barreto and Shelby 2010, Leisure Sciences 32)."
            )
        assumed = (
            "Every step is as long as any other"
            if evidence.power == 1
            else f"Conflict grows with the distance to the power of {evidence.power:g}, and every "
            "step is as long as any other"
        )
    return Description(
        words,
        (f"{evidence.formula}, i and j the places in the order",),
        (f"Order: {' < '.join(order)}, by assumption of the study.",),
        (assumed,),
    )
