"""Shares under the priors of `SharePrior`, of populations with agents in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.models.independent.concentration import draw_index
from bayes_misalign.models.independent.in_classes import place_apart, place_of_no_goal
from bayes_misalign.models.independent.matched import NO_GOAL_BETA, tables
from bayes_misalign.models.independent.paired import Ranked, Together

Array = NDArray[np.float64]


def with_index(together: Together, counts: Array) -> dict[str, Array]:
    """Return draws of `proportion` and `index` under the prior that is uniform on the index."""
    uniform = together.uniforms()
    index = np.stack([draw_index(n, uniform[:, s]) for s, n in enumerate(counts)], axis=1)
    alpha = (index / (1 - index))[..., None] / counts.shape[1]
    return {"proportion": together.gammas.resized(alpha + counts).shares(), "index": index}


def with_matched(
    together: Together, gammas: Ranked, counts: Array, no_goal: int | None
) -> dict[str, Array]:
    """Return draws as `matched.draw_matched` does.

    Notes
    -----
    A Beta share is one Gamma over the sum of two. Where the prior gives a sum of Gammas another
    size than that of the two has, the sum is taken at the same rank: shares of a sum of Gammas are
    independent of it (Lukacs, 1955), so that they stay independent of the Beta share.
    """
    goals = [i for i in range(counts.shape[1]) if i != no_goal]
    held, k = counts[:, goals], len(goals)
    n = held.sum(axis=1)
    which, where = together.uniforms(), together.uniforms()
    log_a, apart = np.empty(which.shape), np.empty(which.shape, np.intp)
    for populations, table in tables(held):
        for s in populations:
            apart[:, s], log_a[:, s] = table.at(held[s], which[:, s], where[:, s])
    is_apart = np.arange(k) == apart[..., None]
    stands = apart >= 0
    each = np.exp(log_a - np.log(np.maximum(k - stands, 1)))[..., None]
    own = gammas.of(goals).resized(held + np.where(is_apart, 1.0, each))
    if k > 1:  # one goal holds all, else those who stand together have a Beta share
        rest = Ranked(
            np.where(is_apart, -np.inf, own.logs), np.where(is_apart, 0.0, own.sizes)
        ).total()
        others = (n - np.where(is_apart, held, 0.0).sum(axis=-1)) + 1
        moved = rest.resized(np.where(stands, others, rest.sizes))
        logs = own.logs + np.where(is_apart, 0.0, (moved.logs - rest.logs)[..., None])
        together_sizes = np.where(stands, n + 2, own.sizes.sum(axis=-1))
        own = Ranked(logs, own.sizes)
        total = Ranked(np.logaddexp.reduce(logs, axis=-1), together_sizes)
    else:
        total = own.total()
    proportion = np.empty((together.draws, *counts.shape))
    proportion[..., goals] = own.shares()
    if no_goal is not None:
        first, second = NO_GOAL_BETA
        without = gammas.of([no_goal]).resized(counts[:, [no_goal]] + first).logs[..., 0]
        holders = total.resized(n + second).logs
        both = np.logaddexp(without, holders)
        proportion[..., goals] *= np.exp(holders - both)[..., None]
        proportion[..., no_goal] = np.exp(without - both)
    return {"proportion": proportion, "log_concentration": log_a}


def with_classes(
    together: Together, counts: Array, categories: tuple[str, ...], classes: GoalClasses
) -> dict[str, Array]:
    """Return draws as `in_classes.draw_in_classes` does."""
    places = classes.places(categories)
    of_class = [together.gammas.of(at).total() for at in places]
    whole = Ranked(
        np.stack([g.logs for g in of_class], axis=-1),
        np.stack([g.sizes for g in of_class], axis=-1),
    )
    sums = np.stack([counts[:, at].sum(axis=1) for at in places], axis=1)
    found = with_matched(together, whole, sums, place_apart(classes))
    proportion = np.empty((together.draws, *counts.shape))
    within = []
    for g, at in enumerate(places):
        proportion[..., at] = found["proportion"][..., g : g + 1]
        if len(at) > 1:
            apart = place_of_no_goal(classes.groups[g])
            inside = with_matched(
                together, together.renewed(together.gammas.of(at)), counts[:, at], apart
            )
            proportion[..., at] *= inside["proportion"]
            within.append(inside["log_concentration"])
    given = {"proportion": proportion, "log_concentration": found["log_concentration"]}
    return {**given, "log_concentration_within": np.stack(within, axis=-1)} if within else given
