"""The prior of goal shares in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.independent import class_words
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL


def describe_shares(prior: SharePrior, categories: tuple[str, ...]) -> tuple[str, str]:
    """Return the prior of the shares as a formula, and its reason."""
    k = len(categories)
    if prior.merging is not None:
        formula, why = _matched(class_words.stand_ins(prior.merging))
        merged = class_words.what_is_merged(prior.merging)
        return class_words.of_classes(prior.merging, formula), f"{why} {merged}"
    if prior.kind == "matched":
        return _matched(categories)
    if prior.kind == "index-uniform":
        return (
            f"p_s | A_s ~ Dirichlet(A_s/{k}, ..., A_s/{k}), A_s/(1 + A_s) ~ Uniform(0, 1)",
            "Shares: index-uniform. A/(1 + A) times what equal shares would give is the expected "
            "P(ma) given the concentration A, and it is uniform before any answer; P(ma) itself is "
            "not. After Nemenman, Shafee and Bialek (NIPS 2002); near the hierarchical reference "
            "prior of Berger, Bernardo and Sun (Bayesian Analysis 10, 2015).",
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


def _matched(categories: tuple[str, ...]) -> tuple[str, str]:
    k = len(categories) - (NO_GOAL in categories)
    formulas = []
    if NO_GOAL in categories:
        formulas.append("p_s = ((1 - p_s0) r_s, p_s0), p_s0 ~ Beta(1/2, 1)")
    r = "r_s" if NO_GOAL in categories else "p_s"
    if k == 1:
        formulas.append(f"{r} = 1")
    else:
        formulas += [
            f"with probability 3/4 {r} | A_s ~ Dirichlet(A_s/{k}, ..., A_s/{k})",
            f"with probability 1/4 one goal j, each as likely, stands apart: {r}j ~ Uniform(0, 1)"
            + (f", the others share the rest by Dirichlet(A_s/{k - 1}, ...)" if k > 2 else ""),
            "A_s/(1 + A_s) ~ Beta(1, 1/2)",
        ]
    return (
        "; ".join(formulas),
        "Shares: matched. This prior was chosen so that 95 % intervals of P(ma) for exclusive "
        "goals contain the true value in about 95 % of samples. It is not uniform: before any "
        "answer the median of P(ma) is 0.42 (at most 0.50) for two goals and 0.65 (at most 0.88) "
        "for eight; where agents may hold no goal, it is 0.13 and 0.24. Its concentration follows "
        "Nemenman, Shafee and Bialek "
        "(NIPS 2002) and Berger, Bernardo and Sun (Bayesian Analysis 10, 2015), with a heavier "
        "tail because near equal shares the distance of P(ma) from its maximum is a squared norm "
        "(Stein's problem).",
    )


def prior_in_brief(prior: SharePrior, evidence: Any = None) -> str:
    """Return the prior in a few words."""
    del evidence
    match prior.kind:
        case "matched":
            return (
                "goal shares matched: chosen so that 95 % intervals of P(ma) for exclusive goals "
                "contain the true value in about 95 % of samples"
                + ("" if prior.merging is None else class_words.BRIEF)
            )
        case "index-uniform":
            return "goal shares index-uniform: uniform on the index A/(1 + A)"
        case "concentration":
            return f"goal shares symmetric Dirichlet, total concentration {prior.concentration:g}"
    return "goal shares Dirichlet as stated in the study"


def named(prior: SharePrior) -> str:
    """Return the name of the prior, with its number if it has one."""
    if prior.kind == "concentration":
        return f"concentration {prior.concentration:g}"
    return str(prior.kind)
