"""The model of answers in clusters, and its priors, in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.priors import ClusterPriors

RESTS_ON = (  # assumptions of the card
    "Clusters are a random sample of the clusters that the population is made of",
    "Shares of goals differ from cluster to cluster as a Dirichlet distribution does",
)
CITED = (
    "Mosimann, J. E. (1962). On the compound multinomial distribution, the multivariate "
    "beta-distribution, and correlations among proportions. Biometrika 49, 65-82.",
    "Kish, L. (1965). Survey Sampling. Wiley, New York.",
)


def citations(evidence: ClusterCounts) -> tuple[str, ...]:
    """Return works on the model."""
    del evidence
    return CITED


def describe(evidence: ClusterCounts, priors: ClusterPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    a, b = priors.correlation_beta
    each = " of each population" if priors.by_population else ""
    words = (
        "Answers of one cluster, such as the runs of one prompt, were modelled as alike: the "
        "counts of answers of a cluster were Dirichlet-multinomial, with the goal shares of its "
        "population as their mean and a correlation of two answers of one cluster that was "
        "learnt; the shares of the clusters themselves were summed out. An agent is a random "
        "answer of a random cluster."
    )
    rho = "rho_s" if priors.by_population else "rho"
    formula, why = shares_of(priors.shares).describe(priors.shares, evidence.categories)
    formulas = (
        f"n_j ~ Dirichlet-multinomial(m_j, p_s (1 - {rho}) / {rho}) for each cluster j of "
        "population s",
        "P(ma) of two answers of different clusters = p_s'C p_s, of one cluster "
        f"(1 - {rho}) p_s'C p_s",
        f"{rho} ~ Beta({a:g}, {b:g})",
        formula,
    )
    reason = (
        f"Correlation of two answers of one cluster{each}: Beta({a:g}, {b:g}), mean "
        f"{priors.correlation:g}."
    )
    return Description(words, formulas, (why, reason), RESTS_ON)
