"""Priors of how common goals are, and of how much covariates tell of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError


@dataclass(frozen=True)
class CellPriors:
    """Scales of the priors, on the scale of log odds.

    Parameters
    ----------
    intercept : float
        Standard deviation of the log shares of goals about their mean, before covariates tell.
    sd : float
        Scale of the half-normal prior of the standard deviation of a covariate's effects.
    interaction_sd : float
        The same of effects of combinations of categories.
    reached : float
        Standard deviation of the slopes of a covariate's effects on how far its categories were
        reached; at 0 there is none.
    """

    intercept: float
    sd: float
    interaction_sd: float
    reached: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 <= value < float("inf") or (value == 0 and name != "reached"):
                valid = "0 or a positive number" if name == "reached" else "a positive number"
                raise StudyError(f"the prior {name!r} is {valid}, not {value!r}")

    @classmethod
    def of(cls, stated: Any = None) -> CellPriors:
        """Return the model's defaults with what a study states put over them."""
        if isinstance(stated, CellPriors):
            return stated
        return cls(**with_overrides("poststratified", stated or {}))
