"""What is believed of ratings before they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError


@dataclass(frozen=True)
class RatedPriors:
    """Scales of the priors; all but `spread` in units of the latent scale, whose noise is logistic.

    Parameters
    ----------
    location : float
        Standard deviation of the average level of conflict.
    spread : float
        Over the number of levels less one, the median of each gap between cut points.
    gap : float
        Standard deviation of the logarithm of each gap between neighbouring cut points.
    goal, pair : float
        Scale of how much goals differ in contentiousness, and pairs beyond their goals.
    side : float
        Scale of how much the two sides of a pair differ.
    population : float
        Scale of how much populations differ in the conflict of a pair; where they are waves of
        several series, of how much series do.
    drift : float
        Scale of how far the conflict of a pair goes from the first wave to the last, where
        populations are waves.
    severity : float
        Scale of how much raters differ in severity.
    scale_use : float
        Scale of how much raters differ in the logarithm of the width of the scale they use; 0 if
        all use it alike.
    again : float
        Scale of what a rater sees in a pair that others do not, where pairs were rated repeatedly.
    slope : float
        Standard deviation, around 1, of how a kind of rater stretches differences between pairs.
    disagreement : float
        Scale of how much a kind differs from the one that defines the level, pair by pair.
    noise : float
        Standard deviation of the logarithm of a kind's noise, in units of that of the reference.
    """

    location: float
    spread: float
    gap: float
    goal: float
    pair: float
    side: float
    population: float
    drift: float
    severity: float
    scale_use: float
    again: float
    slope: float
    disagreement: float
    noise: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (0 < value < float("inf") or (name == "scale_use" and value == 0)):
                raise StudyError(f"the prior {name!r} of 'rated' is a positive number, not {value}")


def rated_priors(overrides: Mapping[str, Any] | None = None) -> RatedPriors:
    """Return the default priors, with a study's own put over them."""
    return RatedPriors(**with_overrides("rated", overrides))
