"""The model of answers and its prior in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.models.single_choice.evidence import ChoiceCounts

RESTS_ON = (  # assumptions of the card
    "An answer is the goal the agent holds",
    "Within a population the answers are a random sample",
)
BY_DESIGN = "The agents were drawn as the stated design says, and weights undo what it favours"


def describe(evidence: ChoiceCounts, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "Each answer was taken as the goal the agent holds. The counts of answers were modelled as "
        "multinomial in the goal shares of their population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s"]
    if evidence.tempered:
        weighted, behind = weight_words(evidence)
        words += weighted
        formulas = ["log L(q_s) = sum_i n*_si log q_si", *behind]
    words += unseen_words(evidence)
    if "alike" in evidence.completed:
        effect = " / deff_s" if evidence.stated.any() else ""
        formulas.append(f"unseen_s ~ Multinomial((size_s - N_s){effect}, p_s)")
    if evidence.of_unseen.any():
        formulas.append(
            "unseen_si ~ Poisson(T_s q_si s_si), T_s ~ Gamma(sum_i n*_si); p_si is proportional to "
            "n_si + unseen_si, and n*, s are those of the weights less one"
        )
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    formulas.append(formula)
    rests_on = (RESTS_ON[0], BY_DESIGN) if evidence.designed.any() else RESTS_ON
    return Description(words + ".", tuple(formulas), (why,), rests_on)
