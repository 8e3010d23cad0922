"""Draws of goal shares that were made elsewhere: nobody was counted here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.draws.kept import doubts
from bayes_misalign.reading.evidence import Caution, FloatArray, Shape
from bayes_misalign.reading.goal_evidence import GoalEvidence


@dataclass(frozen=True, eq=False)
class DrawnGoals(GoalEvidence):
    """Draws (draw, population, goal) of goal shares, each row summing to one.

    How many agents they rest on, and with which weights, is not known: every such number is NaN.
    """

    model: ClassVar[str] = "drawn-shares"
    refusals_untold: ClassVar[str] = "draws made elsewhere do not say how many gave no answer"
    SHAPES: ClassVar[Mapping[str, Shape]] = {"shares": (None, "populations", "categories")}

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    shares: FloatArray
    paired: bool = False
    rhat: float | None = None
    ess: float | None = None
    notes: tuple[str, ...] = ()
    source: str = "stated in the study"
    weighted: bool = False
    population_size: NDArray[np.int64] | None = None
    not_answers: dict[str, FloatArray] = field(default_factory=dict)
    not_asked: FloatArray = ()  # type: ignore[assignment]  # nobody, once settled
    zero_weights: int = 0

    def __post_init__(self) -> None:
        """Settle the fields."""
        object.__setattr__(self, "not_asked", np.zeros(len(self.populations)))
        super().__post_init__()

    @property
    def counts(self) -> FloatArray:
        """(S, K) not known."""
        return np.full(self.shares.shape[1:], np.nan)

    weight_sum = counts
    weight_sq_sum = counts

    @property
    def n(self) -> FloatArray:
        """(S,) not known."""
        return np.full(len(self.populations), np.nan)

    weight_total = weight_sq_total = n_effective = n

    @property
    def worth(self) -> float:
        """The number of draws, or their smallest effective sample size."""
        return len(self.shares) if self.ess is None else min(self.ess, len(self.shares))

    @property
    def paired_draws(self) -> int:
        """How many draws belong to those of other evidence."""
        return len(self.shares) if self.paired else 0

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What lowers trust in the draws."""
        return doubts(len(self.shares), self.rhat, self.ess, "goal shares")
