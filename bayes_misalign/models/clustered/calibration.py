"""What a calibration of clusters looks at, and small designs of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import goal_quantities
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.generative import OWN, correlations
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, ClusterCounts]:
    """Return clusters of one size in one population, and of several sizes in two."""
    return {"clusters": clusters([[6] * 12]), "uneven": clusters([[2, 2, 5, 9, 9, 20], [1, 3, 8]])}


def clusters(sizes: list[list[int]], *, no_goal: bool = True) -> ClusterCounts:
    """Return a design with clusters of these sizes in each population."""
    categories = ("a", "b", *([NO_GOAL] if no_goal else ["c"]))
    made = []
    for each in sizes:
        counts = np.zeros((len(each), len(categories)))
        counts[:, 0] = each
        made.append(counts)
    return ClusterCounts.of(categories, ("one", "other")[: len(sizes)], made)


def quantities(evidence: ClusterCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of two answers of different clusters, and of one; shares and correlations."""
    found = goal_quantities(evidence, parameters)
    rho = correlations(evidence, parameters)
    for s, name in enumerate(evidence.populations):
        found[f"misalignment within[{name}]"] = (1 - rho[:, s]) * found[f"misalignment[{name}]"]
        if OWN in parameters:
            found[f"correlation[{name}]"] = rho[:, s]
    return found
