"""What a calibration of actions looks at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports

Array = NDArray[np.float64]


def actions_of(evidence: ActedReports, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the probability of each action given each goal."""
    return {
        f"action[{goal}, {choice}]": parameters["action"][:, j, c]
        for j, goal in enumerate(evidence.categories)
        for c, choice in enumerate(evidence.cell_names)
    }
