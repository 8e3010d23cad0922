"""Coordinates of shares under the matched prior, in which NUTS can walk.

The prior holds shares together in three ways that have little to do with each other: those who hold
no goal beside all others, one goal beside the rest, and the rest among themselves, which alone may
be as alike as a large concentration makes them. So there is a log ratio of each, and each is scaled
by what it depends on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytensor.tensor as pt
from pymc.distributions.transforms import Transform

from bayes_misalign.families.simplex.log_dirichlet_pymc import NEWTON_STEPS, StretchedLogRatio
from bayes_misalign.models.independent.matched import NO_GOAL_BETA


class Split(NamedTuple):
    """Dirichlet parameters and counts of places that are compared with the last of them."""

    alpha: Any
    counts: Any


class LongTailedLogRatio(StretchedLogRatio):
    """Log ratio of the rarer goals to the most frequent one, which no concentration scales.

    Notes
    -----
    Where nobody may hold a rarer goal, half of the mass has an exponential tail of length one, for
    the goal that stands apart, and half a tail that is as long as those of the rarer goals among
    each other, which may be hundreds. On the left log(p_i / p_r) falls like an exponential of the
    coordinate, so that tails of any length lie within a few units.
    """

    name = "long_tailed_log_ratio"

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        centre, right, left, shift = self._shape(inputs)
        # with x = -y - shift: right x + left exp(x) = target, increasing and convex in x
        target = centre - right * shift - value[..., :-1] + value[..., -1:]
        ends = pt.maximum(pt.log(pt.maximum(target, 1e-9)), 0.0)
        x = pt.switch(left > 0, pt.minimum(target / right, ends), target / right)
        for _ in range(2 * NEWTON_STEPS):
            excess = right * x + left * pt.exp(x) - target
            x = x - excess / (right + left * pt.exp(x))
        return -x - shift

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        centre, right, left, shift = self._shape(inputs)
        ratio = centre + right * value - left * pt.exp(-value - shift)
        return pt.special.log_softmax(
            pt.concatenate([ratio, pt.zeros_like(ratio)], axis=-1), axis=-1
        )

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates (log ratios are the density's own measure)."""
        _, right, left, shift = self._shape(inputs)
        return pt.log(right + left * pt.exp(-value - shift)).sum(axis=-1)

    def _shape(self, inputs: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
        centre, right, left, shift = super()._shape(inputs)
        return centre, right, pt.gt(left, 0.0) * 1.0, shift


class NestedLogRatio(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Log ratios of no goal to goals, of the rarer goals to the most frequent, and among those.

    Notes
    -----
    Their Jacobian is that of plain log ratios. `shape` (population, place) is stated where places
    are not in the order of their ranks: what is gathered forgets its own.
    """

    name = "nested_log_ratio"

    def __init__(
        self, goals: int, apart: bool, uncertain: bool, shape: tuple[int, int] | None = None
    ) -> None:
        self.goals, self.apart, self.shape = goals, apart, shape
        one, long = StretchedLogRatio(uncertain), LongTailedLogRatio(uncertain)
        self.each = [one] * apart + [long] * (goals > 2) + [one] * (goals > 1)

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        order, splits = self._splits(inputs)
        value = self._gathered(value, order)
        parts = []
        if self.apart:
            parts.append(_beside(value[..., :1], value[..., 1:]))
            value = value[..., 1:]
        if self.goals > 2:
            parts.append(_beside(value[..., :-1], value[..., -1:]))
            value = value[..., :-1]
        if self.goals > 1:
            parts.append(value)
        y = [t.forward(p, *s) for t, p, s in zip(self.each, parts, splits, strict=True)]
        return pt.concatenate(y, axis=-1)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        order, splits = self._splits(inputs)
        parts = [t.backward(y, *s) for t, y, s in self._parts(value, splits)]
        logs = parts.pop() if self.goals > 1 else pt.zeros_like(parts[0][..., :1])
        if self.goals > 2:
            beside = parts.pop()
            logs = pt.concatenate([logs + beside[..., :1], beside[..., 1:]], axis=-1)
        if self.apart:
            beside = parts.pop()
            logs = pt.concatenate([beside[..., :1], logs + beside[..., 1:]], axis=-1)
        return self._gathered(logs, None if order is None else pt.argsort(order, axis=-1))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates (log ratios are the density's own measure)."""
        splits = self._splits(inputs)[1]
        return sum(t.log_jac_det(y, *s) for t, y, s in self._parts(value, splits))

    def _parts(self, value: Any, splits: list[Split]) -> list[tuple[Transform, Any, Split]]:
        """Return each log ratio, its coordinates, and what it depends on."""
        singles = len(splits) - (self.goals > 1)
        parts = [value[..., i : i + 1] for i in range(singles)] + [value[..., singles:]]
        return list(zip(self.each, parts, splits, strict=False))

    def _splits(self, inputs: tuple[Any, ...]) -> tuple[Any, list[Split]]:
        """Return the order of the places, and what each log ratio depends on."""
        alpha, counts, rank = inputs[-3:]
        order = None if self.shape is None else pt.argsort(rank, axis=-1)
        alpha, counts = self._gathered(alpha, order), self._gathered(counts, order)
        found = []
        if self.apart:
            own, others = NO_GOAL_BETA
            total = counts[..., 1:].sum(axis=-1, keepdims=True)
            beside = pt.zeros_like(alpha[..., :2]) + np.array([own, others])
            found.append(Split(beside, pt.concatenate([counts[..., :1], total], axis=-1)))
            alpha, counts = alpha[..., 1:], counts[..., 1:]
        if self.goals > 2:
            beside = pt.ones_like(alpha[..., :2])  # as where that one stands apart
            total = counts[..., :-1].sum(axis=-1, keepdims=True)
            found.append(Split(beside, pt.concatenate([total, counts[..., -1:]], axis=-1)))
            alpha, counts = alpha[..., :-1], counts[..., :-1]
        if self.goals > 1:
            found.append(Split(alpha, counts))
        return order, found

    def _gathered(self, x: Any, order: Any) -> Any:
        if order is None:
            return x
        assert self.shape is not None
        # one gather in the flattened tensor compiles much sooner than one along an axis
        rows, size = self.shape
        places = order + np.arange(rows)[:, None] * size
        return x.ravel()[places.ravel()].reshape(self.shape)


def _beside(some: Any, others: Any) -> Any:
    """Return the logarithms of two sums of shares."""
    sums = [pt.logsumexp(x, axis=-1, keepdims=True) for x in (some, others)]
    return pt.concatenate(sums, axis=-1)
