"""Conflict in any of several problem areas, and in which areas conflicts go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.frames import Framed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Together(Framed):
    """How conflict in several areas hangs together, of agents of a population, of two or of all.

    Parameters
    ----------
    population : str, or None
        The population; None for the union of all.
    other : str, or None
        The population of the second agent, where it is another.
    areas : tuple of str
        The areas.
    agents : float
        Agents who answered in all of them; of agents with weights, answers they are worth.
    agents_other : float, or None
        Those of the other population.
    any : Estimate
        Probability of conflict in at least one area.
    apart : Estimate
        What it would be if conflict in one area told nothing of conflict in the next.
    each : Estimates
        Probability of conflict in each area, of these agents.
    pairs : mapping of (str, str) to PairOfAreas
        Of each two areas.
    """

    population: str | None
    other: str | None
    areas: tuple[str, ...]
    agents: float
    agents_other: float | None
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
        others = {} if self.other is None else {"agents_other": [p.agents_other for p in rows]}
        return {
            "area": [p.one for p in rows],
            "area_other": [p.other for p in rows],
            "agents": [p.agents for p in rows],
            **others,
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
    agents_other : float, or None
        Those of the other population, where the second agent is of another.
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
    agents_other: float | None
    both: Estimate
    correlation: Estimate
    positive: float


def correlation(both: Array, one: Array, other: Array) -> Array:
    """Return the correlation of two events from their probabilities; 0 where one never varies."""
    spread = np.sqrt(np.maximum(one * (1 - one) * other * (1 - other), 0.0))
    return np.divide(both - one * other, spread, out=np.zeros_like(both), where=spread > 1e-12)
