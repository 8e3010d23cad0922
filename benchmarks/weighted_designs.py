"""Populations and the samples that are drawn from them with weights, for `weights_coverage.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weigh = Callable[[NDArray[np.int64], np.random.Generator], Array]


@dataclass(frozen=True)
class Design:
    """A design of one truth: goal shares, and how agents come into a sample.

    Parameters
    ----------
    name : str
        What it is called.
    shares : (K,) ndarray
        Goal shares of the population.
    mean_weight : (K,) ndarray
        Mean weight of the sampled holders of each goal; they are sampled less often by that much.
    weigh : callable
        Weights of sampled agents, given the numbers of their goals, with these means.
    strata : (H, K) ndarray, optional
        Goal shares of strata that are sampled apart, in place of the two above.
    sizes, sampled : (H,) ndarray, optional
        Shares of the strata in the population, and in every sample.
    """

    name: str
    shares: Array
    mean_weight: Array | None = None
    weigh: Weigh | None = None
    strata: Array | None = None
    sizes: Array | None = None
    sampled: Array | None = None

    def sums(
        self, agents: int, samples: int, rng: np.random.Generator
    ) -> tuple[Array, Array, Array]:
        """Return counts, sums of weights and of squared weights of samples, (sample, K)."""
        k = len(self.shares)
        if self.strata is not None and self.sizes is not None and self.sampled is not None:
            of_stratum = np.rint(agents * self.sampled).astype(int)
            of_stratum[-1] = agents - of_stratum[:-1].sum()
            counts = np.zeros((samples, k))
            sums, squares = counts.copy(), counts.copy()
            for shares, size, n in zip(self.strata, self.sizes, of_stratum, strict=True):
                found = rng.multinomial(n, shares, size=samples)
                weight = size / n
                counts, sums = counts + found, sums + weight * found
                squares = squares + weight**2 * found
            return counts, sums, squares
        assert self.mean_weight is not None
        assert self.weigh is not None
        sampled = self.shares / self.mean_weight
        goals = rng.choice(k, size=(samples, agents), p=sampled / sampled.sum())
        weights = self.weigh(goals, rng)
        place = (np.arange(samples)[:, None] * k + goals).ravel()
        found = (
            np.bincount(place, x, minlength=samples * k).reshape(samples, k)
            for x in (np.ones(goals.size), weights.ravel(), weights.ravel() ** 2)
        )
        counts, sums, squares = found
        return counts, sums, squares


def lognormal(mean: Array, spread: float) -> Weigh:
    """Return lognormal weights of this mean by goal and this sd of their logarithm."""
    return lambda goals, rng: (
        mean[goals] * np.exp(spread * rng.standard_normal(goals.shape) - spread**2 / 2)
    )


def by_goal(name: str, shares: Array, mean: Array, spread: float = 0.0) -> Design:
    """Return a design in which the holders of goals have these mean weights."""
    return Design(name, shares, mean, lognormal(mean, spread))


def stratified(name: str, strata: Array, sizes: Array, sampled: Array) -> Design:
    """Return a design of strata that are sampled at rates of their own."""
    return Design(name, sizes @ strata, None, None, strata, sizes, sampled)


def shifted(shares: Array, by: float) -> Array:
    """Return shares of three strata around these, the first goal held more and less often."""
    tilt = np.ones((3, len(shares)))
    tilt[:, 0] = [1 + by, 1.0, 1 / (1 + by)]
    rows = shares * tilt
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def heavy_few(goals: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Return weights of mean 1 of which one in ten is ten times the others."""
    heavy = rng.random(goals.shape) < 0.1
    return np.where(heavy, 10.0, 1.0) / 1.9


SHAPES: dict[str, Array] = {
    "two, 70 %": np.array([0.7, 0.3]),
    "two, 90 %": np.array([0.9, 0.1]),
    "three, 50 %": np.array([0.5, 0.3, 0.2]),
    "three, 80 %": np.array([0.8, 0.15, 0.05]),
    "eight, Zipf": 1 / np.arange(1, 9) / (1 / np.arange(1, 9)).sum(),
    "eight, 60 %": np.array([0.6, *[0.4 / 7] * 7]),
}
HELD_OUT_SHAPES: dict[str, Array] = {
    "two, 80 %": np.array([0.2, 0.8]),
    "three, 65 %": np.array([0.65, 0.05, 0.3]),
    "five": np.array([0.35, 0.3, 0.2, 0.1, 0.05]),
    "eight, two big": np.array([0.4, 0.35, *[0.25 / 6] * 6]),
}


def usual(shares: Array) -> list[Design]:
    """Return the designs of the table."""
    k = len(shares)
    first, last = np.ones(k), np.ones(k)
    first[0], last[-1] = 4.0, 4.0
    return [
        by_goal("first goal sampled a fourth as often", shares, first),
        by_goal("first goal sampled four times as often", shares, 1 / first),
        stratified(
            "three strata, the smallest sampled most",
            shifted(shares, 1.0),
            np.array([0.2, 0.3, 0.5]),
            np.array([0.5, 0.3, 0.2]),
        ),
        by_goal("lognormal, without regard to goals", shares, np.ones(k), 0.8),
    ]


def held_out(shares: Array) -> list[Design]:
    """Return designs that played no part in choosing anything."""
    k = len(shares)
    return [
        by_goal(
            "lognormal, every second goal thrice as often", shares, 3.0 ** (np.arange(k) % 2), 0.6
        ),
        Design("one in ten weighs ten times as much", shares, np.ones(k), heavy_few),
        stratified(
            "two strata, one sampled nine times as often",
            shifted(shares, 0.6)[[0, 2]],
            np.array([0.5, 0.5]),
            np.array([0.9, 0.1]),
        ),
    ]
