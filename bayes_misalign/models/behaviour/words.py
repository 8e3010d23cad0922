"""The model of behaviour and its priors in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.families.reports.words import common_words
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.priors import ActionPriors

RESTS_ON = (  # assumptions of the card
    "Given the goal, choices in different situations are independent",
    "Agents are a random sample of their population",
)


def describe(evidence: DistinctActions, prior: ActionPriors) -> Description:
    """Return the model of behaviour and its priors in words and formulas."""
    words = (
        "The goal of each agent was taken as hidden behind what it did. Given the goal, choices in "
        "different situations were modelled as independent, each action with a probability that "
        "depends on the goal and the situation; the goals were summed out of the likelihood"
    )
    share_formula, share_reason = shares_of(prior.shares).describe(
        prior.shares, evidence.categories
    )
    formulas = ["L = prod_d [ sum_k p_sk prod_q P(n_dq | theta_kq) ]^m_d over distinct patterns d"]
    reasons = [share_reason]
    stated = ~(evidence.expected != evidence.expected)
    if stated.any():
        formulas.append(
            f"theta_kq ~ Dirichlet({prior.strength:g} times the stated P(action | goal))"
        )
        reasons.append(
            f"Actions: the stated probabilities are worth {prior.strength:g} observed actions."
        )
    if not stated.all():
        formulas.append(f"theta_kq ~ Dirichlet({prior.unstated:g}, ...) where nothing is stated")
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
