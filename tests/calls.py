"""Short ways for tests to what the contract asks of the model of some evidence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.models.encounters.calibration import reported_who_met
from bayes_misalign.models.encounters.reports_and_encounters import ReportsAndEncounters
from bayes_misalign.models.noisy_labels.calibration import labels

Array = NDArray[np.float64]


def with_data(evidence: Any, parameters: Mapping[str, Array]) -> dict[str, Array]:
    return evidence_model(evidence.model).with_data(evidence, parameters)


def against_statements(evidence: Any, prior: Any, levels: Array) -> dict[str, float]:
    return evidence_model(evidence.model).against_statements(evidence, prior, levels)


def labelled_who_met(agents: int, pairs: int, stars: int) -> ReportsAndEncounters:
    return reported_who_met(labels(3, 3, agents, gold=8), pairs=pairs, stars=stars)
