"""The model of poststratified answers in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.models.poststratified.effects import terms_of
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors
from bayes_misalign.page.safe_text import named

CITED = (
    "Gelman, A. and Little, T. C. (1997). Poststratification into many categories using "
    "hierarchical logistic regression. Survey Methodology 23, 127-135.",
    "Park, D. K., Gelman, A. and Bafumi, J. (2004). Bayesian multilevel estimation with "
    "poststratification. Political Analysis 12, 375-385.",
    "Si, Y., Pillai, N. S. and Gelman, A. (2015). Bayesian nonparametric weighted sampling "
    "inference. Bayesian Analysis 10, 605-625.",
)
RESTS_ON = (  # assumptions of the card
    "Within a cell, those who answered hold what the others hold",
    "An answer is the goal the agent holds",
)
KINDS = {
    "exchangeable": "no order",
    "ordered": "ordered: a random walk over neighbours",
    "interaction": "combinations",
}


def citations(evidence: CellCounts) -> tuple[str, ...]:
    """Return works on the method."""
    del evidence
    return CITED


def describe(evidence: CellCounts, priors: CellPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    terms = terms_of(evidence)
    names = ", ".join(named(name) for name in evidence.covariates)
    words = (
        f"Goals were modelled in {len(evidence.cells):,} cells of {names}, multinomial, with log "
        "shares that are sums of an intercept of each goal and of an effect of each covariate's "
        f"category. Shares were then summed over {len(evidence.table):,} cells of the population, "
        "each with its known size."
    )
    slopes = priors.reached > 0
    walks = any(term.kind == "ordered" for term in terms)
    formulas = [
        "n_ck ~ Multinomial(n_c, p_c), log p_ck = const_c + alpha_k + sum_v u_vk[level of c in v]",
        "p_sk = sum_c N_c p_ck / sum_c N_c over the cells of part s",
        "alpha_k ~ Normal(0, intercept^2), sum_k alpha_k = 0; sum_k u_vk = 0",
        "u_vk[l] ~ Normal(b_vk a_v[l], sd_v^2), sum_l u_vk[l] = 0"
        if slopes
        else "u_vk[l] ~ Normal(0, sd_v^2), sum_l u_vk[l] = 0",
    ]
    if slopes:
        formulas += [
            "a_v[l] = log((n_l + 1/2) / (n N_l / N + 1/2)) minus its mean over l",
            "b_vk ~ Normal(0, reached^2), sum_k b_vk = 0, summed out; b_vk = 0 of combinations",
        ]
    if walks:
        formulas.append(
            "ordered v: steps of "
            + ("u_vk - b_vk a_v" if slopes else "u_vk")
            + " from l - 1 to l ~ Normal(0, s^2), s so that sd_v is the same over l"
        )
    formulas.append("sd_v ~ HalfNormal(scale)")
    said: tuple[str, ...] = (
        f"Intercepts: sd {priors.intercept:g}. Before any answer the median of P(ma) of exclusive "
        "goals is about 0.33 of at most 0.50 for two goals, and 0.70 of 0.88 for eight (three "
        "covariates).",
        f"Effects of a covariate: sd ~ HalfNormal({priors.sd:g}); most often a category then "
        "multiplies the odds of a goal by less than four.",
    )
    if slopes:
        said = (
            *said,
            "Slopes of a covariate's effects on how far its categories were reached: sd "
            f"{priors.reached:g}. With an even chance a category that was reached twice as often "
            f"as its share multiplies the odds of a goal by {2 ** (-0.67 * priors.reached):.2g} to "
            f"{2 ** (0.67 * priors.reached):.2g} on that account.",
        )
    if evidence.interactions:
        said = (*said, f"Effects of combinations: sd ~ HalfNormal({priors.interaction_sd:g}).")
    return Description(words, tuple(formulas), said, RESTS_ON)
