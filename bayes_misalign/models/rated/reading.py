"""Ratings that were counted as evidence about the conflict of the pairs that were rated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rating_counts import RatingCounts
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.reading.evidence import FloatArray


class Ratings(RatingCounts):
    """Ratings as evidence of their own."""

    def conflict(self, origin: str) -> RatedConflict:
        """Return what was read: it speaks for the pairs that were rated, and no others yet."""
        ratings = np.array([rating for _, rating in self.counts])
        numbers = np.array(list(self.counts.values()), dtype=float)
        distinct, place = np.unique(ratings, return_inverse=True)
        sorted_ = self.scale.sort(distinct, np.bincount(place, numbers, len(distinct)))
        pairs = self.names.sorted(dict.fromkeys(cell[1] for cell, _ in self.counts))
        cells = sorted(
            {cell for cell, _ in self.counts},
            key=lambda cell: (cell[3], cell[0], pairs.index(cell[1]), -cell[2]),
        )
        number_of = {cell: n for n, cell in enumerate(cells)}
        counts = np.zeros((len(cells), len(sorted_.labels)))
        for (cell, _), value, number in zip(self.counts, place.tolist(), numbers, strict=True):
            counts[number_of[cell], sorted_.place[value]] += number
        columns: NDArray[np.int64] = np.array(
            [(who, pairs.index(pair), side, where) for who, pair, side, where in cells], np.int64
        ).reshape(-1, 4)
        return RatedConflict(
            pairs=pairs,
            levels=sorted_.labels,
            values=np.array(sorted_.values),
            raters=tuple(self.raters),
            populations=tuple(self.populations),
            directed=self.directed,
            rater=columns[:, 0],
            pair=columns[:, 1],
            side=columns[:, 2],
            population=columns[:, 3],
            counts=counts,
            repeated=self.repeated,
            origin=origin,
            notes=self._all_notes(origin, distinct, len(sorted_.labels)),
        )

    def _all_notes(self, origin: str, distinct: FloatArray, levels: int) -> tuple[str, ...]:
        notes = list(self.notes(origin))
        if self.scale.ends is not None and len(distinct) > levels:
            notes.append(
                f"{len(distinct)} different ratings in {origin} were sorted into {levels} levels; "
                "each level is worth the mean of the ratings sorted into it."
            )
        return tuple(notes)
