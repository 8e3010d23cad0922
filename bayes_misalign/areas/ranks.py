"""Which problem areas are the most misaligned, and how probably."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.errors import ResultError
from bayes_misalign.page.frames import Framed, FramedDict
from bayes_misalign.page.safe_text import named, sentence
from bayes_misalign.settings import INTERVAL, Interval

Floats = NDArray[np.float64]
TOP = 3  # ranks that tables sum over


def rank_probabilities(draws: ArrayLike) -> Floats:
    """Return the probability of each rank of each problem area, the largest value first.

    Parameters
    ----------
    draws : array_like, shape (draw, area)
        Posterior draws of a quantity in each problem area, drawn together.

    Returns
    -------
    numpy.ndarray, shape (area, rank)
        Rows and columns sum to 1. Areas with the same value in a draw share the ranks that they
        take up, each as probable.

    Examples
    --------
    >>> rank_probabilities([[0.3, 0.1], [0.2, 0.4], [0.5, 0.1], [0.6, 0.2]]).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """
    x = np.asarray(draws, dtype=np.float64)
    n, areas = x.shape
    order = np.argsort(-x, axis=1, kind="stable")
    times = np.bincount((order * areas + np.arange(areas)).ravel(), minlength=areas**2)
    found: Floats = times.reshape(areas, areas).astype(np.float64)
    inorder = np.take_along_axis(x, order, axis=1)
    tied = np.flatnonzero((inorder[:, 1:] == inorder[:, :-1]).any(axis=1))
    for draw in tied:  # few: draws are continuous, unless all is known
        places = order[draw]
        found[places, np.arange(areas)] -= 1
        starts = np.flatnonzero(np.diff(inorder[draw], prepend=np.inf))
        for start, stop in zip(starts, [*starts[1:], areas], strict=True):
            found[np.ix_(places[start:stop], np.arange(start, stop))] += 1 / (stop - start)
    return np.asarray(found / n)


@dataclass(frozen=True)
class Ranks(Framed):
    """Ranks of problem areas by P(ma), with their probabilities; rank 1 is the most misaligned.

    Parameters
    ----------
    of : str
        What they are ranked by, such as "P(ma) of voters".
    areas : sequence of str
        The problem areas.
    probabilities : ndarray, shape (area, rank)
        Posterior probability of each rank; NaN where numbers are withheld.
    interval_kind : Interval
        Its mass is that of the intervals of ranks.
    """

    of: str
    areas: Sequence[str]
    probabilities: Floats = field(repr=False)
    interval_kind: Interval = INTERVAL

    @cached_property
    def most(self) -> FramedDict[str, float]:
        """Probability that an area is the most misaligned of all."""
        return self.at_most(1)

    @cached_property
    def least(self) -> FramedDict[str, float]:
        """Probability that an area is the least misaligned of all."""
        return self._by_area("probability", self.probabilities[:, -1])

    def at_most(self, rank: int) -> FramedDict[str, float]:
        """Return the probability that an area is among so many most misaligned ones.

        Raises
        ------
        ResultError
            When there are not so many areas.
        """
        if not 1 <= rank <= len(self.areas):
            raise ResultError(f"a rank lies between 1 and {len(self.areas)}, not {rank}")
        return self._by_area("probability", self.probabilities[:, :rank].sum(axis=1))

    @cached_property
    def mean(self) -> FramedDict[str, float]:
        """Posterior mean of the rank of each area."""
        return self._by_area("mean rank", self.probabilities @ np.arange(1, len(self.areas) + 1))

    @cached_property
    def intervals(self) -> dict[str, tuple[int, int]]:
        """Equal-tailed interval of the rank of each area: it holds at least its mass."""
        rest = (1 - self.interval_kind.mass) / 2
        below = np.cumsum(self.probabilities, axis=1)
        low = (below > rest + 1e-12).argmax(axis=1) + 1
        high = (below >= 1 - rest - 1e-12).argmax(axis=1) + 1
        return {a: (int(x), int(y)) for a, x, y in zip(self.areas, low, high, strict=True)}

    @cached_property
    def in_order(self) -> list[str]:
        """The areas by their mean rank, the most misaligned first."""
        return sorted(self.areas, key=lambda area: self.mean[area])

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an area a row."""
        return {
            "area": list(self.areas),
            "mean_rank": list(self.mean.values()),
            "lower": [low for low, _ in self.intervals.values()],
            "upper": [high for _, high in self.intervals.values()],
            "p_most": list(self.most.values()),
            f"p_among_{TOP}": list(self.at_most(min(TOP, len(self.areas))).values()),
            "p_least": list(self.least.values()),
        }

    def __str__(self) -> str:
        """Return the first areas as text."""
        shown = self.in_order[:10]
        width = max(len(named(area)) for area in shown)
        lines = [f"Rank by {sentence(self.of)}, mean ({self.interval_kind.short}), P(rank 1)"]
        for area in shown:
            low, high = self.intervals[area]
            rank = f"{self.mean[area]:.1f} ({low} to {high})"
            lines.append(f"  {named(area):<{width}}  {rank}  {self.most[area]:.3f}")
        if (left := len(self.areas) - len(shown)) > 0:
            lines.append(f"... and {left:,} more; to_frame() has all")
        return "\n".join(lines)

    __repr__ = __str__

    def _by_area(self, name: str, values: Floats) -> FramedDict[str, float]:
        found = dict(zip(self.areas, map(float, values), strict=True))
        return FramedDict(found, lambda d: {"area": list(d), name: list(d.values())})
