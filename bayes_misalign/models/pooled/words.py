"""Partial pooling in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL


def describe(priors: PooledShares, categories: tuple[str, ...]) -> tuple[str, str]:
    """Return the prior of the shares as a formula, and its reason."""
    none = NO_GOAL in categories
    k = len(categories) - none
    formulas = ["p_s ~ Dirichlet(A mu)", f"1 / sqrt(1 + A) = v ~ Beta(1, {priors.alike:g})"]
    r = "mu"
    if none:
        formulas.append("mu = ((1 - mu_0) r, mu_0), mu_0 ~ Beta(1/2, 1)")
        r = "r"
    if k == 1:
        formulas.append(f"{r} = 1")
    else:
        formulas.append(
            f"{r} | B ~ Dirichlet(B/{k}, ..., B/{k}), 1 / sqrt(1 + B) ~ Beta(1, {priors.even:g})"
        )
    return (
        "; ".join(formulas),
        "Shares: partially pooled. The shares of each population scatter about a mean that all "
        "have in common, by a spread v that is learnt from how far populations differ: the root of "
        "the part of all differences between agents that is between populations. Populations of "
        "few agents are drawn towards the mean, those of many are not. " + _why(priors),
    )


def _why(priors: PooledShares) -> str:
    if priors == PooledShares():
        return (
            "The spread is uniform before any answer, as is advised for the standard deviation of "
            "groups (Gelman, Bayesian Analysis 1, 2006); so is the spread of the mean shares "
            "about equal ones, so that their concentration has the prior that shares of one "
            "population have by default."
        )
    return (
        f"The spread is Beta(1, {priors.alike:g}), that of the mean shares about equal ones "
        f"Beta(1, {priors.even:g}), stated by the study."
    )


def prior_in_brief(priors: PooledShares, evidence: Any = None) -> str:
    """Return the prior in a few words."""
    del evidence
    stated = "" if priors == PooledShares() else f", alike {priors.alike:g}, even {priors.even:g}"
    return f"goal shares partially pooled about a mean of all populations{stated}"


def named(priors: PooledShares) -> str:
    """Return the name of the prior."""
    return "pooled" if priors == PooledShares() else f"pooled (alike {priors.alike:g})"
