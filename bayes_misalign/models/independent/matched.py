"""Exact draws of goal shares under the matched prior, given counts.

The agents without a goal stand apart: p_0 ~ Beta(1/2, 1), and the k goals share the rest. With
probability 3/4 the shares r among holders are symmetric, r | A ~ Dirichlet(A/k, ..., A/k); with
probability 1/4 one goal j, each as likely, stands apart: r_j ~ Uniform(0, 1), and the others share
the rest by a Dirichlet(A/(k-1), ...). In both, A / (1 + A) ~ Beta(1, 1/2).

Given counts this is a mixture of 1 + k components. What each weighs is an integral over log A of a
Dirichlet-multinomial evidence; it is worked out on a grid, on which log A is then drawn too.
Components of goals with equal counts are one, and populations with the same counts share all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.simplex.draws import dirichlet_of
from bayes_misalign.families.simplex.log_gamma import betaln
from bayes_misalign.models.independent.concentration import (
    LEAST_LOG_CONCENTRATION,
    STEP,
    log_rising,
)

Array = NDArray[np.float64]

SYMMETRIC = 0.75  # prior probability that no goal stands apart
NO_GOAL_BETA = (0.5, 1.0)  # of the share of agents without a goal
# the tail of A / (1 + A) ~ Beta(1, 1/2) beyond A = n e^30 has a mass below 3e-7 / sqrt(n)
BEYOND = 30.0
FINEST = 0.3  # steps in the least spread that k goals leave to log A, about 1 / sqrt(k)
CELLS = 2e6  # of tables that are worked on at once
TINY = np.finfo(float).tiny
KEPT = 4096  # rows of rising factorials that are kept: other samples have the same counts


def log_prior(log_concentration: Array) -> Array:
    """Return the log density of log A where A / (1 + A) ~ Beta(1, 1/2)."""
    log_odds = -np.logaddexp(0, -log_concentration) - 0.5 * np.logaddexp(0, log_concentration)
    return np.asarray(log_odds - np.log(2))


class Grid(NamedTuple):
    """Equally spaced values of log A."""

    steps: int
    step: float

    @classmethod
    def of(cls, answers: float, goals: int) -> Grid:
        """Return the grid for this many answers and goals."""
        end = BEYOND + np.log(max(answers, 1.0))
        step = float(min(STEP, FINEST / np.sqrt(goals)))
        return cls(int(np.ceil((end - LEAST_LOG_CONCENTRATION) / step)), step)

    @property
    def log_a(self) -> Array:
        """Return log A, (steps + 1,)."""
        return np.asarray(LEAST_LOG_CONCENTRATION + self.step * np.arange(self.steps + 1))

    def rising(self, parts: int, counts: Array) -> Array:
        """Return log Gamma(A/parts + n) - log Gamma(A/parts) for each count n, (n, steps + 1)."""
        return np.stack([_rising(self, parts, float(n)) for n in counts])


def _rising(grid: Grid, parts: int, count: float) -> Array:
    """Return a row of rising factorials; grids of one step begin alike, and one has them all."""
    longest = _longest(grid.step, parts, count)
    if not longest or len(longest[0]) <= grid.steps:
        longest[:] = [log_rising(np.exp(grid.log_a) / parts, count)]
    return longest[0][: grid.steps + 1]


@lru_cache(maxsize=KEPT)
def _longest(step: float, parts: int, count: float) -> list[Array]:
    """Return where the longest row so far is kept."""
    del step, parts, count
    return []


def draw_matched(
    counts: Array, no_goal: int | None, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return draws of `proportion` (draw, S, K) and of `log_concentration` log A (draw, S).

    `no_goal` is the place of the agents without a goal among the categories, if it is one.
    """
    places = [i for i in range(counts.shape[1]) if i != no_goal]
    holders = counts[:, places]
    log_a = np.empty((draws, len(counts)))
    apart = np.empty((draws, len(counts)), dtype=np.intp)
    for populations, table in tables(holders):
        for s in populations:
            component, log_a[:, s] = table.draw(draws, rng)
            apart[:, s] = _goal(component, holders[s], table.values, rng)
    proportion = np.empty((draws, *counts.shape))
    block = max(int(CELLS / max(draws * counts.shape[1], 1)), 1)
    for first in range(0, len(counts), block):
        here = slice(first, first + block)
        proportion[:, here, places] = _shares(holders[here], log_a[:, here], apart[:, here], rng)
    if no_goal is not None:
        own, others = NO_GOAL_BETA
        without = rng.beta(
            own + counts[:, no_goal], others + holders.sum(axis=1), (draws, len(counts))
        )
        proportion[..., places] *= (1 - without)[..., None]
        proportion[..., no_goal] = without
    return {"proportion": proportion, "log_concentration": log_a}


def _shares(
    holders: Array, log_a: Array, apart: NDArray[np.intp], rng: np.random.Generator
) -> Array:
    """Return shares among holders of goals (draw, S, k), given log A and the goal apart or -1."""
    goals = holders.shape[1]
    if goals == 1:
        return np.ones((*log_a.shape, 1))
    stands = apart >= 0
    alpha = np.exp(log_a - np.log(goals - stands))[..., None] + holders
    shares = dirichlet_of(alpha, np.arange(goals) != apart[..., None], rng)
    draw, s = np.nonzero(stands)
    own = holders[s, apart[stands]]
    share = rng.beta(1 + own, 1 + holders.sum(axis=1)[s] - own)
    shares[draw, s] *= (1 - share)[:, None]
    shares[draw, s, apart[stands]] = share
    return shares


def symmetric_probability(counts: Array) -> Array:
    """Return the posterior probability (S,) that no goal stands apart, given counts (S, k)."""
    found = np.empty(len(counts))
    for populations, table in tables(np.asarray(counts, dtype=float)):
        found[populations] = table.weights[0] / table.weights.sum()
    return found


def log_evidence(counts: Array, no_goal: int | None) -> Array:
    """Return the log probability (S,) of agents with these goals, one after another."""
    places = [i for i in range(counts.shape[1]) if i != no_goal]
    holders, found = counts[:, places], np.zeros(len(counts))
    for populations, table in tables(holders):
        found[populations] = table.log_evidence
    if no_goal is not None:
        own, others = NO_GOAL_BETA
        without = betaln(own + counts[:, no_goal], others + holders.sum(axis=1))
        found += without - betaln(own, others)
    return found


class Table(NamedTuple):
    """What the counts of one population say of log A, for each component of the mixture."""

    grid: Grid
    cumulative: Array  # (component, G): masses of cells of log A, summed over all before
    values: Array  # (component - 1,): the count of the goal that stands apart
    weights: Array  # (component,)
    top: float  # log of what the masses were divided by

    @property
    def log_evidence(self) -> float:
        """Log probability of the counts, all agents holding goals."""
        several = self.weights.size > 1 or self.values.size
        return self.top + float(np.log(self.weights.sum() * (SYMMETRIC if several else 1.0)))

    def at(self, goals: Array, which: Array, where: Array) -> tuple[NDArray[np.intp], Array]:
        """Return the goal that stands apart, -1 for none, and log A, at uniform numbers (draw,).

        Components follow each other in the order of the goals, whose counts are `goals` (k,).
        """
        own, times = np.unique(goals, return_inverse=True, return_counts=True)[1:]
        own, times = (own.ravel() + 1, times) if len(self.values) else (own[:0], times)
        weights = np.concatenate([self.weights[:1], self.weights[own] / times[own - 1]])
        ends = np.cumsum(weights)
        goal = np.searchsorted(ends, which * ends[-1], side="right").clip(max=len(own)) - 1
        log_a = np.empty(len(which))
        for one in np.unique(goal):
            here, component = goal == one, own[one] if one >= 0 else 0
            masses = self.cumulative[component]
            before = self.cumulative[component - 1, -1] if component else 0.0
            inside = np.concatenate([[0.0], masses[1:] - before])
            log_a[here] = np.interp(where[here] * inside[-1], inside, self.grid.log_a)
        return goal, log_a

    def draw(self, draws: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], Array]:
        """Return draws of the component, and of log A."""
        flat = self.cumulative.ravel()
        u = rng.random(draws) * flat[-1]
        cell = np.minimum(np.searchsorted(flat, u, side="right"), flat.size - 1)
        before = np.where(cell > 0, flat[cell - 1], 0.0)
        inside = (u - before) / np.maximum(flat[cell] - before, TINY)
        component, place = np.divmod(cell, self.grid.steps + 1)
        # the first cell of a component is empty: a cell ends at its place of the grid
        left = LEAST_LOG_CONCENTRATION + self.grid.step * np.maximum(place - 1, 0)
        return component, left + np.clip(inside, 0, 1) * self.grid.step


def _goal(
    component: NDArray[np.intp], counts: Array, values: Array, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return which goal stands apart, one of those with the component's count; -1 for none."""
    of_component, several = np.full(len(values) + 1, -1, dtype=np.intp), []
    for c, value in enumerate(values, 1):
        goals = np.flatnonzero(counts == value)
        of_component[c] = goals[0]
        if len(goals) > 1:
            several.append((c, goals))
    goal = of_component[component]
    for c, goals in several:
        here = component == c
        if number := int(here.sum()):
            goal[here] = rng.choice(goals, number)
    return goal


def tables(counts: Array) -> Iterator[tuple[NDArray[np.intp], Table]]:
    """Yield populations whose counts (S, k) are the same in some order, and their table."""
    rows, row_of = np.unique(np.sort(counts, axis=1), axis=0, return_inverse=True)
    populations = np.split(
        np.argsort(row_of.ravel(), kind="stable"), np.cumsum(np.bincount(row_of.ravel()))[:-1]
    )
    grid = Grid.of(float(counts.sum(axis=1).max()), counts.shape[1])
    block = max(int(CELLS / grid.steps / min(counts.shape[1], 64)), 1)
    for first in range(0, len(rows), block):
        made = _components(rows[first : first + block], grid)
        yield from zip(populations[first : first + block], made, strict=True)


def _components(rows: Array, grid: Grid) -> Iterator[Table]:
    """Yield the table of each row of counts."""
    goals = rows.shape[1]
    values, place = np.unique(rows, return_inverse=True)
    place = place.reshape(rows.shape)
    times = np.zeros((len(rows), values.size))
    np.add.at(times, (np.arange(len(rows))[:, None], place), 1.0)
    totals = rows.sum(axis=1)
    prior = log_prior(grid.log_a)
    prior = prior - np.log(np.exp(prior).sum())
    symmetric = times @ grid.rising(goals, values) - grid.rising(1, totals) + prior
    tops = symmetric.max(axis=1)
    # one row of the second table for each population and each of its distinct counts
    at, which = np.nonzero(times) if goals > 1 else np.zeros((2, 0), dtype=np.intp)
    if at.size:
        each = grid.rising(goals - 1, values)
        left, left_of = np.unique(totals[at] - values[which], return_inverse=True)
        others = (times @ each)[at] - each[which] - grid.rising(1, left)[left_of.ravel()] + prior
        own = values[which]
        weigh = np.log(times[at, which]) + betaln(1 + own, 1 + totals[at] - own)
        others += (weigh + np.log((1 - SYMMETRIC) / (SYMMETRIC * goals)))[:, None]
        np.maximum.at(tops, at, others.max(axis=1))
    ends = np.searchsorted(at, np.arange(len(rows)), side="right")
    for d, row in enumerate(symmetric):
        mine = slice(ends[d - 1] if d else 0, ends[d])
        density = np.vstack([row, others[mine]]) if at.size else row[None].copy()
        density -= tops[d]
        np.exp(density, out=density)
        cells = np.empty_like(density)
        cells[:, 0] = 0.0
        np.add(density[:, 1:], density[:, :-1], out=cells[:, 1:])
        cells[:, 1:] /= 2
        weights = cells.sum(axis=1)
        cumulative = np.cumsum(cells.ravel(), out=density.ravel()).reshape(cells.shape)
        yield Table(grid, cumulative, values[which[mine]], weights, float(tops[d]))
