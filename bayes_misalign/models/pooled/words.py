"""Partial pooling in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.pooled.priors import NUMBERS, PooledShares
from bayes_misalign.settings import NO_GOAL


def describe(priors: PooledShares, categories: tuple[str, ...]) -> tuple[str, str]:
    """Return the prior of the shares as a formula, and its reason."""
    none = NO_GOAL in categories
    k = len(categories) - none
    of_s = "m_c" if priors.within else "mu"
    where = ", c the group of s" if priors.within else ""
    spread = f"1 / sqrt(1 + A) = v ~ Beta(1, {priors.alike:g})"
    formulas = [f"p_s ~ Dirichlet(A {of_s}){where}"]
    if not priors.within:
        formulas.append(spread)
    else:
        formulas += [
            "m_c ~ Dirichlet(D mu)",
            f"v ~ Beta(1, {priors.alike:g}), g ~ Beta(1, {priors.alike_groups:g})",
            "A = (1 - v^2) / ((1 - g) v^2), D = 1 / (g v^2) - 1",
        ]
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
    if priors.within:
        return "; ".join(formulas), f"{IN_GROUPS} {_why(priors)}"
    return (
        "; ".join(formulas),
        "Shares: partially pooled. The shares of each population scatter about a mean that all "
        "have in common, by a spread v that is learnt from how far populations differ: the root of "
        "the part of all differences between agents that is between populations. Populations of "
        "few agents are drawn towards the mean, those of many are not. " + _why(priors),
    )


IN_GROUPS = (
    "Shares: partially pooled in two levels. The shares of each population scatter about the mean "
    "of the group that it is in, and the means of the groups about a mean of all. Learnt are the "
    "spread v of populations about the mean of all, v^2 being the part of all differences between "
    "agents that is between populations, and the part g of v^2 that is between groups. "
    "Populations of few agents are drawn towards the mean of their group, and groups of few agents "
    "towards that of all."
)


def _is_default(priors: PooledShares) -> bool:
    default = PooledShares()
    return all(getattr(priors, name) == getattr(default, name) for name in NUMBERS)


def _why(priors: PooledShares) -> str:
    if _is_default(priors):
        part = " So is the part g: nobody knows which of the two levels differs more."
        return (
            "The spread is uniform before any answer, as is advised for the standard deviation of "
            "groups (Gelman, Bayesian Analysis 1, 2006); so is the spread of the mean shares "
            "about equal ones, so that their concentration has the prior that shares of one "
            "population have by default." + (part if priors.within else "")
        )
    groups = ""
    if priors.within:
        groups = f", its part between groups Beta(1, {priors.alike_groups:g})"
    return (
        f"The spread is Beta(1, {priors.alike:g}){groups}, that of the mean shares about equal "
        f"ones Beta(1, {priors.even:g}), stated by the study."
    )


def prior_in_brief(priors: PooledShares, evidence: Any = None) -> str:
    """Return the prior in a few words."""
    del evidence
    stated = "" if _is_default(priors) else f", alike {priors.alike:g}, even {priors.even:g}"
    if not priors.within:
        return f"goal shares partially pooled about a mean of all populations{stated}"
    stated += f", alike_groups {priors.alike_groups:g}" if stated else ""
    return (
        "goal shares partially pooled about means of the groups of populations, and these about a "
        f"mean of all{stated}"
    )


def named(priors: PooledShares) -> str:
    """Return the name of the prior."""
    name = "pooled within groups" if priors.within else "pooled"
    return name if _is_default(priors) else f"{name} (alike {priors.alike:g})"
