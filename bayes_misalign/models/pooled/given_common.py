"""Exact draws of what populations have in common before the data, and of their shares given it.

Given the spread and the mean shares, populations are independent and their shares Dirichlet. The
spread v is the root of the intra-class correlation 1 / (1 + A) of a Dirichlet(A mu): of two agents
of one population rather than of two, that is the excess of the probability that they share a goal,
as a part of its largest. Where populations are in groups, g is the part of v^2 that is between
groups: the groups' means are Dirichlet(D mu), the shares Dirichlet(A m) about the mean m of their
group, 1 / (1 + D) = g v^2 and (1 - 1 / (1 + A)) (1 - 1 / (1 + D)) = 1 - v^2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.families.simplex.draws import dirichlet, sorted_logs
from bayes_misalign.families.simplex.quick_draws import quick_dirichlet
from bayes_misalign.models.pooled.groups import order_of_mean
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]

SPREAD, UNEVENNESS, MEAN = "population_spread", "mean_unevenness", "mean_share"
NO_GOAL_MEAN, LOG_OF_GOALS, MEAN_PLACE = "mean_no_goal", "sorted_log_mean", "place_of_mean"
GROUP_PART, GROUP_MEAN = "group_part", "group_mean_share"
LOG_OF_GROUPS, LOG_OF_ALL, GOAL_OF_MEAN = "log_group_mean", "log_mean", "goal_of_mean"
NO_GOAL_BETA = (0.5, 1.0)  # of the mean share of agents without a goal, as of one population
CELLS = 2e6  # of tables that are worked on at once
LEAST = 1e-8  # a spread below it is none: 1 / v^2 still has digits beside the counts
SMALLEST = 1e-300  # of a Dirichlet parameter


def concentration(spread: Array) -> Array:
    """Return the concentration A = 1 / v^2 - 1 that belongs to a spread v."""
    v = np.maximum(spread, LEAST)
    return np.asarray((1 - v) * (1 + v) / v**2)


def concentrations(spread: Array, part: Array) -> tuple[Array, Array]:
    """Return A within groups and D between them, of a spread v and the part g between groups."""
    between, within = part * spread**2, (1 - part) * spread**2
    alike = (1 - spread) * (1 + spread)
    a = alike / np.maximum(within, LEAST**2)
    return np.asarray(a), np.asarray((alike + within) / np.maximum(between, LEAST**2))


def of_populations(priors: PooledShares, common: Mapping[str, Array]) -> Array:
    """Return the concentration A of populations about their mean, or about that of their group."""
    if priors.groups:
        return concentrations(common[SPREAD], common[GROUP_PART])[0]
    return concentration(common[SPREAD])


def free_variables(
    priors: PooledShares,
    categories: tuple[str, ...],
    order: NDArray[np.intp],
    name: str,
    drawn: Mapping[str, Array],
) -> FreeVariables:
    """Return draws as the free variables of `generative`."""
    places = tuple(f"place {i + 1}" for i in range(order.shape[1]))
    found: dict[str, Any] = {
        f"sorted_log_{name}": (("population", "place"), sorted_logs(drawn["proportion"], order)),
        SPREAD: ((), drawn[SPREAD]),
        UNEVENNESS: ((), drawn[UNEVENNESS]),
    }
    coords: dict[str, tuple[str, ...]] = {"place": places}
    if priors.groups:
        own = np.broadcast_to(np.arange(len(categories)), drawn[GROUP_MEAN].shape[1:])
        found[GROUP_PART] = ((), drawn[GROUP_PART])
        found[LOG_OF_GROUPS] = (("group", "goal"), sorted_logs(drawn[GROUP_MEAN], own))
        coords |= {"group": priors.groups, "goal": categories}
    goals = len(categories) - (NO_GOAL in categories)
    mean = drawn[MEAN]
    if goals < len(categories):
        found[NO_GOAL_MEAN] = ((), mean[:, goals])
    if goals > 1:
        place = np.arange(goals) if priors.groups else order_of_mean(order, goals)
        logs = sorted_logs(mean[:, None, :goals], place[None])[:, 0]
        if priors.groups:
            found[LOG_OF_ALL] = ((GOAL_OF_MEAN,), logs)
            coords[GOAL_OF_MEAN] = categories[:goals]
        else:
            found[LOG_OF_GOALS] = ((MEAN_PLACE,), logs)
            coords[MEAN_PLACE] = places[:goals]
    return FreeVariables(found, coords)


def draw_common(
    priors: PooledShares, categories: tuple[str, ...], draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of spread, unevenness of the mean shares, and these shares.

    Of populations in groups also the part between groups and their mean shares (draw, group, goal).
    """
    spread = rng.beta(1.0, priors.alike, draws)
    unevenness = rng.beta(1.0, priors.even, draws)
    goals = [i for i, label in enumerate(categories) if label != NO_GOAL]
    mean = np.zeros((draws, len(categories)))
    each = np.maximum(concentration(unevenness) / len(goals), SMALLEST)
    mean[:, goals] = dirichlet(np.repeat(each[:, None], len(goals), axis=1), rng)
    if len(goals) < len(categories):
        none = rng.beta(*NO_GOAL_BETA, size=draws)
        mean *= (1 - none)[:, None]
        mean[:, categories.index(NO_GOAL)] = none
    found = {SPREAD: spread, UNEVENNESS: unevenness, MEAN: mean}
    if priors.groups:
        part = rng.beta(1.0, priors.alike_groups, draws)
        alpha = np.maximum(concentrations(spread, part)[1][:, None] * mean, SMALLEST)
        of_groups = np.repeat(alpha[:, None], len(priors.groups), axis=1)
        found |= {GROUP_PART: part, GROUP_MEAN: dirichlet(of_groups, rng)}
    return found


def draw_quickly(
    priors: PooledShares, counts: Array, common: Mapping[str, Array], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the same for very many populations, in single precision, (S, K, draw)."""
    total = of_populations(priors, common)
    if not priors.groups:
        return quick_dirichlet((total[:, None] * common[MEAN]).T, counts, rng)
    alpha = (total[:, None, None] * common[GROUP_MEAN]).transpose(1, 2, 0)
    return quick_dirichlet(alpha[priors.group_of], counts, rng)


def draw_given(
    priors: PooledShares, counts: Array, common: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    """Return a draw of the shares (draw, S, K) given counts (S, K) for each draw in common."""
    counts = np.asarray(counts, dtype=float)
    mean = common[GROUP_MEAN] if priors.groups else common[MEAN][:, None]
    alpha = np.maximum(of_populations(priors, common)[:, None, None] * mean, SMALLEST)
    shares = np.empty((len(alpha), *counts.shape))
    block = max(int(CELLS / max(alpha[:, 0].size, 1)), 1)
    for first in range(0, len(counts), block):
        here = slice(first, first + block)
        own = alpha[:, priors.group_of[here]] if priors.groups else alpha
        dirichlet(own + counts[here], rng, out=shares[:, here])
    return {"proportion": shares}
