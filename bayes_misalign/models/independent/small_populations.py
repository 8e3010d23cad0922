"""Whether populations of few answers would gain from being related to the others.

Independent shares take nothing from one population for another. How much there would be to take is
told by how alike populations are: the intra-class correlation of agents of one population, 1 / (1 +
A) where shares scatter about their mean as a Dirichlet(A mu). A population of n answers then knows
its mean shares to the part n / (n + A) by itself, and the rest by all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model

Array = NDArray[np.float64]
FEWEST = 6  # populations with answers: fewer hardly tell how alike they are
PART = 0.5  # of all populations, that is small


@dataclass(frozen=True)
class SmallPopulations:
    """Populations whose answers tell less of their shares than all populations do.

    Parameters
    ----------
    below : float
        Answers from which on a population's own tell more: the concentration A; infinite where
        populations differ no more than samples of one population would.
    names : tuple of str
        Populations with fewer.
    populations : int
        How many have answers.
    """

    below: float
    names: tuple[str, ...]
    populations: int


def concentration_of(counts: Array) -> float:
    """Return the concentration A of populations about their mean, from counts (S, K) of answers.

    Notes
    -----
    The intra-class correlation is estimated from mean squares between and within populations
    (Fleiss and Cuzick, Applied Psychological Measurement 3, 1979, for two goals; Weir and
    Cockerham, Evolution 38, 1984, for more). A is infinite where it is not positive.

    Examples
    --------
    >>> concentration_of(np.array([[8.0, 2.0], [2.0, 8.0], [5.0, 5.0]])).__round__(2)
    3.06
    """
    n = counts.sum(axis=1)
    shares, total = counts / n[:, None], n.sum()
    mean = counts.sum(axis=0) / total
    between = (n[:, None] * (shares - mean) ** 2).sum() / (len(n) - 1)
    within = (n * (1 - (shares**2).sum(axis=1))).sum() / (total - len(n))
    typical = (total - (n**2).sum() / total) / (len(n) - 1)
    if between <= within:
        return np.inf
    return float(typical * within / (between - within))


def small_populations(goals: Any) -> SmallPopulations | None:
    """Return what is small; None where it is not at least half of six populations, or unknown."""
    counts = goals_model(goals.model).counted(goals)
    if counts is None or goals.pairing is not None or len(goals.populations) < FEWEST:
        return None
    n = counts.sum(axis=1)
    asked = n > 0
    if asked.sum() < FEWEST or n.sum() <= asked.sum():
        return None
    below = concentration_of(counts[asked])
    names = tuple(s for s, own in zip(goals.populations, n, strict=True) if 0 < own < below)
    if len(names) < PART * asked.sum():
        return None
    return SmallPopulations(below, names, int(asked.sum()))
