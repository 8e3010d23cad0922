"""Exact draws under the matched prior on classes of goals, and again within each class.

P(ma) depends on the shares of classes alone, so these have the prior; goals without any conflict
stand with those who hold none. Given counts the levels are independent: the counts of a class are
the sums of its goals', and shares within it are told by the counts within it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.models.independent.given_shares import WITHIN, given_log_shares, name_of
from bayes_misalign.models.independent.matched import draw_matched, log_evidence
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
CLASS = "class_of_goals"  # the dimension of all classes; merged ones alone are `class`
SMALLEST = 1e-300  # a share of zero, as a number that has a logarithm


def draw_in_classes(
    counts: Array,
    categories: tuple[str, ...],
    classes: GoalClasses,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Return draws as `draw_matched` does, and `log_concentration_within` (draw, S, merged)."""
    groups = classes.groups
    places = classes.places(categories)
    sums = np.stack([counts[:, at].sum(axis=1) for at in places], axis=1)
    found = draw_matched(sums, place_apart(classes), draws, rng)
    proportion = np.empty((draws, *counts.shape))
    within = []
    for g, at in enumerate(places):
        proportion[..., at] = found["proportion"][..., g : g + 1]
        if len(at) > 1:
            inside = draw_matched(counts[:, at], place_of_no_goal(groups[g]), draws, rng)
            proportion[..., at] *= inside["proportion"]
            within.append(inside["log_concentration"])
    given = {"proportion": proportion, "log_concentration": found["log_concentration"]}
    return {**given, "log_concentration_within": np.stack(within, axis=-1)} if within else given


def log_evidence_in_classes(
    counts: Array, categories: tuple[str, ...], classes: GoalClasses
) -> Array:
    """Return the log probability (S,) of agents with these goals, one after another."""
    places = classes.places(categories)
    sums = np.stack([counts[:, at].sum(axis=1) for at in places], axis=1)
    found = log_evidence(sums, place_apart(classes))
    for at, group in zip(places, classes.groups, strict=True):
        if len(at) > 1:
            found = found + log_evidence(counts[:, at], place_of_no_goal(group))
    return found


def free_variables(
    classes: GoalClasses, order: NDArray[np.intp], name: str, drawn: Mapping[str, Array]
) -> tuple[dict[str, tuple[tuple[str, ...], Array]], dict[str, tuple[str, ...]]]:
    """Return draws as the free variables of `generative_classes`, and labels of their dims."""
    rank = np.argsort(order, axis=-1)
    logs = np.log(np.maximum(drawn["proportion"], SMALLEST))
    found: dict[str, tuple[tuple[str, ...], Array]] = {}
    coords = {CLASS: tuple(" + ".join(group) for group in classes.groups)}
    of_class: list[Array] = []
    within: list[Array] = []
    for at in classes.places(classes.categories):
        of_class.append(np.logaddexp.reduce(logs[..., at], axis=-1))
        if len(at) > 1:
            merged = len(within) + 1
            dim = member_dim(merged)
            inside = logs[..., at] - of_class[-1][..., None]
            found[f"log_{name}_in_class_{merged}"] = (("population", dim), inside)
            coords[dim] = tuple(classes.categories[i] for i in at)
            within.append(_concentration(inside, place_of_no_goal(coords[dim]), rank[:, at]))
    logs = np.stack(of_class, axis=-1)
    found[f"log_{name}_of_class"] = (("population", CLASS), logs)
    of_classes = [rank[:, at].max(axis=1) for at in classes.places(classes.categories)]
    found[name_of(len(classes.same))] = (
        ("population",),
        _concentration(logs, place_apart(classes), np.stack(of_classes, axis=1)),
    )
    if within:
        found[WITHIN] = (("population", "class"), np.stack(within, axis=-1))
        coords["class"] = classes.labels
    return found, coords


def _concentration(log_shares: Array, none: int | None, rank: NDArray[np.intp]) -> Array:
    """Return draws of log A (draw, S) given log shares (draw, S, place) and ranks (S, place)."""
    places = np.arange(rank.shape[1]) == (-1 if none is None else none)
    order = np.argsort(np.where(places, -1, rank), axis=-1)
    sorted_logs = np.take_along_axis(log_shares, order[None], axis=-1)
    return given_log_shares(sorted_logs, places[order])


def member_dim(merged: int) -> str:
    """Return the name of the dimension of the goals of a merged class."""
    return f"goal_of_class_{merged}"


def place_apart(classes: GoalClasses) -> int | None:
    """Return the place of those who stand apart among the groups, if there are some."""
    return len(classes.same) if classes.apart else None


def place_of_no_goal(categories: tuple[str, ...]) -> int | None:
    """Return the place of "no goal", if it is one of the categories."""
    return categories.index(NO_GOAL) if NO_GOAL in categories else None
