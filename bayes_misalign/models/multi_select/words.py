"""The model of agents who hold several goals, and its prior, in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.models.multi_select.evidence import HoldingCounts

RESTS_ON = (  # assumptions of the card
    "The goals that an agent names are those it holds",
    "Within a population the answers are a random sample",
)
LIFTED = {
    "noisy-or": "the probability that at least one pair of a goal of the one and a goal of the "
    "other conflicts, if pairs do so independently",
    "max": "the level of the pair of a goal of the one and a goal of the other that conflicts most",
    "mean": "the mean level over all pairs of a goal of the one and a goal of the other",
}
FORMULA = {
    "noisy-or": "c_gh = 1 - prod over i in g, j in h of (1 - c_ij)",
    "max": "c_gh = max over i in g, j in h of c_ij",
    "mean": "c_gh = mean over i in g, j in h of c_ij",
}
SAME = {
    "conflict": "Two agents who hold the same goals conflict by the same rule, where these goals "
    "conflict with each other",
    "agree": "Two agents who hold the same goals do not conflict",
}


def lift_words(evidence: HoldingCounts) -> str:
    """Return how conflict of holdings follows from that of goals, in two sentences."""
    return f"The conflict of two agents is {LIFTED[evidence.lift]}. {SAME[evidence.same_goals]}."


def describe(evidence: HoldingCounts, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "All the goals that an agent named were taken as those it holds. The counts of holdings, "
        "the different sets of goals, were modelled as multinomial in the shares of their "
        "population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s, over holdings"]
    if evidence.tempered:
        weighted, behind = weight_words(evidence)
        words += weighted
        formulas = ["log L(q_s) = sum_h n*_sh log q_sh, over holdings h", *behind]
    words += f"{unseen_words(evidence)}. {lift_words(evidence)}"
    same = "" if evidence.same_goals == "conflict" else ", c_gg = 0"
    formulas.append(f"{FORMULA[evidence.lift]}{same}, of holdings g and h")
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    formulas.append(formula)
    return Description(words, tuple(formulas), (why,), RESTS_ON)
