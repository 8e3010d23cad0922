"""Clusters to a table, and the lines of a study file that read it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.priors import ClusterPriors
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ANSWERS = "answers.csv"


def write(
    evidence: ClusterCounts, priors: ClusterPriors, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write answers, a goal of a cluster a row; return the table `[goals]`."""
    labels = [*area.goals, *area.no_goal[:1]]
    rows: list[tuple[Any, ...]] = []
    cluster, names = 0, evidence.populations
    patterns = zip(
        evidence.population.tolist(), evidence.number.tolist(), evidence.patterns, strict=True
    )
    for s, number, pattern in patterns:
        for _ in range(int(number)):
            cluster += 1
            own = np.flatnonzero(pattern)
            rows += [(names[s], f"cluster {cluster}", labels[k], int(pattern[k])) for k in own]
    write_table(folder / ANSWERS, ("population", "cluster", "goal", "count"), rows)
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": "goal",
        "cluster": "cluster",
        "population": "population",
        "count": "count",
        "populations": list(names),
        "prior": prior_table(priors),
    }
