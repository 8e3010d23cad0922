"""Draws of the joint answers of populations, and of conflict in several areas that they make.

What the same agents answered in all of the areas is what tells: two agents who conflict in one area
may be those who conflict in the next, or others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]
UNSEEN = 1.0  # answers that joint answers nobody gave are worth, before the data
AT_ONCE = 1 << 22  # numbers of conflict between joint answers that are made at once


@dataclass(frozen=True)
class Answers:
    """Posterior draws of the joint answers of a population.

    Parameters
    ----------
    patterns : (M, A) ndarray of int
        Distinct joint answers: the category in each area.
    agents : (M,) ndarray
        How many agents gave each.
    seen : (D, M) ndarray
        Draws of the share of each among those that were seen.
    unseen : (D,) ndarray
        Draws of the share of all others.
    margins : sequence of A (D, K_a) ndarrays
        Draws of the shares in each area, which joint answers that nobody gave are made of.
    """

    patterns: Places
    agents: Array
    seen: Array
    unseen: Array
    margins: Sequence[Array]

    def holders(self, area: int, number: int) -> Array:
        """Return the share (D, K) of those who were seen that each category of an area has."""
        of = np.zeros((len(self.patterns), number))
        of[np.arange(len(of)), self.patterns[:, area]] = 1.0
        return np.asarray(self.seen @ of)


@dataclass(frozen=True)
class Joint:
    """Draws of how conflict in several areas hangs together.

    Parameters
    ----------
    any : (draw,) ndarray
        Probability that two agents conflict in at least one of the areas.
    each : (draw, area) ndarray
        Probability that they do in each.
    """

    any: Array
    each: Array

    @property
    def both(self) -> Array:
        """(draw,) probability of conflict in both, where there are two areas."""
        if self.each.shape[1] != 2:
            raise ValueError(f"both is of two areas, not of {self.each.shape[1]}")
        return np.asarray(np.maximum(self.each.sum(axis=1) - self.any, 0.0))


def draw_answers(
    patterns: Places,
    agents: Array,
    margins: Sequence[Array],
    rng: np.random.Generator,
    *,
    unseen: float = UNSEEN,
) -> Answers:
    """Return posterior draws of the joint answers of a population.

    Parameters
    ----------
    patterns, agents, margins
        As of `Answers`.
    rng : numpy.random.Generator
        Random numbers.
    unseen : float
        Answers that joint answers nobody gave are worth, before the data.

    Returns
    -------
    Answers

    Notes
    -----
    A Dirichlet process on joint answers: its base measure is the product of the shares in the
    areas, with concentration `unseen`. Given the data the joint answers that were seen have the
    weights (1 - w) v, v ~ Dirichlet(agents), and all others together w ~ Beta(unseen, n), spread
    as the base measure is.

    References
    ----------
    Ferguson, T. S. (1973). A Bayesian analysis of some nonparametric problems. Annals of Statistics
    1, 209-230. Rubin, D. B. (1981). The Bayesian bootstrap. Annals of Statistics 9, 130-134.
    """
    draws = len(margins[0])
    gammas = rng.standard_gamma(np.broadcast_to(agents, (draws, len(agents))))
    rest = rng.standard_gamma(unseen, draws) if unseen else np.zeros(draws)
    seen = gammas.sum(axis=1)
    return Answers(patterns, agents, gammas / seen[:, np.newaxis], rest / (rest + seen), margins)


def joint_draws(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return posterior draws of conflict in several areas, of an agent of each of two populations.

    Parameters
    ----------
    one, other : Answers
        Joint answers of the populations; twice the same for two agents of one population.
    conflicts : sequence of A (D or 1, K_a, K_a) ndarrays
        Draws of the conflict levels in each area.

    Returns
    -------
    Joint

    Notes
    -----
    With F and G the two distributions of joint answers and D the conflict of two of them, F'DG.
    Two agents of one population are different ones. Over agents i of a pattern j,
    E sum v_i^2 = v_j^2 2/(n_j + 1), and v'Dv / (1 - sum v_i^2) is a Bayesian bootstrap of the mean
    over pairs: its mean is about that over all pairs of different agents of the sample. Without
    the division it would be too low by a part of 2/n. An agent of each of two populations are two
    agents anyway.

    Given the goals of both agents, conflicts in different areas are taken as independent, as in
    `measure.any_area`.
    """
    same = other is one
    both_seen = _of_seen(one, other, conflicts)
    if same:
        alone = 1 - (one.seen**2 * (2 / (one.agents + 1))).sum(axis=1)
        both_seen = Joint(both_seen.any / alone, both_seen.each / alone[:, np.newaxis])
    one_seen = _of_one_seen(one, other, conflicts)
    # parts of pairs: both seen, the first of them, the second, none of them
    w, z = one.unseen, other.unseen
    parts = [((1 - w) * (1 - z), both_seen), ((1 - w) * z, one_seen)]
    parts.append((w * (1 - z), one_seen if same else _of_one_seen(other, one, conflicts)))
    parts.append((w * z, _of_none_seen(one, other, conflicts)))
    return mixed(parts)


def mixed(parts: Sequence[tuple[Array, Joint]]) -> Joint:
    """Return what pairs of several kinds make up, by the draws (D,) of the part of each kind."""
    return Joint(
        np.sum([part * x.any for part, x in parts], axis=0),
        np.sum([part[:, np.newaxis] * x.each for part, x in parts], axis=0),
    )


def _facing(conflict: Array, shares: Array) -> Array:
    """Return how likely a random agent conflicts with a holder of each category, (D, K)."""
    return np.asarray((conflict @ shares[:, :, np.newaxis])[:, :, 0])


def _of_none_seen(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of pairs whose joint answers are those of the base measures."""
    every = zip(one.margins, other.margins, conflicts, strict=True)
    each = np.stack([(p * _facing(c, q)).sum(axis=1) for p, q, c in every], axis=1)
    return Joint(1 - np.prod(1 - each, axis=1), each)


def _of_one_seen(seen: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of an agent who was seen, and one of the base measure of the other."""
    peace, each = np.ones_like(seen.seen), []
    for a, (c, q) in enumerate(zip(conflicts, other.margins, strict=True)):
        x = _facing(c, q)[:, seen.patterns[:, a]]
        peace *= 1 - x
        each.append(_sum(seen.seen * x))
    return Joint(_any(_sum(seen.seen * peace)), np.stack(each, axis=1))


def _of_seen(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of pairs of agents who were both seen."""
    each = [
        _sum(_facing(c, one.holders(a, c.shape[-1])) * other.holders(a, c.shape[-1]))
        for a, c in enumerate(conflicts)
    ]
    peace = np.zeros(len(one.seen))
    if all(len(c) == 1 for c in conflicts):
        peace = _sum((one.seen @ _peace(one, other, conflicts)[0]) * other.seen)
    else:
        step = max(1, AT_ONCE // (len(one.agents) * len(other.agents)))
        for start in range(0, len(peace), step):
            at = slice(start, start + step)
            made = _peace(one, other, [c if len(c) == 1 else c[at] for c in conflicts])
            peace[at] = _sum((one.seen[at, None] @ made)[:, 0] * other.seen[at])
    return Joint(_any(peace), np.stack(each, axis=1))


def _peace(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Array:
    """Return how likely two joint answers conflict in no area, (D or 1, M, N)."""
    found = np.ones((1, 1, 1))
    for a, c in enumerate(conflicts):
        found = found * (1 - c[:, one.patterns[:, a, None], other.patterns[None, :, a]])
    return found


def _any(none: Array) -> Array:
    """Return the probability of any, not a rounding error below 0."""
    return np.asarray(np.maximum(1 - none, 0.0))


def _sum(values: Array) -> Array:
    """Return sums over the last axis."""
    return np.asarray(values.sum(axis=-1))
