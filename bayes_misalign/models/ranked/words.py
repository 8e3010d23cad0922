"""The model of agents who order alternatives, and its prior, in words and formulas."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.page.safe_text import named

RESTS_ON = (  # assumptions of the card
    "The order that an agent states is its preference",
    "Within a population the answers are a random sample",
)
PER_PAIR = (
    "with a symmetric Dirichlet prior of total A on orders that come with their reverses, the "
    "share that prefers one alternative to another is Beta(A/2, A/2) before any answer, uniform "
    "for A = 2"
)
UNRANKED = {
    "below": "Alternatives that an agent left out stand below all that it placed, in no order "
    "among themselves",
    "unknown": "Of alternatives that an agent left out nothing is known, so that it has no "
    "preference about them",
}


def distance_words(evidence: OrderCounts) -> str:
    """Return how two agents conflict, in a sentence or two."""
    coin = evidence.ties == "coin"
    if evidence.distance == "first":
        several = (
            "who has several chooses one at random"
            if coin
            else "with several they agree with whoever shares one, else the mean level counts"
        )
        return f"Two agents conflict as their first choices do; {several}."
    number = "these pairs" if evidence.pairs else "all pairs of alternatives"
    stated = "; ".join(f"{named(a)} and {named(b)}" for a, b in evidence.pairs)
    pairs = f" The pairs that count are {stated}." if stated else ""
    ties = (
        "who has no preference between two chooses by a coin"
        if coin
        else "who has no preference between two agrees with everybody about them"
    )
    return (
        "Two agents conflict by the pairs of alternatives that they order differently: the mean "
        f"over {number} of the level of conflict of each, which is the normalised Kendall distance "
        f"where all levels are 1; {ties}.{pairs}"
    )


def unranked_words(evidence: OrderCounts) -> str:
    """Return how alternatives were read that agents left out; nothing where none did."""
    return f" {UNRANKED[evidence.unranked]}." if evidence.incomplete.any() else ""


def describe(evidence: OrderCounts, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "The order of alternatives that an agent stated was taken as its preference. The counts of "
        "orders were modelled as multinomial in the shares of their population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s, over orders"]
    if evidence.tempered:
        weighted, behind = weight_words(evidence)
        words += weighted
        formulas = ["log L(q_s) = sum_h n*_sh log q_sh, over orders h", *behind]
    words += f"{unseen_words(evidence)}. {distance_words(evidence)}{unranked_words(evidence)}"
    if evidence.distance == "first":
        formulas.append("c_gh = mean of c_ab over first choices a of g and b of h")
    else:
        formulas += [
            "c_gh = mean over pairs a, b of c_ab [g and h order a and b differently]",
            "P(ma) = mean over pairs a, b of c_ab 2 m_ab m_ba, m_ab the share that prefers a to b",
        ]
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    formulas.append(formula)
    reason = PER_PAIR if getattr(prior, "kind", "") == "concentration" else why
    return Description(words, tuple(formulas), (reason,), RESTS_ON)
