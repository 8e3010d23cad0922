"""Ratings as evidence about the conflict of the pairs that were rated."""

from __future__ import annotations

import numpy as np

from bayes_misalign.families.raters.rating_counts import Ratings
from bayes_misalign.families.raters.rating_scale import RatingScale
from bayes_misalign.models.rated.evidence import RatedConflict


def to_conflict(
    ratings: Ratings,
    scale: RatingScale,
    origin: str,
    *,
    directed: bool,
    repeated: bool,
) -> RatedConflict:
    """Return ratings as evidence that speaks for the pairs that were rated, and no others yet."""
    distinct, place = np.unique(ratings.value, return_inverse=True)
    levels = scale.sort(distinct, np.bincount(place, ratings.number, len(distinct)))
    key = ratings.population * (len(ratings.raters) + 1) + ratings.rater + 1
    key = (key * len(ratings.pairs) + ratings.pair) * 3 + 1 - ratings.side
    cells, first, cell = np.unique(key, return_index=True, return_inverse=True)
    counts = np.zeros((len(cells), len(levels.labels)))
    np.add.at(counts, (cell, levels.place[place]), ratings.number)
    notes = ratings.notes
    if scale.ends is not None and len(distinct) > len(levels.labels):
        notes += (
            f"{len(distinct)} different ratings in {origin} were sorted into {len(levels.labels)} "
            "levels; each level is worth the mean of the ratings sorted into it.",
        )
    return RatedConflict(
        pairs=ratings.pairs,
        levels=levels.labels,
        values=np.array(levels.values),
        raters=ratings.raters,
        populations=ratings.populations,
        directed=directed,
        rater=ratings.rater[first],
        pair=ratings.pair[first],
        side=ratings.side[first],
        population=ratings.population[first],
        counts=counts,
        repeated=repeated,
        origin=origin,
        notes=notes,
        kinds=ratings.kinds.names,
        kind_of_rater=ratings.kinds.of_rater,
    )
