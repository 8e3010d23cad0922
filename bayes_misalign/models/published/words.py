"""The model of published percentages and its prior in words and formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import unseen_words
from bayes_misalign.models.published.evidence import PublishedShares

RESTS_ON = (  # assumptions of the card
    "An answer is the goal the agent holds",
)


def describe(evidence: PublishedShares, prior: Any) -> Description:
    """Return the model and its priors in words and formulas."""
    points = sorted({f"{value:g}" for value in evidence.rounding.tolist()}, key=float)
    words = (
        "Percentages as published, with the number of agents behind them, were taken as "
        "shares of a sample, each rounded to "
        f"{' or '.join(points)} point{'s' * (points != ['1'])}. Answers were multinomial "
        "in the goal shares of their population, averaged over all counts that round to the "
        "percentages; counts halfway between two were taken to be rounded either way"
    )
    formulas = ["L(p_s) = sum of Multinomial(n_s | N_s, p_s) over n_s whose percentages round so"]
    stated = evidence.stated
    if stated.any():
        where = "" if stated.all() else ", where a design effect or margin of error is stated,"
        words += (
            f"; the sample{where} counted for n / deff answers, and its shares were any that round "
            "to the percentages"
        )
        formulas.append("N_s = asked_s / deff_s where deff_s is stated, n_s / N_s then any shares")
    if (evidence.part_of == len(evidence.categories)).any():
        words += "; how many gave no answer was uniform beforehand"
    words += unseen_words(evidence)
    if "alike" in evidence.completed:
        formulas.append("unseen_s ~ Multinomial(size_s - N_s, p_s)")
    formula, why = shares_of(prior).describe(prior, evidence.categories)
    return Description(words + ".", (*formulas, formula), (why,), RESTS_ON)


def percentages_about(evidence: PublishedShares) -> str:
    """Return how many agents, of how many populations, the percentages are of."""
    agents = float(np.sum(evidence.asked))
    number = len(evidence.populations)
    return f"{agents:,.0f} agents of {number} population{'s' * (number != 1)}"
