"""What a calibration of agents who hold several goals looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import single_numbers
from bayes_misalign.measure import exclusive_conflict, lifted, misalignment
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
GRADED = 0.3  # level of conflict of neighbours on a line, so that all holdings differ


def designs() -> dict[str, HoldingCounts]:
    """Return agents of a small and of a large population."""
    goals, populations = ("a", "b", "c", NO_GOAL), ("small", "large")
    return {"holdings": HoldingCounts.from_counts(goals, populations, [{"a": 15}, {"a": 60}])}


def line(goals: tuple[str, ...]) -> Array:
    """Return conflict of goals on a line, nobody's with "no goal"."""
    k = len(goals) - (NO_GOAL in goals)
    found = np.zeros((len(goals), len(goals)))
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    found[:k, :k] = 1 - (1 - GRADED) ** steps
    return found


def quantities(evidence: HoldingCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of exclusive goals and of goals on a line, and shares, by population."""
    shares, goals = parameters["proportion"], evidence.goals
    no_goal = NO_GOAL in goals
    exclusive = exclusive_conflict(len(goals) - no_goal, no_goal)
    found: dict[str, Array] = {}
    for name, levels in (("misalignment", exclusive), ("graded", line(goals))):
        conflict = lifted(evidence.held, levels, evidence.lift, evidence.same_goals)
        pma = misalignment(shares, conflict)
        found |= {f"{name}[{s}]": pma[:, i] for i, s in enumerate(evidence.populations)}
    held = shares @ evidence.held
    for s, population in enumerate(evidence.populations):
        for m, label in enumerate(evidence.categories):
            found[f"proportion[{population}, {label}]"] = shares[:, s, m]
        for k, label in enumerate(goals):
            found[f"holders[{population}, {label}]"] = held[:, s, k]
    return found | single_numbers(parameters)
