"""Small designs of choices of which probabilities are stated."""

from __future__ import annotations

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.settings import NO_GOAL


def designs() -> dict[str, DistinctActions]:
    """Return choices of which the stated probabilities are known, and others."""
    return {"actions": actions(), "unstated actions": unstated_actions()}


def actions(agents: int = 60, *, gold: int = 6, choices: int = 3) -> DistinctActions:
    """Return a design of choices in two situations by agents of two populations."""
    number = np.array([agents - gold, gold, agents - gold, gold], dtype=float)
    return DistinctActions(
        categories=("a", "b"),
        populations=("one", "other"),
        situations=("first", "second"),
        actions=(("x", "y"), ("u", "v", "w")),
        expected=np.array([[0.8, 0.2, 0.6, 0.3, 0.1], [0.3, 0.7, 0.2, 0.2, 0.6]]),
        reports=np.tile([choices, 0, choices, 0, 0], (4, 1)),
        population=np.array([0, 0, 1, 1]),
        gold=np.array([UNKNOWN, 0, UNKNOWN, 0]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def unstated_actions() -> DistinctActions:
    """Return choices of three goals, two of which are known by agents who were chosen for them.

    Nothing is stated of one goal; the numbers of choices differ.
    """
    number = np.array([30.0, 20.0, 8.0, 8.0, 30.0])
    n = np.nan
    return DistinctActions(
        categories=("a", "b", NO_GOAL),
        populations=("one", "other"),
        situations=("first", "second"),
        actions=(("u", "v", "w"), ("x", "y")),
        expected=np.array([[0.6, 0.3, 0.1, 0.2, 0.8], [n, n, n, n, n], [0.2, 0.2, 0.6, 0.5, 0.5]]),
        reports=np.array([[2, 0, 0, 4, 0], [4, 0, 0, 2, 0], [4, 0, 0, 4, 0]])[[0, 1, 2, 2, 1]],
        population=np.array([0, 0, 0, 1, 1]),
        gold=np.array([UNKNOWN, UNKNOWN, 0, 1, UNKNOWN]),
        gold_chosen=True,
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )
