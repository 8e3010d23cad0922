"""Whether chains agree, and how many independent draws theirs are worth: of many numbers at once.

ArviZ works these out one number at a time, which takes longer than sampling where a model has
thousands. What is computed is the same: Vehtari, Gelman, Simpson, Carpenter and Buerkner,
Rank-normalization, folding, and localization, Bayesian Analysis 16 (2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TOGETHER = 200_000  # draws of several numbers, which the memory next to a core holds
TAILS = 0.05, 0.95  # quantiles whose draws tell of the tails
FEWEST_DRAWS, FEWEST_CHAINS = 4, 2  # fewer leave no figure


@dataclass(frozen=True, eq=False)
class Figures:
    """What chains tell of each of several numbers, each of shape (number,).

    Parameters
    ----------
    rhat : ndarray
        R-hat of ranks, the larger of that of places and that of distances from the median; NaN of
        one chain.
    ess_bulk, ess_tail, ess_mean : ndarray
        Effective draws for the middle, for the 5 % and 95 % quantiles, and for the mean.
    """

    rhat: Array
    ess_bulk: Array
    ess_tail: Array
    ess_mean: Array

    @property
    def mcse_per_sd(self) -> Array:
        """Monte Carlo standard error of the means, over the standard deviations."""
        return 1 / np.sqrt(self.ess_mean)


def figures(draws: Array) -> Figures:
    """Return what chains tell of each number, of draws (chain, draw, number)."""
    draws = np.asarray(draws, dtype=float)
    size = max(1, TOGETHER // max(draws.shape[0] * draws.shape[1], 1))
    # numbers first, so that the draws of each lie side by side
    numbers = np.moveaxis(draws, -1, 0)
    parts = [
        _figures(np.ascontiguousarray(numbers[start : start + size]))
        for start in range(0, max(len(numbers), 1), size)
    ]
    return Figures(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _figures(draws: Array) -> tuple[Array, Array, Array, Array]:
    """Return R-hat and effective draws of draws (number, chain, draw)."""
    nothing = np.full(len(draws), np.nan)
    if draws.shape[2] < FEWEST_DRAWS:
        return nothing, nothing, nothing, nothing
    split = _halves(draws)
    with np.errstate(all="ignore"):  # chains that stand still have no variance within
        places = _scores(split)
        distances = _scores(np.abs(split - np.median(_ordered(split), axis=1)[:, None, None]))
        of_places, of_distances = _rhat(places), _rhat(distances)
        rhat = np.where(of_distances > of_places, of_distances, of_places)
        low, high = np.quantile(_ordered(draws), TAILS, axis=1)[..., None, None]
        tails = np.minimum(_ess(_halves(draws <= low)), _ess(_halves(draws <= high)))
        found = rhat, _ess(places), tails, _ess(split)
    unknown = np.isnan(draws).any(axis=(1, 2))
    rhat, *sizes = (np.where(unknown, np.nan, x) for x in found)
    if draws.shape[1] < FEWEST_CHAINS:
        rhat = nothing
    return rhat, sizes[0], sizes[1], sizes[2]


def _halves(draws: NDArray[np.generic]) -> Array:
    """Return the first and the last half of each chain as chains of their own."""
    half = draws.shape[2] // 2
    return np.concatenate([draws[..., :half], draws[..., -half:]], axis=1).astype(float)


def _ordered(draws: Array) -> Array:
    """Return the draws of each number in order: NumPy finds quantiles of these much faster."""
    return np.sort(draws.reshape(len(draws), math.prod(draws.shape[1:])), axis=1)


def _scores(draws: Array) -> Array:
    """Return normal scores of the ranks that draws of a number have among all of its draws."""
    flat = draws.reshape(len(draws), math.prod(draws.shape[1:]))
    order = np.argsort(flat, axis=1)
    ordered = np.take_along_axis(flat, order, axis=1)
    first = np.ones(flat.shape, bool)  # of draws that are equal
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.arange(flat.shape[1])
    begins = ends = place[None, :]
    if not first.all():
        begins = np.maximum.accumulate(np.where(first, place, 0), axis=1)
        last = np.ones(flat.shape, bool)
        last[:, :-1] = first[:, 1:]
        ends = np.minimum.accumulate(np.where(last, place, len(place))[:, ::-1], axis=1)[:, ::-1]
    scores = np.empty(flat.shape)
    # equal draws share the mean of their ranks, which is a whole number or a half
    np.put_along_axis(scores, order, _normal_scores(len(place))[begins + ends], axis=1)
    return scores.reshape(draws.shape)


@cache
def _normal_scores(size: int) -> Array:
    """Return the normal scores of the ranks 1, 1.5, 2 and on, of so many (Blom, 1958)."""
    ranks = 1 + np.arange(2 * size - 1) / 2
    inverse: Callable[[float], float] = NormalDist().inv_cdf
    return np.array([inverse(p) for p in ((ranks - 3 / 8) / (size + 1 / 4)).tolist()])


def _rhat(chains: Array) -> Array:
    """Return the potential scale reduction of draws (number, chain, draw)."""
    draws = chains.shape[2]
    between = draws * chains.mean(axis=2).var(axis=1, ddof=1)
    within = chains.var(axis=2, ddof=1).mean(axis=1)
    return np.asarray(np.sqrt((between / within + draws - 1) / draws))


def _ess(chains: Array) -> Array:
    """Return effective draws of draws (number, chain, draw) for their mean.

    Notes
    -----
    Autocorrelations are summed in pairs of neighbouring lags up to the first pair that is not
    positive, each at most the one before (Geyer, Practical Markov chain Monte Carlo, Statistical
    Science 7, 1992).
    """
    number, draws = chains.shape[1:]
    centred = chains - chains.mean(axis=2, keepdims=True)
    length = 1 << (2 * draws - 1).bit_length()
    power = np.fft.rfft(centred, n=length, axis=2)
    spectrum = np.square(power.real).mean(axis=1) + np.square(power.imag).mean(axis=1)
    covariance = np.fft.irfft(spectrum, n=length, axis=1)[:, :draws] / draws
    within = covariance[:, :1] * draws / (draws - 1)
    whole = covariance[:, :1].copy()
    if number > 1:
        whole += chains.mean(axis=2).var(axis=1, ddof=1)[:, None]
    rho = 1 - (within - covariance) / whole
    rho[:, 0] = 1
    even, odd = rho[:, 0 : draws - 1 : 2], rho[:, 1:draws:2]
    most = max((draws - 3) // 2, 0)  # pairs beyond it are of very few draws
    pairs = (even + odd)[:, : most + 1]
    stops = ~(pairs > 0)
    stops[:, -1] = True
    last = stops.argmax(axis=1)  # the pair at which the sum ends
    falling = np.minimum.accumulate(pairs, axis=1)
    total = np.where(np.arange(most + 1) < last[:, None], falling, 0).sum(axis=1)
    rows = np.arange(len(chains))
    ended = np.where(pairs[rows, last] >= 0, even[rows, last], np.maximum(even[rows, last], 0))
    of_all = number * draws
    found = of_all / np.maximum(-1 + 2 * total + ended, 1 / np.log10(of_all))
    found = np.where(np.isnan(rho).any(axis=1), np.nan, found)
    still = np.ptp(chains, axis=(1, 2)) < np.finfo(float).resolution
    return np.where(still, float(of_all), found)
