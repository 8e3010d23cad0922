"""What is kept of the draws of shares in very many populations, worked out a block at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference import blocks
from bayes_misalign.inference.draw_blocks import in_double
from bayes_misalign.measure.shapes import bilinear, proper_conflict
from bayes_misalign.page.many_estimates import numbers_of
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
TILE = 64  # draws that are turned at once, so that the cache holds where they are written


class SummedShares:
    """What is kept of the draws of shares: P(ma), numbers of each share, and the union's shares.

    `kind` is that of the numbers of shares, as they are drawn; so it is that of P(ma).
    """

    def __init__(
        self,
        study: Study,
        weights: Array | None,
        conflict: Any,
        mean: Array,
        keep: set[int],
        kind: type[np.floating[Any]] = np.float64,
    ) -> None:
        draws = blocks.total(study)
        populations, goals = len(study.goals.populations), len(study.goals.categories)
        self.kind, self.worth = study.reporting.interval, study.goals.worth
        self.misalignment: NDArray[Any] = np.empty((draws, populations), dtype=kind)
        # checked once; shares that were drawn are proper
        self.conflict, self.mean_conflict = proper_conflict(conflict), proper_conflict(mean)
        self.keep = keep
        self.kept: dict[int, NDArray[Any]] = {}  # draws (draw, goal) of some populations
        # of P(ma) under mean conflict, by which the prior is compared
        self.mean, self.sd = np.empty(populations), np.empty(populations)
        ends = ("lower", "upper") if self.kind.kind == "eti" else ()
        names = ("mean", "sd", "median", *ends)
        self.shares = {name: np.empty((populations, goals)) for name in names}
        self.weights = weights
        self.union = None if weights is None else np.zeros((draws, goals))

    def take(self, places: NDArray[np.intp], shares: NDArray[Any]) -> Array | None:
        """Take the draws (draw, S, goal) of a block; return its part (draw, goal) of the union.

        Several blocks may be taken at a time: each has places of its own.
        """
        draws, populations, goals = shares.shape
        rows = as_rows(shares)
        self.misalignment[:, places] = drawn = self._misalignment(shares, rows)
        if np.ndim(self.conflict) > 2 and len(self.conflict) > 1:
            drawn = np.asarray(bilinear(shares, self.mean_conflict, shares))
        self.mean[places], self.sd[places] = drawn.mean(axis=0), drawn.std(axis=0)
        of_each = rows.reshape(-1, draws)
        numbers = numbers_of(of_each, draws, self.kind, independent=True, worth=self.worth)
        for i, s in enumerate(places):
            if s in self.keep:
                self.kept[int(s)] = shares[:, i].copy()
        for name, values in self.shares.items():
            values[places] = numbers[name].reshape(populations, goals)
        if self.weights is None:
            return None
        own, shares = self.weights[..., places], in_double(shares)
        each = "s,dsk->dk" if own.ndim == 1 else "ds,dsk->dk"
        return np.asarray(np.einsum(each, own, shares))

    def _misalignment(self, shares: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
        """Return P(ma), (draw, S), of draws of shares.

        Those of single precision are rows (S, goal, draw), which one matrix is multiplied with.
        """
        known = self.mean_conflict if len(self.conflict) == 1 or self.conflict.ndim == 2 else None
        if shares.dtype == np.float64 or not isinstance(known, np.ndarray):
            shares = in_double(shares)
            return np.asarray(bilinear(shares, self.conflict, shares))
        found = np.empty((len(rows), rows.shape[-1]), dtype=rows.dtype)
        levels = known.astype(rows.dtype)
        for own, into in zip(rows, found, strict=True):
            np.sum((levels @ own) * own, axis=0, out=into)
        return found.T

    def add(self, of_union: Array | None) -> None:
        """Add a part of the union's shares, in the order of blocks: a sum depends on it."""
        if self.union is not None and of_union is not None:
            self.union += of_union


def as_rows(shares: NDArray[Any]) -> NDArray[Any]:
    """Return draws (draw, S, goal) as contiguous rows (S, goal, draw), which they may be."""
    rows = shares.transpose(1, 2, 0)
    if rows.flags.c_contiguous:
        return rows
    return turned(shares.reshape(len(shares), -1)).reshape(rows.shape)


def turned(draws: NDArray[Any]) -> NDArray[Any]:
    """Return draws (draw, number) as contiguous rows (number, draw)."""
    rows = np.empty(draws.shape[::-1], dtype=draws.dtype)
    for start in range(0, len(draws), TILE):
        rows[:, start : start + TILE] = draws[start : start + TILE].T
    return rows
