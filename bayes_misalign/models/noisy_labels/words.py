"""The model of noisy labels and its priors in words and formulas."""

from __future__ import annotations

from collections.abc import Mapping

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.families.reports.words import common_words
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.priors import LabelPriors

CITED = (
    "Dawid, A. P. and Skene, A. M. (1979). Maximum Likelihood Estimation of Observer "
    "Error-Rates Using the EM Algorithm. Applied Statistics 28(1), 20–28.",
    "Paun, S. et al. (2018). Comparing Bayesian Models of Annotation. TACL 6, 571–585.",
)
POOLED = {
    "hierarchical": "vary around a common mean, and how alike they are is estimated",
    "separate": "each have error rates of their own",
    "common": "share one set of error rates",
}

RESTS_ON = (  # assumptions of the card
    "Given the goal, labels are independent: of different raters, and of one rater on several "
    "occasions",
    "Agents are a random sample of their population",
)


def _unknown_raters(number: int, pooled: str) -> str:
    """Return what is supposed of raters of unknown accuracy."""
    if number == 1:
        return "; the error rates of the only rater of unknown accuracy were estimated"
    return f"; the {number} raters of unknown accuracy {POOLED[pooled]}"


def _stated(value: float | Mapping[str, float]) -> str:
    if not isinstance(value, Mapping):
        return f"{value:g}"
    return ", ".join(f"{goal} {number:g}" for goal, number in value.items())


def describe(evidence: DistinctLabels, prior: LabelPriors) -> Description:
    """Return the model of noisy labels and its priors in words and formulas."""
    known = int(evidence.is_known.sum())
    unknown = len(evidence.raters) - known
    words = (
        "The goal of each agent was taken as hidden behind labels that may be wrong (Dawid and "
        "Skene, 1979). Given the goal, labels were modelled as independent, each rater giving each "
        "label with a probability that depends on the goal; the goals were summed out of the "
        "likelihood"
    )
    share_formula, share_reason = shares_of(prior.shares).describe(
        prior.shares, evidence.categories
    )
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
    return Description(
        words + common_words(evidence) + ".", tuple(formulas), tuple(reasons), RESTS_ON
    )
