"""Goal shares under the matched prior on classes of goals, in the open PyMC model.

Shares of classes and shares within a class are variables of their own, each in the coordinates that
suit its counts: in one vector, an even split of two classes would be a ridge across its axes.
`in_classes` draws them exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.families.simplex.log_dirichlet_pymc import StretchedLogRatio
from bayes_misalign.models.independent import generative_matched as matched
from bayes_misalign.models.independent.given_shares import WITHIN, name_of
from bayes_misalign.models.independent.in_classes import (
    CLASS,
    member_dim,
    place_apart,
    place_of_no_goal,
)


class FrequentLast(StretchedLogRatio):
    """Log ratios to the most frequent category of each population, whatever its place.

    The shape (population, place) is stated, since what is gathered forgets its own, and with one
    population or two places nothing would tell which lengths of 1 broadcast.
    """

    name = "frequent_last_log_ratio"

    def __init__(self, uncertain: bool, shape: tuple[int, int]) -> None:
        super().__init__(uncertain)
        self.shape = shape

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        order, given = self._sorted(inputs)
        return super().forward(self._gathered(value, order), *given)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        order, given = self._sorted(inputs)
        return self._gathered(super().backward(value, *given), pt.argsort(order, axis=-1))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates."""
        return super().log_jac_det(value, *self._sorted(inputs)[1])

    def _sorted(self, inputs: tuple[Any, ...]) -> tuple[Any, tuple[Any, Any]]:
        """Return the order that puts the largest count last, parameters and counts in it."""
        alpha, counts = inputs[-2:]
        last = pt.eq(np.arange(self.shape[1])[None, :], counts.argmax(axis=-1)[:, None])
        order = pt.argsort(last, axis=-1, kind="stable")
        return order, (self._gathered(alpha, order), self._gathered(counts, order))

    def _gathered(self, x: Any, order: Any) -> Any:
        # one gather in the flattened tensor compiles much sooner than one along an axis
        rows, size = self.shape
        places = order + np.arange(rows)[:, None] * size
        return x.ravel()[places.ravel()].reshape(self.shape)


def declare_in_classes(
    classes: GoalClasses, categories: tuple[str, ...], counts: Any, name: str, *, uncertain: bool
) -> Any:
    """Add the shares of every population to the open model; return their logarithm (S, K).

    Counts (population, category), in the order of the categories, choose the coordinates.
    """
    places, model = classes.places(categories), pm.modelcontext(None)
    sums = pt.stack([pt.as_tensor(counts)[:, at].sum(axis=1) for at in places], axis=1)
    log_a = matched.log_concentration(name_of(len(classes.same)))
    model.add_coord(CLASS, [" + ".join(group) for group in classes.groups])
    of_class = _log_shares(
        f"log_{name}_of_class", log_a, place_apart(classes), sums, CLASS, uncertain
    )
    inner: Any = None
    if classes.merged:
        model.add_coord("class", classes.labels)
        inner = matched.log_concentration(WITHIN, "class")
    columns: list[Any] = [None] * len(categories)
    merged = 0
    for g, (at, group) in enumerate(zip(places, classes.groups, strict=True)):
        inside = None
        if len(at) > 1:
            merged += 1
            dim, apart = member_dim(merged), place_of_no_goal(group)
            model.add_coord(dim, group)
            own, held = inner[:, merged - 1], pt.as_tensor(counts)[:, at]
            inside = _log_shares(f"log_{name}_in_class_{merged}", own, apart, held, dim, uncertain)
        for i, column in enumerate(at):
            columns[column] = of_class[:, g] + (0.0 if inside is None else inside[:, i])
    return pt.stack(columns, axis=1)


def _log_shares(
    name: str, log_a: Any, apart: int | None, counts: Any, dim: str, uncertain: bool
) -> Any:
    """Add log shares of the columns of counts, in their order."""
    size = len(pm.modelcontext(None).coords[dim])
    rows = len(pm.modelcontext(None).coords["population"])
    counts = counts.reshape((rows, size))
    none = np.broadcast_to(np.arange(size) == (-1 if apart is None else apart), (rows, size))
    goals, transform = size - (apart is not None), FrequentLast(uncertain, (rows, size))
    return matched.matched_log_shares(name, log_a, none, goals, counts, uncertain, dim, transform)
