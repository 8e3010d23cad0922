"""Priors of what agents of each goal do, and of how alike the choices of one agent are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError
from bayes_misalign.families.actions.alternatives import CorrelatedChoices
from bayes_misalign.families.reports.stated_priors import check_number, stated_priors
from bayes_misalign.models.behaviour.evidence import DistinctActions

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ActionPriors(CorrelatedChoices):
    """Priors of goal shares, action probabilities and overdispersion.

    Parameters
    ----------
    shares : prior of a model of shares
        Prior of the goal shares.
    strength : float
        How many observed actions the stated probabilities P(action | goal) are worth.
    unstated : float
        Dirichlet parameter of each action where nothing is stated.
    overdispersion : bool
        Whether agents of one goal differ in their action probabilities.
    correlation : float
        Prior mean of the correlation of two choices that one agent makes in one situation, beyond
        what its goal explains; in (0, 1).
    correlation_strength : float
        How surely it is expected: the sum of the parameters of its Beta prior.
    """

    shares: Any = field(default_factory=shares_prior)
    strength: float = 20.0
    unstated: float = 1.0
    overdispersion: bool = True
    correlation: float = 0.2
    correlation_strength: float = 5.0

    def __post_init__(self) -> None:
        for name in ("strength", "unstated", "correlation", "correlation_strength"):
            check_number("behaviour", name, getattr(self, name), probability=name == "correlation")
        if not isinstance(self.overdispersion, bool):
            raise StudyError(
                f"the prior 'overdispersion' is true or false, not {self.overdispersion!r}"
            )

    @classmethod
    def of(cls, overrides: Any = None) -> ActionPriors:
        """Return the model's defaults with what a study states put over them."""
        if isinstance(overrides, ActionPriors):
            return overrides
        return cls(**stated_priors("behaviour", cls, overrides))

    def alpha(self, evidence: DistinctActions) -> Array:
        """Return the Dirichlet parameters of P(action | goal) in each situation, (K, C)."""
        stated = self.strength * np.maximum(evidence.expected, 1e-3)
        return np.where(np.isnan(evidence.expected), self.unstated, stated)
