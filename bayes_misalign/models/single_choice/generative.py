"""Each agent states one goal, or none, and the statement is taken as the goal held."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.families.answers.counts_pymc import (
    ANSWERS,
    DIMS,
    LOG_SMALLEST,
    WEIGHTED,
    build,
    counted,
    declare,
    draw,
    draw_given,
    draw_prior,
    free_variables,
    held,
    observed,
    outcomes,
    replicated,
    simulate,
    sized,
)

__all__ = [
    "ANSWERS",
    "DIMS",
    "LOG_SMALLEST",
    "WEIGHTED",
    "build",
    "counted",
    "declare",
    "draw",
    "draw_given",
    "draw_prior",
    "free_variables",
    "held",
    "observed",
    "outcomes",
    "priors",
    "replicated",
    "simulate",
    "sized",
]


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("single-choice")["priors"]["shares"])
