"""The model of choices and its priors in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.families.reports.words import common_words
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.priors import ChoicePriors

RESTS_ON = (  # assumptions of the card
    "The stated payoffs are those that agents of a goal choose by",
    "Given the goal, choices in different situations are independent",
)
SCALES = {
    "goal": "a goal's largest range over situations is one",
    "situation": "a goal's range in each situation is one",
    "all": "the largest range of all goals and situations is one",
}


def describe(evidence: DistinctChoices, prior: ChoicePriors) -> Description:
    """Return the model of choices and its priors in words and formulas."""
    words = (
        "The goal of each agent was taken as hidden behind what it chose. Each goal was stated to "
        "pay the actions of a situation so much, and an agent to choose an action with a "
        "probability proportional to exp(rationality times payoff), with payoffs divided so that "
        f"{SCALES[evidence.scale]}; the goals were summed out of the likelihood"
    )
    if evidence.rationality != "shared":
        words += f"; each {evidence.rationality} has a rationality of its own"
    share_formula, share_reason = shares_of(prior.shares).describe(
        prior.shares, evidence.categories
    )
    formulas = [
        "L = prod_d [ sum_k p_sk prod_q P(n_dq | theta_kq) ]^m_d over distinct patterns d",
        "theta_kqa = exp(beta u_kqa) / sum_b exp(beta u_kqb)",
        f"log beta ~ Normal(log log({prior.best_of_two:g} / {1 - prior.best_of_two:g}), "
        f"{prior.spread:g}^2)",
    ]
    reasons = [
        share_reason,
        f"Rationality: before any choice is seen, the best action is expected to be chosen over "
        f"the worst {100 * prior.best_of_two:g} % of the time, the sd of log beta being "
        f"{prior.spread:g}.",
    ]
    if prior.overdispersed(evidence):
        a, b = prior.correlation_beta
        words += "; agents of one goal may differ in their action probabilities"
        formulas.append(
            f"n_dq | theta_kq ~ Dirichlet-multinomial with correlation rho ~ Beta({a:g}, {b:g})"
        )
        reasons.append(
            f"Correlation of an agent's choices beyond its goal: Beta({a:g}, {b:g}), mean "
            f"{prior.correlation:g}."
        )
    formulas.append(share_formula)
    return Description(
        words + common_words(evidence) + ".", tuple(formulas), tuple(reasons), RESTS_ON
    )
