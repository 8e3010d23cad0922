"""Small designs of evidence about conflict, from the models' own folders."""

from bayes_misalign.models.encounters.calibration import encounters
from bayes_misalign.models.experts.calibration import panel
from bayes_misalign.models.judged.calibration import judges
from bayes_misalign.models.rated.calibration import (
    many_ratings,
    mutual_ratings,
    ratings,
    repeated_ratings,
)
from bayes_misalign.models.spatial.calibration import (
    placed_exactly,
    placed_with_known_error,
    placements,
)

__all__ = [
    "encounters",
    "judges",
    "many_ratings",
    "mutual_ratings",
    "panel",
    "placed_exactly",
    "placed_with_known_error",
    "placements",
    "ratings",
    "repeated_ratings",
]
