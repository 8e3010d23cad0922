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
from bayes_misalign.models.independent import generative_matched as matched
from bayes_misalign.models.independent.given_shares import WITHIN, name_of
from bayes_misalign.models.independent.in_classes import (
    CLASS,
    member_dim,
    place_apart,
    place_of_no_goal,
)


def declare_in_classes(
    classes: GoalClasses,
    categories: tuple[str, ...],
    counts: Any,
    order: Any,
    name: str,
    *,
    uncertain: bool,
    told: Any,
) -> Any:
    """Add the shares of every population to the open model; return their logarithm (S, K).

    Counts (population, category), in the order of the categories, choose the coordinates.
    """
    places, model = classes.places(categories), pm.modelcontext(None)
    counts, rank = pt.as_tensor(counts), pt.argsort(pt.as_tensor(order), axis=-1)
    sums = pt.stack([counts[:, at].sum(axis=1) for at in places], axis=1)
    rank_of_class = pt.stack([rank[:, at].max(axis=1) for at in places], axis=1)
    log_a = matched.log_concentration(name_of(len(classes.same)))
    model.add_coord(CLASS, [" + ".join(group) for group in classes.groups])
    part = {"uncertain": uncertain, "told": told}
    of_class = _log_shares(
        f"log_{name}_of_class", log_a, place_apart(classes), sums, rank_of_class, CLASS, part
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
            inside = _log_shares(
                f"log_{name}_in_class_{merged}",
                inner[:, merged - 1],
                apart,
                counts[:, at],
                rank[:, at],
                dim,
                part,
            )
        for i, column in enumerate(at):
            columns[column] = of_class[:, g] + (0.0 if inside is None else inside[:, i])
    return pt.stack(columns, axis=1)


def _log_shares(
    name: str, log_a: Any, apart: int | None, counts: Any, rank: Any, dim: str, part: dict[str, Any]
) -> Any:
    """Add log shares of the columns of counts, in their order."""
    model = pm.modelcontext(None)
    shape = (len(model.coords["population"]), len(model.coords[dim]))
    at = np.arange(shape[1]) == (-1 if apart is None else apart)
    none, goals = np.broadcast_to(at, shape), shape[1] - (apart is not None)
    rank = pt.switch(none, -1.0, rank.reshape(shape))
    counts = counts.reshape(shape)
    return matched.matched_log_shares(
        name, log_a, none, goals, counts, place=dim, rank=rank, **part
    )
