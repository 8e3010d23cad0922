"""Conflict of the categories that shares are of, where these are made of goals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.measure.known_and_drawn import PartlyKnown, of_matrices
from bayes_misalign.measure.shapes import Conflict


def lifts(goals: Any) -> bool:
    """Tell whether the categories of evidence about goals are made of goals."""
    return goals_model(goals.model).traits.lifts_conflict


def of_categories(goals: Any, conflict: PartlyKnown) -> PartlyKnown:
    """Return draws of the conflict of categories, given those of goals."""
    return goals_model(goals.model).lift(goals, conflict)


def whole_of_categories(goals: Any, levels: NDArray[np.float64]) -> Conflict:
    """Return conflict of categories, given one matrix of goals, or one for each population."""
    return of_categories(goals, of_matrices(levels)) if lifts(goals) else levels


def levels_of_categories(goals: Any, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one matrix of conflict of categories, given that of goals."""
    found = whole_of_categories(goals, levels)
    return found.whole() if isinstance(found, PartlyKnown) else found


def known_of_categories(goals: Any, known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return known levels (K, K) of categories, given those of goals; NaN where uncertain."""
    uncertain = int(np.triu(np.isnan(known)).sum())
    return of_categories(goals, PartlyKnown(known, np.zeros((1, uncertain)))).known
