"""Priors of how rationally agents choose, and of how alike the choices of one agent are."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Any

from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError
from bayes_misalign.families.actions.alternatives import CorrelatedChoices
from bayes_misalign.families.reports.stated_priors import check_number, stated_priors
from bayes_misalign.models.choices.evidence import DistinctChoices


@dataclass(frozen=True)
class ChoicePriors(CorrelatedChoices):
    """Priors of goal shares, rationality and overdispersion.

    Parameters
    ----------
    shares : prior of a model of shares
        Prior of the goal shares.
    best_of_two : float
        How often the best action is expected to be chosen over the worst, the range of payoffs
        apart; between 0.5 and 1. Its log odds are the prior median of the rationality.
    spread : float
        Standard deviation of the logarithm of the rationality.
    overdispersion : bool
        Whether agents of one goal differ in their action probabilities.
    correlation : float
        Prior mean of the correlation of two choices that one agent makes in one situation, beyond
        what its goal explains; in (0, 1).
    correlation_strength : float
        How surely it is expected: the sum of the parameters of its Beta prior.
    """

    shares: Any = field(default_factory=shares_prior)
    best_of_two: float = 0.9
    spread: float = 1.0
    overdispersion: bool = True
    correlation: float = 0.2
    correlation_strength: float = 5.0

    def __post_init__(self) -> None:
        for name in ("best_of_two", "spread", "correlation", "correlation_strength"):
            probability = name in ("best_of_two", "correlation")
            check_number("choices", name, getattr(self, name), probability=probability)
        if self.best_of_two <= 0.5:
            raise StudyError(
                "the prior 'best_of_two' of 'choices' is a number between 0.5 and 1, not "
                f"{self.best_of_two:g}: at 0.5 the best action is chosen as often as the worst"
            )
        if not isinstance(self.overdispersion, bool):
            raise StudyError(
                f"the prior 'overdispersion' is true or false, not {self.overdispersion!r}"
            )

    @classmethod
    def of(cls, overrides: Any = None) -> ChoicePriors:
        """Return the model's defaults with what a study states put over them."""
        if isinstance(overrides, ChoicePriors):
            return overrides
        return cls(**stated_priors("choices", cls, overrides))

    def log_median(self, evidence: DistinctChoices) -> float:
        """Return the logarithm of the prior median of the rationality."""
        best = self.best_of_two if evidence.mistakes is None else 1 - evidence.mistakes
        return log(log(best / (1 - best)))
