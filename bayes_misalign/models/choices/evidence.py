"""Actions that agents chose, and what each action pays to each goal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import log
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.reports.wrong_words import WrongWords
from bayes_misalign.models.choices.identified import Payoffs, identified
from bayes_misalign.models.choices.utilities import SHARED, log_softmax, ruled_by, utilities
from bayes_misalign.reading.evidence import FloatArray, IntArray

_ROUGH = log(9)  # a rationality that will do where only a rough one is needed


@dataclass(frozen=True, eq=False, kw_only=True)
class DistinctChoices(ActedReports):
    """Patterns of choices, each with the number of agents who chose so.

    Parameters
    ----------
    payoffs : (K, C) ndarray of float
        What each action pays to each goal; its columns are those of `reports`.
    scale : {"goal", "situation", "all"}
        Whose range of payoffs is one: a goal's over all situations, in each, or that of all.
    rationality : {"shared", "situation", "goal"}
        What has a rationality of its own.
    mistakes : float, optional
        Part of choices between the best and the worst action that is wrong, where it is assumed.

    Notes
    -----
    The other fields are those of `ActedReports`.
    """

    model: ClassVar[str] = "choices"
    anchor: ClassVar[str] = "the prior of the rationality"
    wrong: ClassVar[WrongWords] = WrongWords(
        "mistakes",
        "of mistakes",
        "of choices between the best and the worst action are mistakes",
        "mistakes",
        "mistakes between the best and the worst action",
    )

    payoffs: FloatArray
    scale: str = "goal"
    rationality: str = "shared"
    mistakes: float | None = None

    def __post_init__(self) -> None:
        """Settle the fields, and see that there is a payoff of every action."""
        super().__post_init__()
        shape = (len(self.categories), self.cells)
        if self.payoffs.shape != shape:
            raise ValueError(f"payoffs has shape {self.payoffs.shape}, the labels say {shape}")

    @cached_property
    def utility(self) -> FloatArray:
        """(K, C) payoffs below those of the best action, in units of their range."""
        return utilities(self.payoffs, self.spans, self.scale)

    @cached_property
    def ruled(self) -> tuple[str, ...]:
        """(G,) what each rationality is that of: situations, goals, or all choices."""
        numbers, _ = ruled_by(self.utility, self.spans, self.rationality)
        names = self.situations if self.rationality == "situation" else self.categories
        return (SHARED,) if not numbers else tuple(names[int(i)] for i in numbers)

    @cached_property
    def rules(self) -> IntArray:
        """(K, Q) number of the rationality of each goal in each situation."""
        return ruled_by(self.utility, self.spans, self.rationality)[1]

    def log_action(self, rationality: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log P(action | goal), (..., K, C), of rationalities (..., G)."""
        return log_softmax(rationality, self.utility, self.spans, self.rules)

    @cached_property
    def likely(self) -> FloatArray:
        """(K, C) P(action | goal) with a rough rationality, or the one that is assumed."""
        own = _ROUGH if self.mistakes is None else log(1 / self.mistakes - 1)
        return np.exp(self.log_action(np.full(len(self.ruled), own)))

    def assuming(self, error: float) -> Self | None:
        """Return the choices with this part of mistakes between best and worst action."""
        return replace(self, mistakes=error)

    def identified_by(self, overdispersed: bool) -> tuple[Payoffs | None, str]:
        """Return whether payoffs and choices tell shares and rationality apart, and why."""
        return identified(self, overdispersed)
