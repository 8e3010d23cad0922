"""Levels of pairs as a round robin: what each member brings, and what is left to the pair.

With u_i ~ Normal(0, a^2) of each member and e_ij ~ Normal(0, b^2) of each pair, the levels
u_i + u_j + e_ij of K members split into three parts that do not overlap: their mean, effects of the
members that sum to zero, and what is left of the pairs, which sums to zero over the pairs of each
member (Kenny, Kashy and Cook, Dyadic Data Analysis, 2006, chapter 8, of symmetric dyads). The parts
are independent, and the mean is left to whoever adds one.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FEWEST_MEMBERS = 3  # of two members nothing is left beside the mean
FEWEST_FOR_PAIRS = 4  # of three members the member effects say it all


@cache
def incidence(members: int) -> Array:
    """Return which members are in which pair."""
    pairs = list(combinations(range(members), 2))
    found = np.zeros((len(pairs), members))
    for place, pair in enumerate(pairs):
        found[place, list(pair)] = 1.0
    return found


@cache
def fitted_by_members(members: int) -> Array:
    """Return the least-squares fit of mean and member effects to the values of pairs."""
    return np.asarray(np.linalg.pinv(incidence(members)))


def what_is_left(values: Any, members: int) -> Any:
    """Return the part of values of pairs that no mean and no member effects account for."""
    return values - (values @ fitted_by_members(members).T) @ incidence(members).T


def member_sd(goal_sd: Any, pair_sd: Any, members: int) -> Any:
    """Return the scale of member effects, the part of the pairs that they take up included."""
    return (goal_sd**2 + pair_sd**2 / (members - 2)) ** 0.5
