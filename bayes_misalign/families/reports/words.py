"""What models of goals behind reports say alike in the methods section of a report."""

from __future__ import annotations

from bayes_misalign.contract.weighted import unseen_words, weight_words
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports

CITED_BY_DESIGN = (
    "Angelopoulos, A. N., Bates, S., Fannjiang, C., Jordan, M. I. and Zrnic, T. (2023). "
    "Prediction-Powered Inference. Science 382, 669–674.",
    "Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using Imperfect Surrogates for "
    "Downstream Inference: Design-Based Supervised Learning for Social Science Applications of "
    "Large Language Models. Advances in Neural Information Processing Systems 36.",
)


def cited_by_design(evidence: DistinctReports) -> tuple[str, ...]:
    """Return what an estimate by the design of the gold sample cites, where there is one."""
    return CITED_BY_DESIGN if evidence.drawn_by_design else ()


def common_words(evidence: DistinctReports) -> str:
    """Return what is said of known goals, weights and finite populations."""
    words = ""
    if (evidence.gold != UNKNOWN).any():
        words += f"; the goals of {evidence.gold_counts.sum():g} agents were known"
        if evidence.gold_chosen:
            words += ", chosen by their goal, so that they say nothing about the shares"
        if evidence.drawn_by_design:
            words += (
                ", a random sample, from which P(ma) was estimated by its design too (the labels' "
                "majority as a proxy, power-tuned)"
            )
    if evidence.tempered:
        words += weight_words(evidence)[0]
    if evidence.uneven.any() and not evidence.stated.all():
        words += (
            ", each agent's weight counting for a goal as far as its reports make the goal likely"
        )
    words += unseen_words(evidence)
    return words
