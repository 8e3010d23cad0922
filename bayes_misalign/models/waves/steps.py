"""Whether waves moved as a walk does: each step between their answers beside all others.

Steps of one size, all goals alike and without direction, are an assumption. Where one goal jumps
once, is another in one wave alone, or goes the same way all the time, the walk draws waves to their
neighbours by too much. How likely such a move is follows from whatever it leaves as it was, which
tells the drift: were it among what does, a jump would tell a drift that makes it likely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from bayes_misalign.families.walks.places import Places
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import DRIFT_DF, contrasts, holders, step_scales
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
HALF = 0.5  # of an answer, so that there are log odds of a goal that nobody holds
POINTS, LEAST, MOST = 50, 1e-2, 30.0  # of a grid of drifts, over the scale of their prior
SURPRISING = 0.02  # a corrected tail below it is said
AWAY = 0.5  # posterior sds that P(ma) may lie from what a wave's own answers say
STEP, WAVE, WHOLE = "step", "wave", "whole"


class Move(NamedTuple):
    """A move of goal shares, and how likely one so large is.

    `kind` is a step between neighbouring waves, a wave that is unlike those before and after it, or
    all steps in one direction; `populations` are the places of the two waves or of the one. `tail`
    is the probability of a move at least as large, `tried` how many of that kind there are.
    """

    kind: str
    populations: tuple[int, ...]
    tail: float
    tried: int

    @property
    def corrected(self) -> float:
        """The tail, times the number of moves of which this is one (Bonferroni)."""
        return min(self.tail * self.tried, 1.0)


class _Series(NamedTuple):
    """Waves of a series that somebody answered, steps (step, contrast), and how they vary."""

    populations: tuple[int, ...]
    steps: Array
    chance: Array  # (contrast, step, step) by chance in the answers
    passed: Array  # (step,) parts of the whole time

    def moves(self) -> Iterator[tuple[str, tuple[int, ...], Array]]:
        """Yield moves with what they add to the steps (step,)."""
        number, each, at = len(self.steps), np.eye(len(self.steps)), self.populations
        yield from ((STEP, at[t : t + 2], each[t]) for t in range(number))
        yield from ((WAVE, at[t : t + 1], each[t - 1] - each[t]) for t in range(1, number))
        if number > 1:
            yield WHOLE, (at[0], at[-1]), self.passed


def log_odds(counts: Array, categories: tuple[str, ...]) -> tuple[Array, Array]:
    """Return log odds (population, contrast) of counts, and their variance by chance alone."""
    held = counts[:, holders(categories)] + HALF
    basis = contrasts(held.shape[1])
    found, variance = np.log(held) @ basis, (1 / held) @ basis**2
    if NO_GOAL in categories:
        none, total = counts[:, categories.index(NO_GOAL)] + HALF, held.sum(axis=1)
        found = np.column_stack([found, np.log(none / total)])
        variance = np.column_stack([variance, 1 / none + 1 / total])
    return found, variance


def moves_of(
    prior: WavesPrior, counts: Array, places: Places, categories: tuple[str, ...]
) -> list[Move]:
    """Return the moves of each kind and series, with their tails.

    Log odds of counts are about normal. Of steps e with the covariance S under a drift, a move in
    the direction a has the estimate a' S^-1 e / a' S^-1 a, independent of what it leaves as it was.
    Its square over its variance, summed over contrasts, is chi-squared; the tail is a mean over
    what all else says of the drift. Tails are uniform where shares walk.
    """
    every = [x for x in _series(counts, places, categories) if len(x.steps)]
    drift = prior.drift * np.geomspace(LEAST, MOST, POINTS)
    # half t, on a grid of logarithms
    before = np.log(drift) - (DRIFT_DF + 1) / 2 * np.log1p((drift / prior.drift) ** 2 / DRIFT_DF)
    walks = (drift[:, None] * step_scales(categories)) ** 2
    directions = [np.array([a for _, _, a in x.moves()]) for x in every]
    found = [_densities(x, a, walks) for x, a in zip(every, directions, strict=True)]
    total = before + sum(whole for whole, _, _ in found)
    moves: list[tuple[str, tuple[int, ...], float]] = []
    for series, (_, own, squares) in zip(every, found, strict=True):
        rest = total[:, None] - own
        weight = np.exp(rest - rest.max(axis=0))
        tail = (weight * gammaincc(walks.shape[1] / 2, squares / 2)).sum(axis=0) / weight.sum(
            axis=0
        )
        named = [(kind, at) for kind, at, _ in series.moves()]
        moves += [(*x, float(p)) for x, p in zip(named, tail, strict=True)]
    tried = Counter(kind for kind, _, _ in moves)
    return [Move(kind, at, tail, tried[kind]) for kind, at, tail in moves]


def surprise(
    prior: WavesPrior, counts: Array, places: Places, categories: tuple[str, ...]
) -> Move | None:
    """Return the least likely move, if it is unlikely; others may be what it makes of them."""
    moves = moves_of(prior, counts, places, categories)
    least = min(moves, key=lambda one: one.corrected, default=None)
    return None if least is None or least.corrected >= SURPRISING else least


def differs(move: Move, counts: Array, pma: Array, conflict: Array) -> bool:
    """Tell whether P(ma), draws (draw, population), is away from what the waves' own answers say.

    Of the one wave, or its change between the two. Where answers are many a walk moves nothing.
    """
    n = counts.sum(axis=1)
    own = np.einsum("si,ij,sj->s", counts, conflict, counts) / np.maximum(n * (n - 1), 1.0)
    at = list(move.populations)
    drawn, alone = (
        (pma[:, at], own[at]) if move.kind == WAVE else (_change(pma, at), _change(own, at))
    )
    return bool(np.any(np.abs(drawn.mean(axis=0) - alone) > AWAY * drawn.std(axis=0)))


def _change(values: Array, at: list[int]) -> Array:
    return np.asarray(values[..., at[1]] - values[..., at[0]])


def _series(counts: Array, places: Places, categories: tuple[str, ...]) -> Iterator[_Series]:
    seen, chance = log_odds(counts, categories)
    time = (places.at - places.at[0]) / (places.at[-1] - places.at[0])
    answered = counts.sum(axis=1) > 0
    for series in range(len(places.series)):
        own = np.flatnonzero((places.of_series == series) & answered)
        own = own[np.argsort(places.of_wave[own])]
        waves = np.diff(np.eye(len(own)), axis=0)
        each = np.einsum("at,tc,bt->cab", waves, chance[own], waves)
        at = tuple(own.tolist())
        yield _Series(at, np.diff(seen[own], axis=0), each, np.diff(time[places.of_wave[own]]))


def _densities(series: _Series, directions: Array, walks: Array) -> tuple[Array, Array, Array]:
    """Return the log density of all steps, of each move given all else, and squares of moves.

    By drift (drift,), and by drift and move (drift, move); up to constants.
    """
    whole = np.zeros(len(walks))
    own, squares = np.zeros((2, len(walks), len(directions)))
    for j, chance in enumerate(series.chance):
        walked = walks[:, j, None, None] * np.diag(series.passed)
        precision = np.linalg.inv(chance + walked)
        pulled = precision @ series.steps[:, j]
        whole += (np.linalg.slogdet(precision)[1] - pulled @ series.steps[:, j]) / 2
        of_move = np.einsum("ma,dab,mb->dm", directions, precision, directions, optimize=True)
        square = (pulled @ directions.T) ** 2 / of_move
        own += (np.log(of_move) - square) / 2
        squares += square
    return whole, own, squares
