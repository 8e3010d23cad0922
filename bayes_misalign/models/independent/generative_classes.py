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
from bayes_misalign.families.simplex.log_dirichlet_pymc import put_back, reference_last
from bayes_misalign.models.independent import generative_matched as matched
from bayes_misalign.models.independent.in_classes import place_apart, place_of_no_goal


def declare_in_classes(
    classes: GoalClasses, categories: tuple[str, ...], counts: Any, name: str, *, uncertain: bool
) -> Any:
    """Add the shares of every population to the open model; return their logarithm (S, K).

    Counts (population, category), in the order of the categories, choose the coordinates.
    """
    places = classes.places(categories)
    sums = _stack([counts[:, at].sum(axis=1) for at in places])
    log_a = matched.log_concentration("log_concentration")
    labels = [" + ".join(group) for group in classes.groups]
    _add_coord("class_place", len(labels))
    of_class = _log_shares(
        f"sorted_log_{name}_of_class", log_a, place_apart(classes), sums, "class_place", uncertain
    )
    pm.modelcontext(None).add_coord("class", classes.labels)
    inner: Any = None
    if classes.merged:
        inner = matched.log_concentration("log_concentration_within", "class")
    columns: list[Any] = [None] * len(categories)
    merged = 0
    for g, at in enumerate(places):
        log_share = [of_class[:, g]] * len(at)
        if len(at) > 1:
            place = f"place_in_class_{merged + 1}"
            _add_coord(place, len(at))
            inside = _log_shares(
                f"sorted_log_{name}_in_class_{merged + 1}",
                inner[:, merged],
                place_of_no_goal(classes.groups[g]),
                counts[:, at],
                place,
                uncertain,
            )
            log_share = [one + inside[:, i] for i, one in enumerate(log_share)]
            merged += 1
        for i, column in zip(at, log_share, strict=True):
            columns[i] = column
    return pt.stack(columns, axis=1)


def _log_shares(
    name: str, log_a: Any, apart: int | None, counts: Any, place: str, uncertain: bool
) -> Any:
    """Add shares of the columns of counts; return their logarithm in the order of the columns."""
    fixed = isinstance(counts, np.ndarray)
    order = reference_last(counts) if fixed else _reference_last(counts)
    ordered = (np if fixed else pt).take_along_axis(counts, order, axis=1)
    size = counts.shape[1] if fixed else counts.type.shape[1]
    ordered = ordered if fixed else pt.specify_shape(ordered, counts.type.shape)
    none = order < 0 if apart is None else pt.eq(order, apart) if not fixed else order == apart
    goals = size - (apart is not None)
    drawn = matched.matched_log_shares(name, log_a, none, goals, ordered, uncertain, place)
    return put_back(drawn, order)


def _reference_last(counts: Any) -> Any:
    """Return the order of `reference_last`, of counts that are data of the model."""
    shape = counts.type.shape
    last = pt.eq(pt.arange(shape[1])[None, :], counts.argmax(axis=1)[:, None])
    return pt.specify_shape(pt.argsort(last, axis=1, kind="stable"), shape)


def _stack(columns: list[Any]) -> Any:
    if isinstance(columns[0], np.ndarray):
        return np.stack(columns, axis=1)
    return pt.stack(columns, axis=1)


def _add_coord(name: str, size: int) -> None:
    labels = [f"{name.replace('_', ' ')} {i + 1}" for i in range(size)]
    pm.modelcontext(None).add_coord(name, labels)
