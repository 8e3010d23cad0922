"""Actions that agents took in situations, and what is expected of each goal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.reading.evidence import FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class DistinctActions(ActedReports):
    """Patterns of actions, each with the number of agents who acted so.

    Parameters
    ----------
    expected : (K, C) ndarray of float
        Stated probabilities P(action | goal) in each situation; NaN where nothing is stated. Its
        columns are those of `reports`.

    Notes
    -----
    The other fields are those of `ActedReports`.
    """

    model: ClassVar[str] = "behaviour"
    anchor: ClassVar[str] = "the stated probabilities of actions"

    expected: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Settle the fields; what is not given is not expected."""
        shape = (len(self.categories), self.cells)
        if not np.size(self.expected):
            object.__setattr__(self, "expected", np.full(shape, np.nan))
        super().__post_init__()
        if self.expected.shape != shape:
            raise ValueError(f"expected has shape {self.expected.shape}, the labels say {shape}")

    @property
    def likely(self) -> FloatArray:
        """(K, C) what is expected."""
        return self.expected

    def assuming(self, error: float) -> Self | None:
        """Return the actions with this part of the choices made without regard to the goal.

        All actions are equally likely in that part; None where something is not stated.
        """
        if np.isnan(self.expected).any():
            return None
        even = np.concatenate([np.full(len(names), 1 / len(names)) for names in self.actions])
        return replace(self, expected=(1 - error) * self.expected + error * even)
