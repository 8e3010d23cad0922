"""Sample shares that rounded percentages leave possible, with their number and their likelihood.

The sample is thought of as `units` equal parts: the agents themselves where percentages are of
whole agents, and else so many that every cell of rounding holds some dozens of them. Each category
has a range of units whose percentage rounds to what was published; all ranges together leave those
vectors of units that sum to the whole. Sums over them factorise along the categories, and are
worked out by convolution: exactly, without going through the vectors one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_UNITS = 64  # of a cell; where it holds more agents, parts of the sample take their place
UNITS = 24  # of a cell of percentages that are no counts
EDGE = 1e-9  # of a unit, so that the ends of a cell are found
NEVER = -1e12  # log of no chance; finite, so that gradients are


@dataclass(frozen=True)
class Ranges:
    """Ranges of units of one population: those of its categories, and of who is left out, last.

    Parameters
    ----------
    lower : ndarray of int, shape (K + 1,)
        Fewest units of each.
    log_weight : tuple of ndarray, length K + 1
        Log number of ways to have each number of units from there on, by the end of the range: one
        half at the ends of a cell, where rounding may go either way; parts of a category that were
        rounded apart have several ways.
    units : int
        Units of the whole.
    answers : float
        How many answers the whole is worth.
    """

    lower: IntArray
    log_weight: tuple[Array, ...]
    units: int
    answers: float

    @property
    def scale(self) -> float:
        """Answers of one unit."""
        return self.answers / self.units if self.units else 1.0

    @property
    def rest(self) -> int:
        """Units beyond the fewest of all."""
        return self.units - int(self.lower.sum())

    @property
    def possible(self) -> bool:
        """Whether any units sum to the whole."""
        return self.rest >= 0 and bool(np.isfinite(self.log_sum(self.log_weight)[0]))

    def counts(self, category: int) -> Array:
        """Answers at each place of a range."""
        places = np.arange(len(self.log_weight[category]))
        return np.asarray(self.scale * (self.lower[category] + places))

    @cached_property
    def log_terms(self) -> tuple[Array, ...]:
        """What each place of a range adds to the log-likelihood, beside its shares.

        The multinomial coefficient of those who answered; who is left out has a uniform share of
        the sample beforehand, and so a constant chance.
        """
        *of_categories, left_out = range(len(self.lower))
        terms = [self.log_weight[i] - gammaln(self.counts(i) + 1) for i in of_categories]
        answered = self.answers - self.counts(left_out)
        return (*terms, self.log_weight[left_out] + gammaln(np.maximum(answered, 0.0) + 1))

    def log_sum(self, terms: Sequence[Array]) -> Array:
        """Return the log of the sum over all vectors of units of products of terms, (batch,)."""
        return np.asarray(self._sums(terms)[-1][:, self.rest])

    def _sums(self, terms: Sequence[Array]) -> list[Array]:
        """Return log sums over the first categories, by units beyond the fewest."""
        size = self.rest + 1
        found = np.full((1, size), -np.inf)
        found[:, 0] = 0.0
        sums = [found]
        for term in terms:
            term = np.atleast_2d(term)
            new = np.full((max(len(term), len(found)), size), -np.inf)
            for j in range(min(term.shape[1], size)):
                new[:, j:] = np.logaddexp(new[:, j:], found[:, : size - j] + term[:, j : j + 1])
            sums.append(found := new)
        return sums

    def log_likelihood(self, log_share: Array) -> Array:
        """Return the log-likelihood (draw,) of log shares (draw, K)."""
        return self.log_sum(self.with_shares(log_share))

    def with_shares(self, log_share: Array) -> list[Array]:
        """Return the terms of the likelihood at log shares (draw, K)."""
        *of_categories, left_out = range(len(self.lower))
        terms = [self.log_terms[i] + log_share[:, i, None] * self.counts(i) for i in of_categories]
        return [*terms, self.log_terms[left_out]]

    def draw(self, terms: Sequence[Array], draws: int, rng: np.random.Generator) -> IntArray:
        """Return vectors of units (draws, K + 1), each as likely as the product of its terms."""
        sums = self._sums(terms)
        left = np.full(draws, self.rest)
        found = np.empty((draws, len(terms)), np.int64)
        for i in range(len(terms) - 1, -1, -1):
            term, before = np.atleast_2d(terms[i]), sums[i]
            places = np.arange(term.shape[1])
            at = left[:, None] - places
            row = np.arange(draws)[:, None] if len(before) > 1 else 0
            log_chance = np.where(at >= 0, before[row, np.maximum(at, 0)], -np.inf) + term
            chance = np.exp(log_chance - log_chance.max(axis=1, keepdims=True))
            cumulative = np.cumsum(chance, axis=1)
            u = rng.random(draws)[:, None] * cumulative[:, -1:]
            place = np.minimum((cumulative <= u).sum(axis=1), len(places) - 1)
            found[:, i], left = self.lower[i] + place, left - place
        return found

    def vectors(self) -> IntArray:
        """Return all vectors of units (vector, K + 1); for few only, see `number`."""
        widest = [len(w) - 1 for w in self.log_weight]
        after = [*np.cumsum(widest[::-1])[::-1][1:], 0]
        found = np.zeros((1, 0), np.int64)
        for width, most in zip(widest, after, strict=True):
            left = self.rest - found.sum(axis=1)
            pieces = [
                np.column_stack([found[keep], np.full(keep.sum(), j)])
                for j in range(width + 1)
                if (keep := (left - j >= 0) & (left - j <= most)).any()
            ]
            found = np.concatenate(pieces)
        return np.asarray(self.lower + found)

    @property
    def number(self) -> float:
        """How many vectors of units there are."""
        ones = [np.zeros(len(weight)) for weight in self.log_weight]
        return float(np.exp(self.log_sum(ones)[0]))

    def weight_of(self, units: IntArray) -> Array:
        """Return the log weight (vector,) of vectors of units, beside answers."""
        return np.asarray(
            sum(w[units[:, i] - self.lower[i]] for i, w in enumerate(self.log_weight))
        )


def cell(percent: float, rounding: float, units: int) -> tuple[int, Array] | None:
    """Return the fewest units that round to a percentage, and the log weights from there on.

    None where no number of units does.
    """
    half = rounding / 2
    low, high = ((percent + side) * units / 100 for side in (-half, half))
    first, last = max(int(np.ceil(low - EDGE)), 0), min(int(np.floor(high + EDGE)), units)
    if first > last:
        return None
    log_weight = np.zeros(last - first + 1)
    for place, end in ((0, low), (-1, high)):
        # zero and the whole are rounded to themselves alone
        here = first if place == 0 else last
        if abs(here - end) <= EDGE and 0 < here < units:
            log_weight[place] = np.log(0.5)
    return first, log_weight


def together(parts: Sequence[tuple[int, Array]], *, shared: bool) -> tuple[int, Array]:
    """Return the range of a sum of parts that were rounded apart.

    `shared` says that they are one category, whose units are divided among them in any way, each as
    likely.
    """
    first, ways = 0, np.zeros(1)
    for low, weight in parts:
        sums = np.full(len(ways) + len(weight) - 1, -np.inf)
        for j, one in enumerate(weight):
            sums[j : j + len(ways)] = np.logaddexp(sums[j : j + len(ways)], ways + one)
        first, ways = first + low, sums
    if shared and len(parts) > 1:
        units, more = first + np.arange(len(ways)), len(parts) - 1
        ways = ways - (gammaln(units + more + 1) - gammaln(units + 1) - gammaln(more + 1))
    return first, ways


def ranges_of(
    percent: Array,
    rounding: float,
    part_of: IntArray,
    categories: int,
    asked: float,
    deff: float | None,
) -> Ranges | list[int]:
    """Return the ranges of a population, or the labels whose percentage no number of agents has.

    Parameters
    ----------
    percent : ndarray, shape (L,)
        Published percentages of labels; NaN where nothing was.
    rounding : float
        Width of a cell, in points.
    part_of : ndarray of int, shape (L,)
        Category of each label; `categories` for those who are left out.
    categories : int
        K.
    asked : float
        Agents behind the percentages.
    deff : float or None
        Their design effect; None where percentages are those of a simple random sample, and so of
        whole agents.
    """
    whole = deff is None and asked * rounding / 100 <= MOST_UNITS
    units = int(asked) if whole else round(UNITS * 100 / rounding)
    cells = [cell(p, rounding, units) if p == p else (0, np.zeros(1)) for p in percent]
    if impossible := [i for i, one in enumerate(cells) if one is None]:
        return impossible
    parts = [
        [one for one, k in zip(cells, part_of, strict=True) if one is not None and k == i]
        for i in range(categories + 1)
    ]
    found = [together(one, shared=i < categories) for i, one in enumerate(parts)]
    lower, weights = zip(*found, strict=True)
    return Ranges(np.array(lower, np.int64), tuple(weights), units, asked / (deff or 1.0))


def padded(ranges: Sequence[Ranges]) -> tuple[Array, Array, IntArray]:
    """Return terms (S, K + 1, places), the answers of their first place, and the rest of each.

    Terms of places that are not there have no chance.
    """
    places = max(len(t) for one in ranges for t in one.log_terms)
    terms = np.full((len(ranges), len(ranges[0].lower), places), NEVER)
    for s, one in enumerate(ranges):
        for i, term in enumerate(one.log_terms):
            terms[s, i, : len(term)] = np.maximum(term, NEVER)
    lower = np.stack([one.lower for one in ranges])
    return terms, lower.astype(float), np.array([one.rest for one in ranges])


def tables(ranges: Sequence[Ranges]) -> dict[str, NDArray[np.generic]]:
    """Return what the convolution goes by, of all populations.

    The term (S, K + 1, places) and the answers (S, K, places) of each place of a range, the sum
    that each place adds to (size, places), and how many units are left beyond the fewest (S,).
    """
    terms, lower, rest = padded(ranges)
    places = np.arange(terms.shape[2])
    scale = np.array([one.scale for one in ranges])[:, None, None]
    return {
        "rounding": terms,
        "rounded_counts": scale * (lower[:, :-1, None] + places),
        "units_before": np.arange(int(rest.max()) + 1)[:, None] - places,
        "units_left": rest.astype(np.int64),
    }


def rows(ranges: Sequence[Ranges], log_share: Array) -> Iterator[Array]:
    """Yield the log-likelihood (draw,) of each population at log shares (draw, S, K)."""
    for s, one in enumerate(ranges):
        yield one.log_likelihood(log_share[:, s])
