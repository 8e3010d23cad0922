"""The rank of columns of replicate weights, of a table whose rows are not kept."""

from __future__ import annotations

import numpy as np

from bayes_misalign.measure import replicate_rank
from bayes_misalign.reading.evidence import FloatArray

SEED = 20_261  # of the random factors: the same table has the same sums
MORE = 100  # sums than twice the number of replicates


class Sketch:
    """Sums of rows with random factors: more of them than replicates have the rank of all rows.

    A random combination of rows lies in none of the smaller spaces that could hide a replicate
    (Halko, Martinsson and Tropp, SIAM Review 53, 2011, section 4).
    """

    def __init__(self, replicates: int) -> None:
        self._sums = np.zeros((2 * replicates + MORE, replicates))
        self._rows, self._rng = 0, np.random.default_rng(SEED)

    def add(self, weights: FloatArray) -> None:
        """Add rows (N, R)."""
        place = (self._rows + np.arange(len(weights))) % len(self._sums)
        factor = self._rng.normal(size=len(weights))
        np.add.at(self._sums, place, factor[:, None] * weights)
        self._rows += len(weights)

    @property
    def rank(self) -> int:
        """Rank of the weights of all rows."""
        return replicate_rank(self._sums)
