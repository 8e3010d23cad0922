"""What the same agents answered in several problem areas: distinct joint answers with counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.pairing import ABSENT, Pairing

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class JointAnswers:
    """Distinct answers over the problem areas, of agents who answered in more than one.

    Parameters
    ----------
    population : (P,) ndarray of int
        Place of the population whose agents gave the answers of a pattern.
    goals : (P, A) ndarray of int
        Category in each problem area, -1 where they gave no answer.
    agents : (P,) ndarray of float
        How many agents did so, or of agents with weights how many answers they are worth.
    counts : (P,) ndarray of float
        How many agents did so.
    """

    population: Places
    goals: NDArray[np.int16]
    agents: Floats
    counts: Floats

    @classmethod
    def of(cls, pairing: Pairing, places: Places) -> JointAnswers:
        """Return the joint answers in evidence whose populations are areas by populations.

        Parameters
        ----------
        pairing : Pairing
            Agents by what they answered in each population of the evidence.
        places : (A, S) ndarray of int
            Place of area and population among these, -1 where nobody was asked.
        """
        worth = np.where(pairing.places != ABSENT, pairing.worth, 0.0)
        population, goals, agents, counts = [], [], [], []
        for s in range(places.shape[1]):
            there = places[:, s] >= 0
            own = np.full((len(pairing.places), len(places)), ABSENT, np.int16)
            own[:, there] = pairing.places[:, places[there, s]]
            number = (own != ABSENT).sum(axis=1)
            rows = np.flatnonzero(number > 1)
            population.append(np.full(len(rows), s))
            goals.append(own[rows])
            sums = worth[rows][:, places[there, s]].sum(axis=1)
            agents.append(sums / number[rows])
            counts.append(pairing.counts[rows])
        return cls(*map(np.concatenate, (population, goals, agents, counts)))

    def of_all(self, population: int, areas: Sequence[int]) -> tuple[Places, Floats]:
        """Return the joint answers (M, areas) of agents who answered in all of these, and counts.

        Parameters
        ----------
        population : int
            Place of their population.
        areas : sequence of int
            Places of the areas.
        """
        rows = self._in_all(population, areas)
        if not rows.any():
            return np.zeros((0, len(areas)), np.intp), np.zeros(0)
        found, which = np.unique(self.goals[rows][:, areas], axis=0, return_inverse=True)
        counts = np.bincount(which.ravel(), weights=self.agents[rows], minlength=len(found))
        return found.astype(np.intp), counts

    def number(self, population: int, areas: Sequence[int]) -> float:
        """Return how many agents of a population answered in all of some areas."""
        return float(self.counts[self._in_all(population, areas)].sum())

    def _in_all(self, population: int, areas: Sequence[int]) -> NDArray[np.bool_]:
        answered = (self.goals[:, areas] != ABSENT).all(axis=1)
        return np.asarray((self.population == population) & answered)
