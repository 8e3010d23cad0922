"""Weights that sum to known margins: raking, or iterative proportional fitting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import Floats

CLOSE = 1e-12  # relative, of the sums to the margins
MOST_ROUNDS = 10_000


class NotRaked(ValueError):
    """Weights that cannot be raked: those of a category sum to zero, or no end comes near.

    Parameters
    ----------
    margin, category : int
        The margin and the category that is farthest from its sum, both from 0.
    empty : bool
        Whether nobody there has a weight.
    """

    def __init__(self, margin: int, category: int, *, empty: bool) -> None:
        self.margin, self.category, self.empty = margin, category, empty
        what = "nobody has a weight" if empty else "the sums of weights do not settle"
        super().__init__(f"{what} in category {category} of margin {margin}")


def rake(
    weights: ArrayLike, categories: Sequence[ArrayLike], margins: Sequence[ArrayLike]
) -> Floats:
    """Return weights in proportion to given ones whose sums by category are known margins.

    Parameters
    ----------
    weights : array_like, shape (..., N)
        Weights to begin with; leading axes are those of replicates, each raked on its own.
    categories : sequence of array_like of int, shape (N,)
        Category of each row in each margin, from 0.
    margins : sequence of array_like, shape (J,)
        What the weights of each category sum to. All margins have one sum.

    Returns
    -------
    numpy.ndarray, shape (..., N)
        w_r times one factor for each category that the row is in.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or margins have different sums; `NotRaked`, which is one
        too, if nobody has a weight in a category, or the sums do not settle.

    Notes
    -----
    Deming and Stephan (Annals of Mathematical Statistics 11, 1940): margin after margin, weights
    are multiplied by what their sum lacks, until all sums are within 1e-12 of the margins. R's
    `survey::rake` goes the same way.

    Examples
    --------
    >>> rake([1.0, 1.0, 1.0, 1.0], [[0, 0, 1, 1], [0, 1, 0, 1]], [[3.0, 1.0], [2.0, 2.0]])
    array([1.5, 1.5, 0.5, 0.5])
    """
    w: Floats = np.array(weights, dtype=float)
    placed, sums = [], []
    for category, margin in zip(categories, margins, strict=True):
        place, total = np.asarray(category), np.asarray(margin, dtype=float)
        if place.shape != w.shape[-1:] or total.ndim != 1:
            raise ValueError(f"weights have shape {w.shape}, categories of a margin {place.shape}")
        if not np.all(np.isfinite(total) & (total >= 0)):
            raise ValueError("margins are not negative")
        placed.append((place[:, None] == np.arange(len(total))).astype(float))
        sums.append(total)
    whole = [total.sum() for total in sums]
    if not np.allclose(whole, whole[:1], rtol=1e-9):
        raise ValueError(f"all margins have one sum, not {', '.join(f'{x:g}' for x in whole)}")
    for _ in range(MOST_ROUNDS):
        worst, where = 0.0, (0, 0)
        for number, (member, total) in enumerate(zip(placed, sums, strict=True)):
            found = w @ member
            lacking = (found <= 0) & (total > 0)
            if lacking.any():
                raise NotRaked(number, int(np.argwhere(lacking)[0][-1]), empty=True)
            factor = np.divide(total, found, out=np.zeros_like(found), where=found > 0)
            off = np.where(total > 0, np.abs(factor - 1.0), 0.0)
            if (most := float(off.max())) > worst:
                worst, where = most, (number, int(off.reshape(-1, len(total)).max(axis=0).argmax()))
            w = w * (factor @ member.T)
        if worst <= CLOSE:
            return w
    raise NotRaked(*where, empty=False)
