"""The prior of goal shares in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.independent.priors import SharePrior


def describe_shares(prior: SharePrior, categories: tuple[str, ...]) -> tuple[str, str]:
    """Return the prior of the shares as a formula, and its reason."""
    k = len(categories)
    if prior.kind == "index-flat":
        return (
            f"p_s | A_s ~ Dirichlet(A_s/{k}, ..., A_s/{k}), A_s/(1 + A_s) ~ Uniform(0, 1)",
            "Shares: index-flat. A flat Dirichlet would say before any data that P(ma) is high "
            "when there are many goals; this prior is flat on the expected misalignment instead.",
        )
    if prior.kind == "concentration":
        return (
            f"p_s ~ Dirichlet({prior.concentration:g}/{k}, ...)",
            f"Shares: symmetric Dirichlet with total concentration {prior.concentration:g}.",
        )
    alpha = prior.alpha(categories)
    stated = ", ".join(f"{c} {a:g}" for c, a in zip(categories, alpha, strict=True))
    return (
        "p_s ~ Dirichlet(" + ", ".join(f"{a:g}" for a in alpha) + ")",
        f"Shares: Dirichlet with parameters {stated}, stated by the study.",
    )


def prior_in_brief(prior: SharePrior, evidence: Any = None) -> str:
    """Return the prior in a few words."""
    del evidence
    match prior.kind:
        case "index-flat":
            return "goal shares flat on the expected misalignment (index-flat)"
        case "concentration":
            return f"goal shares symmetric Dirichlet, total concentration {prior.concentration:g}"
    return "goal shares Dirichlet as stated in the study"


def named(prior: SharePrior) -> str:
    """Return the name of the prior, with its number if it has one."""
    if prior.kind == "concentration":
        return f"concentration {prior.concentration:g}"
    return str(prior.kind)
