"""What models of goals behind reports say alike in the methods section of a report."""

from __future__ import annotations

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports


def common_words(evidence: DistinctReports) -> str:
    """Return what is said of known goals, weights and finite populations."""
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
