"""Conflict between many goals of which most levels are known: those once, the others by draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]
type Places = NDArray[np.intp]
type ConflictLike = ArrayLike | PartlyKnown

# Whole matrices of so many numbers are made where that is simpler: 4,000 draws of 64 goals.
FEW_NUMBERS = 1 << 24
AT_ONCE = 1 << 22  # numbers of whole matrices that are made for a block of draws


@dataclass(frozen=True, eq=False)
class PartlyKnown:
    """Draws of a conflict matrix, its known levels kept once.

    Functions of this room take it in place of the whole matrices, of which it has the shape.

    Parameters
    ----------
    known : ndarray, shape (K, K)
        Known levels, symmetric; NaN for the pairs whose levels are drawn. The diagonal is zero
        but for categories whose agents may conflict with each other, since they hold several goals.
    drawn : ndarray, shape (..., m)
        Levels of these m pairs i <= j, in the order of the rows of the matrix; leading axes are
        those of the matrices, usually (draw,) or (draw, population).

    Raises
    ------
    ValueError
        When there are not as many levels as places without one.

    Examples
    --------
    >>> c = PartlyKnown(np.array([[0.0, np.nan], [np.nan, 0.0]]), np.array([[0.25], [0.75]]))
    >>> c.shape, c.whole()[1, 0].tolist()
    ((2, 2, 2), [0.0, 0.75])
    """

    known: Floats
    drawn: Floats

    def __post_init__(self) -> None:
        """See that every uncertain pair has its levels."""
        if self.drawn.shape[-1] != len(self.first):
            raise ValueError(
                f"{len(self.first)} pairs are without a known level, and levels are given of "
                f"{self.drawn.shape[-1]}"
            )

    @cached_property
    def _pairs(self) -> tuple[Places, Places]:
        first, second = np.nonzero(np.triu(np.isnan(self.known)))
        return first, second

    @property
    def first(self) -> Places:
        """The first goal of each pair whose level is drawn, (m,)."""
        return self._pairs[0]

    @property
    def second(self) -> Places:
        """The second goal of each pair whose level is drawn, (m,)."""
        return self._pairs[1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole matrices, (..., K, K)."""
        return (*self.drawn.shape[:-1], *self.known.shape)

    @property
    def ndim(self) -> int:
        """Number of axes of the whole matrices."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers the whole matrices would hold."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0]

    def __getitem__(self, index: Any) -> PartlyKnown:
        """Return the matrices at an index of the axes before the goals."""
        return PartlyKnown(self.known, self.drawn[index])

    @property
    def own(self) -> bool:
        """Whether agents of one category may conflict with each other."""
        return bool((np.diagonal(self.known) != 0).any())

    @property
    def without_drawn(self) -> Floats:
        """The known levels, (K, K), with zero for pairs whose levels are drawn."""
        return np.nan_to_num(self.known, nan=0.0)

    def whole(self) -> Floats:
        """Return the whole matrices, (..., K, K)."""
        out = np.empty(self.shape)
        out[...] = self.known
        out[..., self.first, self.second] = self.drawn
        out[..., self.second, self.first] = self.drawn
        return out

    def mean(self, axis: int = 0) -> Floats:
        """Return the mean over an axis before the goals, (..., K, K)."""
        return self.averaged(axis).whole()

    def averaged(self, axis: int = 0) -> PartlyKnown:
        """Return the same mean, which says of its diagonal that it may be above zero."""
        return PartlyKnown(self.known, self.drawn.mean(axis=axis))

    def at(self, first: Places, second: Places) -> Floats:
        """Return the levels (..., pair) of pairs i <= j, without whole matrices."""
        column = np.full(self.known.shape, -1)
        column[self.first, self.second] = np.arange(len(self.first))
        places, known = column[first, second], self.known[first, second]
        if (places < 0).all():
            return np.broadcast_to(known, (*self.drawn.shape[:-1], len(known)))
        levels = np.asarray(self.drawn[..., places])
        levels[..., places < 0] = known[places < 0]
        return levels

    def facing(self, shares: Floats) -> Floats:
        """Return C p along the last axis of shares, (..., K)."""
        lead = np.broadcast_shapes(shares.shape[:-1], self.drawn.shape[:-1])
        out: Floats = np.broadcast_to(shares @ self.without_drawn, (*lead, shares.shape[-1])).copy()
        if len(self.first) <= 4 * len(self.known):
            for k, (i, j) in enumerate(zip(self.first, self.second, strict=True)):
                out[..., i] += self.drawn[..., k] * shares[..., j]
                if i != j:
                    out[..., j] += self.drawn[..., k] * shares[..., i]
            return out
        levels = np.broadcast_to(self.drawn, (*lead, self.drawn.shape[-1]))
        every = np.broadcast_to(shares, out.shape).reshape(-1, shares.shape[-1])
        uncertain = np.where(np.isnan(self.known), self.known, 0.0)
        flat, rows = levels.reshape(-1, levels.shape[-1]), out.reshape(-1, out.shape[-1])
        step = max(1, AT_ONCE // self.known.size)
        for start in range(0, len(flat), step):
            part = slice(start, start + step)
            block = PartlyKnown(uncertain, flat[part]).whole()
            rows[part] += (block @ every[part][..., np.newaxis])[..., 0]
        return rows.reshape(out.shape)


def of_matrices(conflict: Floats) -> PartlyKnown:
    """Return whole matrices (..., K, K) as such: one matrix is known, of several no level is."""
    if conflict.ndim == 2:
        return PartlyKnown(conflict, np.zeros(0))
    known = np.full(conflict.shape[-2:], np.nan)
    np.fill_diagonal(known, 0.0)
    first, second = np.triu_indices(len(known), 1)
    return PartlyKnown(known, conflict[..., first, second])


def as_arithmetic(conflict: PartlyKnown) -> Floats | PartlyKnown:
    """Return conflict as it is cheapest to compute with, of the same shape but for steady axes.

    One matrix, with one draw, where every level is known; whole matrices where these are small.
    As it stands where agents of one category may conflict, which whole matrices are not to say.
    """
    if conflict.own:
        return conflict
    if not len(conflict.first):
        return conflict.known[np.newaxis]
    return conflict.whole() if conflict.size <= FEW_NUMBERS else conflict
