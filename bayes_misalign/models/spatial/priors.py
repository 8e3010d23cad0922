"""What is believed of positions, distances and ratings before they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError

MIDDLE = 0.5  # of every scale, about which positions are believed to lie


@dataclass(frozen=True)
class SpatialPriors:
    """Priors of positions and distances, as shares of the length of a scale.

    Parameters
    ----------
    position : float
        Standard deviation of a position about the middle of its scale.
    noise : float
        Scale of the standard deviation of single placements of a goal, where it is learnt.
    length, length_spread : float
        Median of the distance on whose scale conflict grows, and standard deviation of its
        logarithm.
    precision, precision_spread : float
        Median of the precision of ratings, the larger the more raters agree, and standard deviation
        of its logarithm.
    lapse : float
        Part of the ratings that say nothing about the pair, so that a stray one does not tell too
        much of goals that are close to each other, or far apart; 0 if there are none.
    """

    position: float
    noise: float
    length: float
    length_spread: float
    precision: float
    precision_spread: float
    lapse: float

    def __post_init__(self) -> None:
        if not 0 <= self.lapse < 1:
            raise StudyError(
                f"the prior 'lapse' of 'spatial' is at least 0 and less than 1, not {self.lapse}"
            )
        for name, value in asdict(self).items():
            if name != "lapse" and not 0 < value < float("inf"):
                raise StudyError(
                    f"the prior {name!r} of 'spatial' is a positive number, not {value}"
                )


def spatial_priors(overrides: Mapping[str, Any] | None = None) -> SpatialPriors:
    """Return the default priors, with a study's own put over them."""
    return SpatialPriors(**with_overrides("spatial", overrides))
