"""Coordinates of shares under the matched prior, in which NUTS can walk.

Shares are split in two again and again: those who hold no goal from all others, the most frequent
goal from the rarer ones, the next from the rarer still. One goal may stand apart from the rest, so
that of all splits only those among the rest may be as even as a large concentration makes them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.transforms import Transform

from bayes_misalign.families.simplex.log_dirichlet_pymc import StretchedLogRatio

NEWTON_STEPS = 12
ONE_ANSWER = 1.0  # the least that a side of a split is worth, which sets the width of its middle


class Split(NamedTuple):
    """Dirichlet parameters and counts of the rarer side of a split and of the other, (S, 1)."""

    alpha: tuple[Any, Any]
    counts: tuple[Any, Any]


class LongTailed:
    """Log ratio of the two sides of a split, with tails of any length within a few units.

    Notes
    -----
    Where nobody may be on a side, the logarithm of its share has a tail, of length one if another
    goal stands apart and of hundreds if the concentration is small, and often both at once. So the
    log ratio is linear in the middle, with the spread of log Gamma variates, and exponential in the
    tails. Where counts are uncertain, any side may be empty for all that they say; its tail begins
    where it would if nobody were counted.
    """

    def __init__(self, uncertain: bool) -> None:
        self.uncertain = uncertain

    def forward(self, value: Any, split: Split) -> Any:
        """Return the coordinate of a log ratio (used for starting points only)."""
        centre, width, low, high = self._shape(split)
        target = value - centre
        far = pt.abs(target) / width
        ends = pt.switch(target < 0, low, high)
        y = pt.sign(target) * pt.minimum(far, pt.maximum(ends, 0.0) + pt.log1p(pt.abs(target)))
        for _ in range(NEWTON_STEPS):
            left, right = pt.exp(-y - low), pt.exp(y - high)
            y = y - (width * y - left + right - target) / (width + left + right)
        return y

    def backward(self, y: Any, split: Split) -> Any:
        """Return the log ratio at a coordinate."""
        centre, width, low, high = self._shape(split)
        return centre + width * y - pt.exp(-y - low) + pt.exp(y - high)

    def log_slope(self, y: Any, split: Split) -> Any:
        """Return the logarithm of its derivative."""
        _, width, low, high = self._shape(split)
        return pt.log(width + pt.exp(-y - low) + pt.exp(y - high))

    def _shape(self, split: Split) -> tuple[Any, Any, Any, Any]:
        """Return centre and width of the middle, and where the tails begin on the left and right.

        What never begins does so at infinity.
        """
        held = [
            pt.maximum(a, ONE_ANSWER) + n for a, n in zip(split.alpha, split.counts, strict=True)
        ]
        width = pt.sqrt(1 / held[0] + 1 / held[1])
        begins = [
            pt.log(h / ONE_ANSWER) / width
            if self.uncertain
            else pt.switch(pt.eq(n, 0), pt.log(h / ONE_ANSWER) / width, np.inf)
            for h, n in zip(held, split.counts, strict=True)
        ]
        return pt.log(held[0] / held[1]), width, begins[0], begins[1]


class Stretched:
    """Log ratio of two goals whose concentration is a variable of its own, which scales tails."""

    def __init__(self, uncertain: bool) -> None:
        self.one = StretchedLogRatio(uncertain)

    def forward(self, value: Any, split: Split) -> Any:
        """Return the coordinate of a log ratio (used for starting points only)."""
        logs = pt.concatenate([value, pt.zeros_like(value)], axis=-1)
        return self.one.forward(logs, *_joined(split))

    def backward(self, y: Any, split: Split) -> Any:
        """Return the log ratio at a coordinate."""
        logs = self.one.backward(y, *_joined(split))
        return logs[..., :1] - logs[..., 1:]

    def log_slope(self, y: Any, split: Split) -> Any:
        """Return the logarithm of its derivative."""
        return self.one.log_jac_det(y, *_joined(split))[..., None]


def _joined(split: Split) -> list[Any]:
    return [pt.concatenate(list(sides), axis=-1) for sides in split]


class SplitAgain(Transform):  # type: ignore[misc]  # pymc has no annotations
    """A log ratio of each split, in the order of the ranks of the places.

    Notes
    -----
    Their Jacobian is that of plain log ratios. `shape` (population, place) is stated where places
    are not in the order of their ranks: what is gathered forgets its own.
    """

    name = "split_again"

    def __init__(
        self, goals: int, apart: bool, uncertain: bool, shape: tuple[int, int] | None = None
    ) -> None:
        self.goals, self.apart, self.shape = goals, apart, shape
        tailed, two = LongTailed(uncertain), Stretched(uncertain)
        self.ways: list[Any] = [tailed] * apart + ([two] if goals == 2 else [tailed] * (goals - 1))

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        order, splits = self._splits(inputs)
        value = self._gathered(value, order)
        ratios = []
        if self.apart:
            ratios.append(value[..., :1] - _log_sum(value[..., 1:]))
            value = value[..., 1:]
        for last in range(self.goals - 1, 0, -1):
            ratios.append(_log_sum(value[..., :last]) - value[..., last : last + 1])
        each = zip(self.ways, ratios, splits, strict=True)
        y = [way.forward(ratio, split) for way, ratio, split in each]
        return pt.concatenate(y, axis=-1)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        order, splits = self._splits(inputs)
        ratios = [way.backward(y, split) for way, y, split in self._each(value, splits)]
        logs, left = [], pt.zeros_like(value[..., :1])
        if self.apart:
            none = ratios.pop(0)
            logs.append(-pt.softplus(-none))
            left = -pt.softplus(none)
        taken = []
        for ratio in ratios:
            taken.append(left - pt.softplus(ratio))
            left = left - pt.softplus(-ratio)
        sorted_logs = pt.concatenate([*logs, left, *taken[::-1]], axis=-1)
        return self._gathered(sorted_logs, None if order is None else pt.argsort(order, axis=-1))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates (log ratios are the density's own measure)."""
        splits = self._splits(inputs)[1]
        slopes = [way.log_slope(y, split) for way, y, split in self._each(value, splits)]
        return pt.concatenate(slopes, axis=-1).sum(axis=-1)

    def _each(self, value: Any, splits: list[Split]) -> list[tuple[Any, ...]]:
        """Return how each ratio is shown, its coordinate, and what it depends on."""
        parts = [value[..., i : i + 1] for i in range(len(splits))]
        return list(zip(self.ways, parts, splits, strict=True))

    def _splits(self, inputs: tuple[Any, ...]) -> tuple[Any, list[Split]]:
        """Return the order of the places, and what each log ratio depends on."""
        alpha, counts, rank = inputs[-3:]
        order = None if self.shape is None else pt.argsort(rank, axis=-1)
        alpha, counts = self._gathered(alpha, order), self._gathered(counts, order)
        found, one = [], pt.ones_like(alpha[..., :1])
        if self.apart:
            total = counts[..., 1:].sum(axis=-1, keepdims=True)
            found.append(Split((one, one), (counts[..., :1], total)))
            alpha, counts = alpha[..., 1:], counts[..., 1:]
        for last in range(self.goals - 1, 0, -1):
            rarer = counts[..., :last].sum(axis=-1, keepdims=True)
            both = (alpha[..., :1] * last, alpha[..., :1])
            # the most frequent goal may stand apart, and no concentration holds it then
            alphas = (one, one) if last == self.goals - 1 > 1 else both
            found.append(Split(alphas, (rarer, counts[..., last : last + 1])))
        return order, found

    def _gathered(self, x: Any, order: Any) -> Any:
        if order is None:
            return x
        assert self.shape is not None
        # one gather in the flattened tensor compiles much sooner than one along an axis
        rows, size = self.shape
        places = order + np.arange(rows)[:, None] * size
        return x.ravel()[places.ravel()].reshape(self.shape)


def _log_sum(logs: Any) -> Any:
    return pt.logsumexp(logs, axis=-1, keepdims=True)
