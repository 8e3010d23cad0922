"""Goals whose agents choose as a mixture of agents of other goals does.

Where agents of a goal choose as a mixture of others would, choices cannot tell how many hold it and
how many hold those. With f_k(d) the probability of an agent's choices d if it holds goal k and m(d)
that of all agents, moving a share e of agents from goals u to goals w changes log m by
e sum_k (u_k - w_k) f_k / m: n agents tell e with a standard error of 1 / (2 D sqrt(n)), where 4 D^2
is the mean square of that sum. D is half the chi-square distance of the two mixtures. Of one action
chosen by half of the agents it is the difference of its chances, as the distance of two goals is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.simulated_choices import terms
from bayes_misalign.families.reports import latent
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.choices.evidence import DistinctChoices

Array = NDArray[np.float64]
DRAWS = 20  # that are looked at: distances hardly differ between them
MOST_GROUPS = 7  # goals of which all pairs of groups are compared; of more, each with all others
HELD = 1e4  # how much sums of weights that are not one count, over the scale of distances
COUNTS = 0.05  # least weight of a goal that takes part in a mixture


class Mixture(NamedTuple):
    """Two mixtures of goals, whose agents choose nearly alike."""

    one: tuple[tuple[int, float], ...]  # goals with their weights, which sum to one
    other: tuple[tuple[int, float], ...]
    distance: float

    @property
    def goals(self) -> tuple[frozenset[int], frozenset[int]]:
        """The goals on both sides."""
        return frozenset(k for k, _ in self.one), frozenset(k for k, _ in self.other)


def nearest(evidence: DistinctChoices, drawn: Mapping[str, Array]) -> tuple[list[Mixture], float]:
    """Return mixtures of three goals or more by their distance, and how many agents chose.

    Each is the nearest one of its goals: the distance is the median of some draws of shares,
    rationality and actions, the weights are those of the draw in the middle.
    """
    unknown = (evidence.gold == UNKNOWN) & (evidence.per_source.sum(axis=1) > 0)
    agents = np.where(unknown, evidence.effective_agents, 0.0)
    total = float(agents.sum())
    if len(evidence.categories) < 3 or not total:
        return [], total
    matrices = _mean_squares(evidence, drawn, agents / total)
    found: dict[tuple[frozenset[int], frozenset[int]], Mixture] = {}
    for one, other in _groups(len(evidence.categories)):
        each = [_closest(matrix, one, other) for matrix in matrices]
        middle = sorted(each, key=lambda mixture: mixture.distance)[len(each) // 2]
        if sum(map(len, middle.goals)) > 2:  # two goals alone are compared elsewhere
            before = found.get(middle.goals)
            if before is None or middle.distance < before.distance:
                found[middle.goals] = middle
    return sorted(found.values(), key=lambda mixture: mixture.distance), total


def _groups(goals: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield each goal and all others; of few goals, each half of them and the other half too."""
    most = goals // 2 if goals <= MOST_GROUPS else 1
    for size in range(1, most + 1):
        for one in combinations(range(goals), size):
            if 2 * size == goals and 0 not in one:
                continue  # the same two halves
            yield list(one), [k for k in range(goals) if k not in one]


def _mean_squares(
    evidence: DistinctChoices, drawn: Mapping[str, Array], weight: Array
) -> list[Array]:
    """Return sum_d weight_d r_d r_d' of some draws, with r_dk = P(choices | k) / P(choices)."""
    total = len(drawn["proportion"])
    chosen = np.linspace(0, total - 1, min(DRAWS, total)).astype(int)
    some = {key: values[chosen] for key, values in drawn.items()}
    shares, found = latent.among_sampled(some), []
    rows = weight > 0
    for i in range(len(chosen)):
        one = {key: values[[i]] for key, values in some.items()}
        log_f = terms(evidence, one)[0][rows]
        joint = log_f + np.log(np.maximum(shares[i], 1e-300))[evidence.population[rows]]
        top = joint.max(axis=1, keepdims=True)
        log_m = np.log(np.exp(joint - top).sum(axis=1, keepdims=True)) + top
        ratio = np.exp(np.minimum(log_f - log_m, 300.0))
        found.append((weight[rows, None] * ratio).T @ ratio)
    return found


def _closest(matrix: Array, one: list[int], other: list[int]) -> Mixture:
    """Return the nearest mixtures of two groups of goals, by the matrix of mean squares."""
    from scipy.optimize import nnls

    order = [*one, *other]
    values, vectors = np.linalg.eigh(matrix[np.ix_(order, order)])
    root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    first = np.arange(len(order)) < len(one)
    signed = root * np.where(first, 1.0, -1.0)
    held = HELD * max(float(np.sqrt(values.max())), 1.0)
    rows = np.vstack([signed, held * first, held * ~first])
    wanted = np.concatenate([np.zeros(len(order)), [held, held]])
    weight, _ = nnls(rows, wanted)
    distance = float(np.sqrt(((signed @ weight) ** 2).sum()) / 2)
    sides = (
        tuple((k, float(w)) for k, w, here in zip(order, weight, side, strict=True)
              if here and w >= COUNTS)
        for side in (first, ~first)
    )  # fmt: skip
    return Mixture(next(sides), next(sides), distance)
