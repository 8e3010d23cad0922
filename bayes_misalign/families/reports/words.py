"""What models of goals behind reports say alike in the methods section of a report."""

from __future__ import annotations

from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports


def common_words(evidence: DistinctReports) -> str:
    """Return what is said of known goals, weights and finite populations."""
    words = ""
    if (evidence.gold != UNKNOWN).any():
        words += f"; the goals of {evidence.gold_counts.sum():g} agents were known"
        if evidence.gold_chosen:
            words += ", chosen by their goal, so that they say nothing about the shares"
    if evidence.tempered:
        words += weight_words(evidence)[0]
    if evidence.uneven.any() and not evidence.stated.all():
        words += (
            ", each agent's weight counting for a goal as far as its reports make the goal likely"
        )
    words += unseen_words(evidence)
    return words
