"""What a calibration of agents who hold goals with strengths looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import single_numbers
from bayes_misalign.measure import endorsed, exclusive_conflict, misalignment
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
GRADED = 0.3  # level of conflict of neighbours on a line, so that all kinds differ
POINTS = (0.5, 1.0)  # strengths of the designs


def designs() -> dict[str, StrengthCounts]:
    """Return agents of a small and of a large population, of each kind that there is room for."""
    goals, populations = ("a", "b", NO_GOAL), ("small", "large")
    found = StrengthCounts.of(goals, populations, [(0.5, 0.0, 0.0)], [[15], [60]], room=POINTS)
    return {"strengths": found}


def line(goals: tuple[str, ...]) -> Array:
    """Return conflict of goals on a line, nobody's with "no goal"."""
    k = len(goals) - (NO_GOAL in goals)
    found = np.zeros((len(goals), len(goals)))
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    found[:k, :k] = 1 - (1 - GRADED) ** steps
    return found


def quantities(evidence: StrengthCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of exclusive goals and of goals on a line, shares, and mean strengths."""
    shares, goals = parameters["proportion"], evidence.goals
    no_goal = NO_GOAL in goals
    exclusive = exclusive_conflict(len(goals) - no_goal, no_goal)
    found: dict[str, Array] = {}
    for name, levels in (("misalignment", exclusive), ("graded", line(goals))):
        conflict = endorsed(evidence.strength, levels, evidence.lift, evidence.average)
        pma = misalignment(shares, conflict)
        found |= {f"{name}[{s}]": pma[:, i] for i, s in enumerate(evidence.populations)}
    strength = shares @ evidence.strength
    for s, population in enumerate(evidence.populations):
        for m, label in enumerate(evidence.categories):
            found[f"proportion[{population}, {label}]"] = shares[:, s, m]
        for k, label in enumerate(goals):
            found[f"strength[{population}, {label}]"] = strength[:, s, k]
    return found | single_numbers(parameters)
