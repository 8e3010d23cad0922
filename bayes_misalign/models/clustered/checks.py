"""Whether clusters differ as the model says: beside pairs of answers of two clusters, counted.

Where shares of clusters are no Dirichlet distribution, the shares of the population that fit best
need not be its shares: clusters that are always answered alike weigh in otherwise than by their
number. What pairs of answers of different clusters say, counted, has no such assumption.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import EVERYONE, NO_GOAL

FEWEST = 10  # clusters of a population, with fewer of which counted pairs tell little
AWAY = 1.0  # posterior sds that both may lie apart
WIDER = 1.35  # times the posterior sd that the standard error of counted pairs may be


def check_clusters(fit: FitView) -> FitFindings:
    """Return where P(ma) of exclusive goals is not what counted pairs of clusters say."""
    evidence = fit.study.goals
    assert isinstance(evidence, ClusterCounts)
    if not fit.converged or "proportion" not in fit.posterior:
        return FitFindings()
    return FitFindings(reasons=tuple(_reasons(evidence, fit)))


def _reasons(evidence: ClusterCounts, fit: FitView) -> Iterator[Reason]:
    goals = len(evidence.categories) - (NO_GOAL in evidence.categories)
    conflict = exclusive_conflict(goals, NO_GOAL in evidence.categories)
    shares = np.asarray(fit.posterior["proportion"][1])
    pma = misalignment(shares.reshape(-1, *shares.shape[-2:]), conflict)
    counted, error = evidence.counted_between(conflict), evidence.error_between(conflict)
    for s, name in enumerate(evidence.populations):
        if evidence.clusters[s] < FEWEST:
            continue
        mean, sd = float(pma[:, s].mean()), float(pma[:, s].std())
        of = "" if name == EVERYONE else f" of {named(name)}"
        if is_away(mean, sd, float(counted[s]), float(error[s]), 1 - 1 / goals):
            yield Reason(
                f"clusters{of} may not differ as a Dirichlet distribution does: of exclusive goals "
                f"P(ma) is {mean:.3f} with sd {sd:.3f}, and {counted[s]:.3f} with standard error "
                f"{error[s]:.3f} by counting pairs of clusters",
                "take P(ma) of two agents at random from single-choice with cluster",
            )


def is_away(mean: float, sd: float, counted: float, error: float, largest: float = 1.0) -> bool:
    """Tell whether a posterior is not where, or not as wide as, counted pairs of clusters say.

    These are unbiased, and so may exceed the largest P(ma) that there is; no posterior does.
    """
    return abs(min(counted, largest) - mean) > AWAY * sd or error > WIDER * sd
