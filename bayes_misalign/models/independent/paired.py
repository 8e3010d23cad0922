"""Exact draws of goal shares of populations with agents in common.

The shares of each population have the posterior that they have without the others; what agents in
common add is how they are related. Dirichlet shares are Gamma variates over their sum, and a
Gamma variate of n + a answers is the sum of one for each of them: an agent of two populations
brings the same variate to both. On these sums, with two answers of its own that each population
spreads evenly over the categories, the posterior is a Dirichlet on the table of who held what in
which population (a Bayesian bootstrap of agents; Rubin, 1981). The prior of shares asks for Gammas
of another size, such as n + A/k under a concentration A: each is taken at the same rank. What is
drawn beside, such as A, is taken at ranks that agree as far as the populations have the same agents
with the same goals.

Two answers are a choice, made by `benchmarks/paired_coverage.py`: where nobody switched among the
agents observed, somebody may have among the others, and with less the intervals of a difference are
too narrow where few switched (1/2 a category: 0.80 in place of 0.90), with more too wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.simplex.draws import log_gamma
from bayes_misalign.reading.pairing import Pairing

Array = NDArray[np.float64]
OWN = 2.0  # answers of its own that each population spreads over the categories
CELLS = 4e6  # of tables that are worked on at once
_SMALL = -23.0  # below e^-23 the distribution function of a Gamma is its first term
_TINY = np.finfo(float).tiny


class Ranked(NamedTuple):
    """Logarithms of independent Gamma variates, (draw, S, ...), and their sizes."""

    logs: Array
    sizes: Array

    def resized(self, sizes: ArrayLike) -> Ranked:
        """Return Gamma variates of other sizes at the same ranks."""
        sizes = np.broadcast_to(np.asarray(sizes, float), self.logs.shape)
        own = np.broadcast_to(self.sizes, self.logs.shape)
        return Ranked(_quantile(*_rank(self.logs, own), sizes), sizes)

    def total(self) -> Ranked:
        """Return their sum over the last axis; shares of it are independent of it."""
        sizes = np.broadcast_to(self.sizes, self.logs.shape)
        return Ranked(np.logaddexp.reduce(self.logs, axis=-1), sizes.sum(axis=-1))

    def of(self, places: Sequence[int] | NDArray[np.intp]) -> Ranked:
        """Return those of some categories."""
        return Ranked(self.logs[..., places], self.sizes[..., places])

    def shares(self) -> Array:
        """Return Dirichlet shares."""
        shares = np.exp(self.logs - self.logs.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _rank(logs: Array, sizes: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the probability of the nearer tail, and whether it is the upper one."""
    from scipy.special import gammainc, gammaincc, gammaln

    values = np.exp(logs)
    upper = values > sizes
    first = np.exp(np.minimum(sizes * logs - gammaln(sizes + 1), 0.0))
    below = np.where(logs < _SMALL, first, gammainc(sizes, values))
    # small sizes have their median far below their mean
    tail = np.where(upper, gammaincc(sizes, values), below)
    return np.maximum(tail, _TINY), upper


def _quantile(tail: Array, upper: NDArray[np.bool_], sizes: Array) -> Array:
    from scipy.special import gammainccinv, gammaincinv, gammaln

    log_below = np.where(upper, np.log1p(-tail), np.log(tail))
    first = (log_below + gammaln(sizes + 1)) / sizes
    found = np.empty(tail.shape)
    found[upper] = gammainccinv(sizes[upper], tail[upper])
    found[~upper] = gammaincinv(sizes[~upper], tail[~upper])
    return np.asarray(np.where(first < _SMALL, first, np.log(np.maximum(found, _TINY))))


class Together:
    """Random numbers of populations with agents in common, each population a column."""

    def __init__(self, pairing: Pairing, counts: Array, draws: int, rng: np.random.Generator):
        self.draws, self.rng = draws, rng
        values, vectors = np.linalg.eigh(pairing.agreement())
        self._root = vectors * np.sqrt(np.maximum(values, 0.0))
        self.gammas = _gammas(pairing, counts, draws, rng)

    def uniforms(self) -> Array:
        """Return uniform numbers (draw, S), as like as the populations are."""
        from scipy.special import ndtr

        normal = self.rng.standard_normal((self.draws, len(self._root))) @ self._root.T
        return np.asarray(np.clip(ndtr(normal), _TINY, 1 - 1e-16))

    def renewed(self, gammas: Ranked) -> Ranked:
        """Return Gamma variates with the same shares and a new total, so that it tells nothing."""
        total = gammas.total()
        u = self.uniforms()
        upper = u > 0.5
        new = _quantile(np.where(upper, 1 - u, u), upper, np.broadcast_to(total.sizes, u.shape))
        return Ranked(gammas.logs + (new - total.logs)[..., None], gammas.sizes)


def _gammas(pairing: Pairing, counts: Array, draws: int, rng: np.random.Generator) -> Ranked:
    """Return Gamma variates of counts and OWN, an agent's variate the same in each population."""
    populations, categories = counts.shape
    least = OWN / categories
    sizes, pattern, inside = pairing.pieces()
    found = np.zeros((draws, counts.size))
    own = counts + least
    step = max(int(CELLS / max(draws, counts.size)), 1)
    for first in range(0, len(sizes), step):
        part = slice(first, first + step)
        places = pairing.places[pattern[part]]
        row, s = np.nonzero(inside[part])
        cell = s * categories + places[row, s]
        table = np.zeros((len(places), counts.size))
        table[row, cell] = 1.0
        found += rng.standard_gamma(sizes[part], (draws, len(places))) @ table
        own = own - (sizes[part] @ table).reshape(counts.shape)
    with np.errstate(divide="ignore"):
        logs = np.log(found)
    logs = np.logaddexp(logs, log_gamma(np.maximum(own.ravel(), least), logs.shape, rng))
    return Ranked(logs.reshape(draws, populations, categories), counts + least)
