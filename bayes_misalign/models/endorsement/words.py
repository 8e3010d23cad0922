"""The model of agents who hold goals with strengths, and its prior, in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.models.endorsement.evidence import StrengthCounts

RESTS_ON = (  # assumptions of the card
    "The strengths that are stated are those with which an agent holds the goals",
    "Within a population the answers are a random sample",
)
LIFTED = {
    "noisy-or": "the probability that at least one pair of a goal of the one and a goal of the "
    "other conflicts, if pairs do so independently",
    "max": "the level of the pair of a goal of the one and a goal of the other that conflicts most",
    "mean": "the mean level over all pairs of a goal of the one and a goal of the other",
}
FORMULA = {
    "noisy-or": "c_gh = 1 - prod over i in g, j in h of (1 - c_ij w(s_gi, s_hj))",
    "max": "c_gh = max over i in g, j in h of c_ij w(s_gi, s_hj)",
    "mean": "c_gh = mean over i in g, j in h of c_ij w(s_gi, s_hj)",
}
AVERAGE = {
    "geometric": "the geometric mean",
    "arithmetic": "the arithmetic mean",
    "harmonic": "the harmonic mean",
    "min": "the lesser",
    "max": "the greater",
}
WEIGHT = {
    "geometric": "w(x, y) = sqrt(x y)",
    "arithmetic": "w(x, y) = (x + y) / 2",
    "harmonic": "w(x, y) = 2 x y / (x + y)",
    "min": "w(x, y) = min(x, y)",
    "max": "w(x, y) = max(x, y)",
}


def lift_words(evidence: StrengthCounts) -> str:
    """Return how conflict of agents follows from that of their goals, in two sentences."""
    return (
        f"The level of two goals that meet is their level of conflict times "
        f"{AVERAGE[evidence.average]} of the two strengths. The conflict of two agents is "
        f"{LIFTED[evidence.lift]}."
    )


def describe(evidence: StrengthCounts, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "The strengths that were stated of an agent were taken as those with which it holds the "
        "goals. The counts of the different strengths of all goals were modelled as multinomial in "
        "the shares of their population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s, over kinds g of agents"]
    if evidence.tempered:
        weighted, behind = weight_words(evidence)
        words += weighted
        formulas = ["log L(q_s) = sum_g n*_sg log q_sg, over kinds g of agents", *behind]
    words += f"{unseen_words(evidence)}. {lift_words(evidence)}"
    formulas += [f"{FORMULA[evidence.lift]}, s_gi > 0 and s_hj > 0", WEIGHT[evidence.average]]
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    formulas.append(formula)
    return Description(words, tuple(formulas), (why,), RESTS_ON)
