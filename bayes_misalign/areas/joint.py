"""Draws of the joint answers of populations, and of conflict in several areas that they make.

What the same agents answered in all of the areas is what tells: two agents who conflict in one area
may be those who conflict in the next, or others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        both_seen = Joint(
            both_seen.any / alone,
            both_seen.each / alone[:, np.newaxis],
            both_seen.both / alone[:, np.newaxis, np.newaxis],
        )
    one_seen = _of_one_seen(one, other, conflicts)
    # parts of pairs: both seen, the first of them, the second, none of them
    w, z = one.unseen, other.unseen
    parts = [((1 - w) * (1 - z), both_seen), ((1 - w) * z, one_seen)]
    parts.append((w * (1 - z), one_seen if same else _of_one_seen(other, one, conflicts)))
    parts.append((w * z, _of_none_seen(one, other, conflicts)))
    found = mixed(parts)
    i = np.arange(len(conflicts))
    found.both[:, i, i] = found.each
    return found


def mixed(parts: Sequence[tuple[Array, Joint]]) -> Joint:
    """Return what pairs of several kinds make up, by the draws (D,) of the part of each kind."""
    return Joint(
        np.sum([part * x.any for part, x in parts], axis=0),
        np.sum([part[:, np.newaxis] * x.each for part, x in parts], axis=0),
        np.sum([part[:, np.newaxis, np.newaxis] * x.both for part, x in parts], axis=0),
    )


def _facing(conflict: Array, shares: Array) -> Array:
    """Return how likely a random agent conflicts with a holder of each category, (D, K)."""
    return np.asarray((conflict @ shares[:, :, np.newaxis])[:, :, 0])


def _of_none_seen(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of pairs whose joint answers are those of the base measures."""
    every = zip(one.margins, other.margins, conflicts, strict=True)
    each = np.stack([(p * _facing(c, q)).sum(axis=1) for p, q, c in every], axis=1)
    return Joint(1 - np.prod(1 - each, axis=1), each, each[:, :, None] * each[:, None, :])


def _of_one_seen(seen: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of an agent who was seen, and one of the base measure of the other."""
    every = enumerate(zip(conflicts, other.margins, strict=True))
    facing = [_facing(c, q)[:, seen.patterns[:, a]] for a, (c, q) in every]
    v, x = seen.seen, np.stack(facing, axis=2)  # (D, M), (D, M, A)
    return Joint(
        1 - np.einsum("dm,dm->d", v, np.prod(1 - x, axis=2)),
        np.einsum("dm,dma->da", v, x),
        np.einsum("dm,dma,dmb->dab", v, x, x, optimize=True),
    )


def _of_seen(one: Answers, other: Answers, conflicts: Sequence[Array]) -> Joint:
    """Return the same of pairs of agents who were both seen."""
    draws, areas = len(one.seen), len(conflicts)
    any_of, both = np.zeros(draws), np.zeros((draws, areas, areas))
    for part, levels in _levels(one, other, conflicts):
        v, u = one.seen[part], other.seen[part]
        any_of[part] = _weighed(v, 1 - np.prod(1 - levels, axis=0), u)
        for a in range(areas):
            for b in range(a, areas):
                of_both = levels[a] if a == b else levels[a] * levels[b]
                both[part, a, b] = both[part, b, a] = _weighed(v, of_both, u)
    return Joint(any_of, both[:, np.arange(areas), np.arange(areas)], both)


def _levels(
    one: Answers, other: Answers, conflicts: Sequence[Array]
) -> Iterator[tuple[slice, Array]]:
    """Yield conflict (A, M, N) of joint answers where it is known, else (A, D, M, N) of draws."""
    cells = [np.ix_(one.patterns[:, a], other.patterns[:, a]) for a in range(len(conflicts))]
    if all(len(c) == 1 for c in conflicts):
        yield slice(None), np.stack([c[0][at] for c, at in zip(conflicts, cells, strict=True)])
        return
    step = max(1, AT_ONCE // (len(conflicts) * len(one.agents) * len(other.agents)))
    for start in range(0, len(one.seen), step):
        part = slice(start, start + step)
        number = len(one.seen[part])
        levels = [
            (c if len(c) == 1 else c[part])[:, *at] for c, at in zip(conflicts, cells, strict=True)
        ]
        yield part, np.stack([np.broadcast_to(x, (number, *x.shape[1:])) for x in levels])


def _weighed(v: Array, levels: Array, u: Array) -> Array:
    """Return the sum of levels (M, N) or (D, M, N) by the weights (D, M) and (D, N)."""
    if levels.ndim == 2:
        return np.asarray(((v @ levels) * u).sum(axis=1))
    return np.asarray(((v[:, None, :] @ levels)[:, 0] * u).sum(axis=1))
