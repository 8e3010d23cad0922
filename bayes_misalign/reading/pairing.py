"""What it says of two populations that some agents are in both, as models of shares take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import FloatArray

ABSENT = -1  # in a pattern: the agents have no answer in that population


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct answers over several populations, of agents who answered in more than one.

    Parameters
    ----------
    places : (P, S) ndarray of int
        Category in each population, -1 where they did not answer.
    counts : (P,) ndarray of float
        Agents.
    weights, squares : (P, S) ndarray of float
        Sums of their weights and of the squares, 0 where they did not answer; numbers of agents
        without weights.
    alike : (P,) ndarray of float
        Cosine between their weights in two populations, the least of all two.
    """

    places: NDArray[np.int64]
    counts: FloatArray
    weights: FloatArray
    squares: FloatArray
    alike: FloatArray

    def fields(self) -> dict[str, Any]:
        """Return them as fields of evidence."""
        return {
            "patterns": self.places,
            "pattern_counts": self.counts,
            "pattern_weight_sum": self.weights,
            "pattern_weight_sq_sum": self.squares,
            "pattern_alike": self.alike,
        }


@dataclass(frozen=True, eq=False)
class Pairing:
    """Agents in several populations, by their pattern: the category that they hold in each.

    Parameters
    ----------
    places : (P, S) ndarray of int
        Category in each population, -1 where the agents of a pattern are not in it.
    counts : (P,) ndarray of float
        Agents of each pattern.
    worth : (P, S) ndarray of float
        Answers that they are worth in each population, as a part of its effective counts.
    alike : (P,) ndarray of float
        Part of these that is the same in all populations; below 1 where the weights of the agents
        of a pattern are not in proportion.
    answers : (S, K) ndarray of float
        All answers, of agents in one population too.
    """

    places: NDArray[np.int64]
    counts: FloatArray
    worth: FloatArray
    alike: FloatArray
    answers: FloatArray

    @property
    def linked(self) -> NDArray[np.intp]:
        """The populations that share an agent with another one."""
        return np.flatnonzero((self.places != ABSENT).any(axis=0))

    def pieces(self) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.bool_]]:
        """Return sizes (Q,) of blocks of answers, their pattern (Q,), and in which populations.

        A pattern that is worth 3 answers in one population and 2 in another is a block of 2 in
        both; what is left of it is that population's own.
        """
        shared = np.where(self.places != ABSENT, self.worth * self.alike[:, None], 0.0)
        sizes, patterns, where = [], [], []
        steps = np.sort(shared, axis=1)
        before = np.zeros(len(shared))
        for level in steps.T:
            size = level - before
            inside = (shared >= level[:, None]) & (size > 0)[:, None]
            told = inside.sum(axis=1) > 1
            sizes.append(size[told])
            patterns.append(np.flatnonzero(told))
            where.append(inside[told])
            before = level
        return np.concatenate(sizes), np.concatenate(patterns), np.concatenate(where)

    def agreement(self) -> FloatArray:
        """Return how far populations have the same agents with the same goals, (S, S).

        Notes
        -----
        With e the unit vector of an agent's goal and p the shares observed, the inner products
        <e_s - p_s, e_t - p_t> + 1/sqrt(n_s n_t), summed over the agents in both, over the same sums
        within each: 1 where all are in both and nobody switched, about 0 where nobody is in both or
        answers have nothing to do with each other. As products of vectors they are a correlation
        matrix, however many populations there are.
        """
        n = np.maximum(self.answers.sum(axis=1), 1.0)
        seen = self.answers / n[:, None]
        own = n * (1 - (seen**2).sum(axis=1)) + 1
        found = np.zeros((len(n), len(n)))
        for s in self.linked:
            rows = self.places[:, s] != ABSENT
            places, at = self.places[rows], self.places[rows, s]
            there = places != ABSENT
            # <e_i - p, e_j - q> = [i = j] - p_j - q_i + p.q
            inner = (places == at[:, None]) - seen[s][places] - seen[:, at].T + seen @ seen[s]
            inner += 1 / np.sqrt(n * n[s])
            found[s] = self.counts[rows] @ np.where(there, inner, 0.0)
        found /= np.sqrt(np.outer(own, own))
        np.fill_diagonal(found, 1.0)
        return np.clip(found, -1.0, 1.0)

    def in_common(self) -> FloatArray:
        """Return how many agents each two populations have in common, (S, S)."""
        there = (self.places != ABSENT).astype(float)
        return np.asarray((self.counts[:, None] * there).T @ there)

    def among(self, populations: NDArray[np.intp]) -> Pairing:
        """Return what it says of some populations, which hold all agents in common."""
        return Pairing(
            self.places[:, populations],
            self.counts,
            self.worth[:, populations],
            self.alike,
            self.answers[populations],
        )
