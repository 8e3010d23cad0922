"""What every calibration looks at: P(ma), and the shares or levels that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.reading.pair_labels import pair_labels
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def goal_quantities(evidence: Any, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of mutually exclusive goals, shares, and single numbers, each (draw,)."""
    goals = [label for label in evidence.categories if label != NO_GOAL]
    matrix = exclusive_conflict(len(goals), no_goal=NO_GOAL in evidence.categories)
    pma = misalignment(parameters["proportion"], matrix)
    found: dict[str, Array] = {}
    for s, population in enumerate(evidence.populations):
        found[f"misalignment[{population}]"] = pma[:, s]
        for i, label in enumerate(evidence.categories):
            found[f"proportion[{population}, {label}]"] = parameters["proportion"][:, s, i]
        for name in ("index", "log_concentration"):
            if name in parameters:
                found[f"{name}[{population}]"] = parameters[name][:, s]
    return found | {name: x for name, x in parameters.items() if x.ndim == 1}


def conflict_quantities(evidence: Any, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of a population with known unequal shares, and each level, each (draw,)."""
    level = parameters["conflict_level"]
    categories = tuple(dict.fromkeys(label for pair in evidence.pairs for label in pair))
    shares = np.arange(len(categories), 0.0, -1.0)
    shares /= shares.sum()
    found: dict[str, Array] = {}
    for s, place in enumerate(evidence.measured_in or ("",)):
        own = level if level.ndim == 2 else level[:, s]
        of = f"[{place}]" if place else ""
        matrix = assemble(categories, [(evidence.pairs, own)])
        found[f"misalignment{of}"] = misalignment(shares, matrix)
        for i, label in enumerate(pair_labels(evidence.pairs)):
            found[f"conflict_level[{', '.join(filter(None, (place, label)))}]"] = own[:, i]
    return found


def single_numbers(parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the parameters that are one number a draw."""
    return {name: x for name, x in parameters.items() if x.ndim == 1}
