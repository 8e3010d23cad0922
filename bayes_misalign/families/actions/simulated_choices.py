"""Choices of simulated agents, and how likely choices are, given the probability of each action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.actions.repeats import choice_terms
from bayes_misalign.families.reports import simulated_reports
from bayes_misalign.families.simplex.draws import dirichlet

Array = NDArray[np.float64]
SMALLEST = 1e-300  # a probability of zero, as a number that has a logarithm


def terms(evidence: Any, drawn: Mapping[str, Array]) -> Array:
    """Return the log probability of each pattern's actions given each goal, (draw, D, K)."""
    log_action = np.log(np.maximum(drawn["action"], SMALLEST))
    return choice_terms(evidence, log_action, drawn.get("correlation"))


def simulate_agents[E: ActedReports](
    parameters: Mapping[str, Array], design: E, rng: np.random.Generator
) -> tuple[E, simulated_reports.Agents, NDArray[np.intp]]:
    """Simulate, and return also the agents, and the row of the evidence that each stands in."""
    agents = simulated_reports.draw_agents(parameters["proportion"], design, rng)
    chosen = design.per_situation(design.reports.astype(float)).astype(np.int64)[agents.row]
    made = np.zeros((len(agents.row), design.cells), dtype=np.int64)
    for q, span in enumerate(design.spans):
        chance = parameters["action"][:, span]
        chance = (chance / chance.sum(axis=-1, keepdims=True))[agents.goal]
        if "correlation" in parameters:
            rho = float(parameters["correlation"])
            chance = dirichlet(np.maximum(chance * (1 - rho) / max(rho, 1e-12), 1e-100), rng)
        made[:, span] = rng.multinomial(chosen[:, q], chance)
    evidence, pattern = agents.patterns(design, made)
    return evidence, agents, pattern
