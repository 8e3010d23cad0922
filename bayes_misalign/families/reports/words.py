"""Models of goals behind reports in words and formulas, for the methods section of a report."""

from __future__ import annotations

from collections.abc import Mapping

from bayes_misalign.contract.description import Description
from bayes_misalign.families.reports.report_patterns import UNKNOWN, ReportPatterns
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.behaviour.priors import ActionPriors
from bayes_misalign.models.independent.words import describe_shares
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.models.noisy_labels.priors import LabelPriors

POOLED = {
    "hierarchical": "vary around a common mean, and how alike they are is estimated",
    "separate": "each have error rates of their own",
    "common": "share one set of error rates",
}


def _common_words(evidence: ReportPatterns) -> str:
    words = ""
    if (evidence.gold != UNKNOWN).any():
        words += f"; the goals of {evidence.gold_counts.sum():g} agents were known"
        if evidence.gold_chosen:
            words += ", chosen by their goal, so that they say nothing about the shares"
    if evidence.weighted:
        words += (
            "; with design weights, the agents of each population were tempered to its Kish "
            "effective sample size"
        )
    if evidence.population_size is not None:
        words += (
            "; the goals of the agents who were not observed were drawn from their predictive "
            "distribution, up to the stated size of each population"
        )
    return words


def _unknown_raters(number: int, pooled: str) -> str:
    """Return what is supposed of raters of unknown accuracy."""
    if number == 1:
        return "; the error rates of the only rater of unknown accuracy were estimated"
    return f"; the {number} raters of unknown accuracy {POOLED[pooled]}"


def _stated(value: float | Mapping[str, float]) -> str:
    if not isinstance(value, Mapping):
        return f"{value:g}"
    return ", ".join(f"{goal} {number:g}" for goal, number in value.items())


def describe_labels(evidence: LabelPatterns, prior: LabelPriors) -> Description:
    """Return the model of noisy labels and its priors in words and formulas."""
    known = int(evidence.is_known.sum())
    unknown = len(evidence.raters) - known
    words = (
        "The goal of each agent was taken as hidden behind labels that may be wrong (Dawid and "
        "Skene, 1979). Given the goal, labels were modelled as independent, each rater giving each "
        "label with a probability that depends on the goal; the goals were summed out of the "
        "likelihood"
    )
    share_formula, share_reason = describe_shares(prior.shares, evidence.categories)
    formulas = [
        "L = prod_d [ sum_k p_sk prod_r prod_l E_rkl^n_drl ]^m_d over distinct patterns d of labels"
    ]
    reasons = [share_reason]
    if known:
        who = "one rater" if known == 1 else f"{known} raters"
        words += f"; the error rates of {who} were taken as known"
    if unknown:
        pooled = prior.pooled(evidence)
        words += _unknown_raters(unknown, pooled)
        centre = "M_k" if pooled == "hierarchical" else "E_k" if pooled == "common" else "E_rk"
        formulas.append(
            f"{centre} ~ Dirichlet(strength (accuracy on the own label, the rest evenly))"
        )
        if pooled == "hierarchical":
            formulas.append(
                f"E_rk ~ Dirichlet(agreement M_k + 1/{len(evidence.labels)}), "
                f"agreement ~ LogNormal(log {prior.agreement:g}, {prior.agreement_spread:g})"
            )
        reasons.append(
            f"Accuracy of a rater: expected {_stated(prior.accuracy)}, worth "
            f"{_stated(prior.strength)} labels of agents of each goal. This ties labels to goals: "
            "raters are expected to be right more often than not."
        )
    if evidence.validation.any():
        words += f"; a validation study of {evidence.validation.sum():g} labels was used jointly"
        formulas.append("validation counts of rater r and goal k ~ Multinomial(E_rk)")
    formulas.append(share_formula)
    return Description(words + _common_words(evidence) + ".", tuple(formulas), tuple(reasons))


def describe_actions(evidence: ActionPatterns, prior: ActionPriors) -> Description:
    """Return the model of behaviour and its priors in words and formulas."""
    words = (
        "The goal of each agent was taken as hidden behind what it did. Given the goal, choices in "
        "different situations were modelled as independent, each action with a probability that "
        "depends on the goal and the situation; the goals were summed out of the likelihood"
    )
    share_formula, share_reason = describe_shares(prior.shares, evidence.categories)
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
    return Description(words + _common_words(evidence) + ".", tuple(formulas), tuple(reasons))
