"""What a calibration of agents who order alternatives looks at."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import single_numbers
from bayes_misalign.measure import exclusive_conflict, misalignment, pairwise_shares
from bayes_misalign.measure.rankings import OrderDistance, rankings_conflict
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, OrderCounts]:
    """Return agents of a small and of a large population."""
    goals, populations = ("a", "b", "c"), ("small", "large")
    first = "a > b > c"
    return {"orders": OrderCounts.from_counts(goals, populations, [{first: 15}, {first: 60}])}


def quantities(evidence: OrderCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) by pairs of alternatives and by first choices, and shares, by population."""
    shares, names = parameters["proportion"], evidence.alternatives
    exclusive = exclusive_conflict(len(names), NO_GOAL in evidence.goals)
    found: dict[str, Array] = {}
    distances: dict[str, OrderDistance] = {"misalignment": "kendall", "first": "first"}
    for name, distance in distances.items():
        conflict = rankings_conflict(evidence.position, exclusive, distance, evidence.ties)
        pma = misalignment(shares, conflict)
        found |= {f"{name}[{s}]": pma[:, i] for i, s in enumerate(evidence.populations)}
    before = pairwise_shares(shares, evidence.position)
    for s, population in enumerate(evidence.populations):
        for m, label in enumerate(evidence.categories):
            found[f"proportion[{population}, {label}]"] = shares[:, s, m]
        for i, j in combinations(range(len(names)), 2):
            found[f"prefers[{population}, {names[i]} to {names[j]}]"] = before[:, s, i, j]
    return found | single_numbers(parameters)
