"""The model of answers and its prior in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.models.single_choice.evidence import ChoiceCounts


def describe(evidence: ChoiceCounts, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "Each answer was taken as the goal the agent holds. The counts of answers were modelled as "
        "multinomial in the goal shares of their population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s"]
    if evidence.weighted:
        words += (
            "; with design weights, the weighted shares were tempered to the Kish effective sample "
            "size of each population"
        )
        formulas = [
            "log L(p_s) = sum_i n*_si log p_si, n*_si = n_eff,s W_si / W_s,"
            " n_eff,s = (sum w)^2 / sum w^2"
        ]
    if evidence.population_size is not None:
        words += (
            "; the agents who were not observed were drawn from their predictive distribution, up "
            "to the stated size of each population"
        )
        effect = " / design effect_s" if evidence.weighted else ""
        formulas.append(f"unseen_s ~ Multinomial((size_s - N_s){effect}, p_s)")
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    formulas.append(formula)
    return Description(words + ".", tuple(formulas), (why,))
