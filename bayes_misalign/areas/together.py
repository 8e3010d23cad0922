"""Conflict in any of several problem areas, and in which areas conflicts go together.

What the same agents answered in all of them is what tells: two agents who conflict in one area may
be those who conflict in the next, or others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.frames import Framed

Array = NDArray[np.float64]
UNSEEN = 1.0  # answers that joint answers nobody gave are worth, before the data
AT_ONCE = 1 << 22  # numbers of conflict between joint answers that are made at once


@dataclass(frozen=True)
class Joint:
    """Draws of how conflict in several areas hangs together.

    Parameters
    ----------
    any : (draw,) ndarray
        Probability that two agents conflict in at least one of the areas.
    each : (draw, area) ndarray
        Probability that they do in each.
    both : (draw, area, area) ndarray
        Probability that they do in both of two; that of each on the diagonal.
    """

    any: Array
    each: Array
    both: Array


def joint_draws(
    patterns: NDArray[np.intp],
    agents: Array,
    margins: Sequence[Array],
    conflicts: Sequence[Array],
    rng: np.random.Generator,
    *,
    unseen: float = UNSEEN,
) -> Joint:
    """Return posterior draws of conflict in several areas of two agents of one population.

    Parameters
    ----------
    patterns : (M, A) ndarray of int
        Distinct joint answers: the category in each area.
    agents : (M,) ndarray
        How many agents gave each.
    margins : sequence of A (D, K_a) ndarrays
        Draws of the shares in each area, which joint answers that nobody gave are made of.
    conflicts : sequence of A (D or 1, K_a, K_a) ndarrays
        Draws of the conflict levels in each area.
    rng : numpy.random.Generator
        Random numbers.
    unseen : float
        Answers that such joint answers are worth, before the data.

    Returns
    -------
    Joint

    Notes
    -----
    A Dirichlet process on joint answers: its base measure is the product of the shares in the
    areas, with concentration `unseen`. Given the data the joint answers that were seen have the
    weights (1 - w) v, v ~ Dirichlet(agents), and all others together w ~ Beta(unseen, n), spread
    as the base measure is. Two agents drawn at random are different ones. Over agents i of a
    pattern j, E sum v_i^2 = v_j^2 2/(n_j + 1), and v'Dv / (1 - sum v_i^2) is a Bayesian bootstrap
    of the mean over pairs: its mean is about that over all pairs of different agents of the
    sample. Without the division it would be too low by a part of 2/n.

    Given the goals of both agents, conflicts in different areas are taken as independent, as in
    `measure.any_area`.

    References
    ----------
    Ferguson, T. S. (1973). A Bayesian analysis of some nonparametric problems. Annals of Statistics
    1, 209-230. Rubin, D. B. (1981). The Bayesian bootstrap. Annals of Statistics 9, 130-134.
    """
    draws, areas = len(margins[0]), patterns.shape[1]
    gammas = rng.standard_gamma(np.broadcast_to(agents, (draws, len(agents))))
    rest = rng.standard_gamma(unseen, draws) if unseen else np.zeros(draws)
    seen = gammas.sum(axis=1)
    v, w = gammas / seen[:, np.newaxis], rest / (rest + seen)
    alone = 1 - (v**2 * (2 / (agents + 1))).sum(axis=1)
    # parts of pairs: both seen, one of them, none of them
    parts = np.stack([(1 - w) ** 2, 2 * w * (1 - w), w**2], axis=1)
    facing = [_facing(c, p) for c, p in zip(conflicts, margins, strict=True)]
    unseen_each = np.stack([(p * f).sum(axis=1) for p, f in zip(margins, facing, strict=True)], 1)
    one = np.stack([f[:, patterns[:, a]] for a, f in enumerate(facing)], axis=2)  # (D, M, A)
    mixed_each = np.einsum("dm,dma->da", v, one)
    mixed_any = 1 - np.einsum("dm,dm->d", v, np.prod(1 - one, axis=2))
    mixed_both = np.einsum("dm,dma,dmb->dab", v, one, one, optimize=True)
    seen_any, seen_each, seen_both = (
        x / alone.reshape(-1, *[1] * (x.ndim - 1)) for x in _of_seen(patterns, v, conflicts)
    )
    i = np.arange(areas)
    unseen_both = unseen_each[:, :, np.newaxis] * unseen_each[:, np.newaxis, :]
    both = (
        parts[:, 0, None, None] * seen_both
        + parts[:, 1, None, None] * mixed_both
        + parts[:, 2, None, None] * unseen_both
    )
    each = parts[:, :1] * seen_each + parts[:, 1:2] * mixed_each + parts[:, 2:] * unseen_each
    both[:, i, i] = each
    unseen_any = 1 - np.prod(1 - unseen_each, axis=1)
    any_of = (parts * np.stack([seen_any, mixed_any, unseen_any], axis=1)).sum(axis=1)
    return Joint(any_of, each, both)


def _facing(conflict: Array, shares: Array) -> Array:
    """Return how likely a random agent conflicts with a holder of each category, (D, K)."""
    return np.asarray((conflict @ shares[:, :, np.newaxis])[:, :, 0])


def _of_seen(
    patterns: NDArray[np.intp], v: Array, conflicts: Sequence[Array]
) -> tuple[Array, Array, Array]:
    """Return the same of pairs of agents who were seen, by the weights (D, M) of their answers."""
    draws, number = v.shape
    areas = patterns.shape[1]
    any_of, both = np.zeros(draws), np.zeros((draws, areas, areas))
    if all(len(c) == 1 for c in conflicts):
        levels = np.stack(
            [c[0][np.ix_(patterns[:, a], patterns[:, a])] for a, c in enumerate(conflicts)]
        )
        any_of = ((v @ (1 - np.prod(1 - levels, axis=0))) * v).sum(axis=1)
        for a in range(areas):
            for b in range(a, areas):
                of_both = levels[a] if a == b else levels[a] * levels[b]
                both[:, a, b] = both[:, b, a] = ((v @ of_both) * v).sum(axis=1)
    else:
        step = max(1, AT_ONCE // (areas * number**2))
        for start in range(0, draws, step):
            part = slice(start, start + step)
            levels = np.stack(
                [
                    (c if len(c) == 1 else c[part])[:, patterns[:, a, None], patterns[None, :, a]]
                    * np.ones((len(v[part]), 1, 1))
                    for a, c in enumerate(conflicts)
                ]
            )
            x = v[part]
            any_of[part] = np.einsum(
                "dm,dmn,dn->d", x, 1 - np.prod(1 - levels, 0), x, optimize=True
            )
            pairs = x[:, :, None] * x[:, None, :]
            for a in range(areas):
                for b in range(a, areas):
                    of_both = levels[a] if a == b else levels[a] * levels[b]
                    both[part, a, b] = both[part, b, a] = (pairs * of_both).sum(axis=(1, 2))
    return any_of, both[:, np.arange(areas), np.arange(areas)], both


@dataclass(frozen=True)
class Together(Framed):
    """How conflict in several areas hangs together, for two agents of one population.

    Parameters
    ----------
    population : str
        The population.
    areas : tuple of str
        The areas.
    agents : float
        Agents who answered in all of them; of agents with weights, answers they are worth.
    any : Estimate
        Probability of conflict in at least one area.
    apart : Estimate
        What it would be if conflict in one area told nothing of conflict in the next.
    each : Estimates
        Probability of conflict in each area, of these agents.
    pairs : mapping of (str, str) to PairOfAreas
        Of each two areas.
    """

    population: str
    areas: tuple[str, ...]
    agents: float
    any: Estimate
    apart: Estimate
    each: Estimates
    pairs: dict[tuple[str, str], PairOfAreas]

    def rows(self) -> Iterator[PairOfAreas]:
        """Yield what is known of each two areas, those most related first."""
        yield from sorted(self.pairs.values(), key=lambda p: -abs(p.correlation.mean))

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, two areas a row."""
        rows = list(self.pairs.values())
        low_high = [p.correlation.interval for p in rows]
        return {
            "area": [p.one for p in rows],
            "area_other": [p.other for p in rows],
            "agents": [p.agents for p in rows],
            "p_both": [p.both.mean for p in rows],
            "correlation": [p.correlation.mean for p in rows],
            "lower": [low for low, _ in low_high],
            "upper": [high for _, high in low_high],
            "p_positive": [p.positive for p in rows],
        }

    def __str__(self) -> str:
        """Return the probabilities as text."""
        return f"{self.any}\n{self.apart}"

    __repr__ = __str__


@dataclass(frozen=True)
class PairOfAreas:
    """How conflict in two areas goes together.

    Parameters
    ----------
    one, other : str
        The areas.
    agents : float
        Agents who answered in both.
    both : Estimate
        Probability that two agents conflict in both.
    correlation : Estimate
        Correlation of conflict in the one with conflict in the other, over pairs of agents: 1 where
        the same pairs conflict in both, 0 where the one tells nothing of the other.
    positive : float
        Posterior probability that it is above 0.
    """

    one: str
    other: str
    agents: float
    both: Estimate
    correlation: Estimate
    positive: float


def correlation(both: Array, one: Array, other: Array) -> Array:
    """Return the correlation of two events from their probabilities; 0 where one never varies."""
    spread = np.sqrt(np.maximum(one * (1 - one) * other * (1 - other), 0.0))
    return np.divide(both - one * other, spread, out=np.zeros_like(both), where=spread > 1e-12)
