"""What a difference of two misalignments is due to: other conflict levels, or other shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.misalignment import distinct_agents
from bayes_misalign.measure.shapes import (
    Conflict,
    Floats,
    bilinear,
    proper_conflict,
    proper_shares,
)


class Change(NamedTuple):
    """A difference of two misalignments, taken apart.

    Parameters
    ----------
    difference : numpy.ndarray, shape (...,)
        P(ma) of one population minus that of the other.
    due_to_conflict : numpy.ndarray, shape (...,)
        Part that is due to conflict levels.
    due_to_shares : numpy.ndarray, shape (...,)
        Part that is due to goal shares; both parts sum to the difference.
    """

    difference: Floats
    due_to_conflict: Floats
    due_to_shares: Floats


def change(
    shares: ArrayLike,
    conflict: ConflictLike,
    shares_other: ArrayLike,
    conflict_other: ConflictLike,
    population_sizes: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    directed: bool = False,
) -> Change:
    """Split the difference of two misalignments between conflict levels and goal shares.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Shares of the goal groups in one population, in [0, 1], summing to 1.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals in it; leading axes broadcast.
    shares_other : array_like, shape (..., K)
        Shares in the other population.
    conflict_other : array_like, shape (..., K, K)
        Probability of conflict in the other population.
    population_sizes : tuple of two array_like of int, optional
        Number of agents of each, where two different agents are asked for. A size goes with the
        shares: both say who the agents are.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Change
        The difference, and its parts due to conflict levels and due to shares.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    With p, C of one population and q, D of the other, p'Cp - q'Dq is the sum of
    (p'(C - D)p + q'(C - D)q) / 2 and (p'Cp - q'Cq + p'Dp - q'Dq) / 2. Each part is the change of
    one factor, averaged over both states of the other, so that no order comes first: Kitagawa,
    Components of a difference between two rates, JASA 50 (1955), the Shapley value of two factors.
    The parts say how the difference is made up, not what caused it.

    Examples
    --------
    >>> exclusive, half = [[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.5], [0.5, 0.0]]
    >>> parts = change([0.5, 0.5], exclusive, [0.75, 0.25], half)
    >>> float(parts.difference), float(parts.due_to_conflict), float(parts.due_to_shares)
    (0.3125, 0.21875, 0.09375)
    """
    p, q = proper_shares(shares), proper_shares(shares_other, "shares_other")
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(
            "both populations must list the same goals in the same order: shares has "
            f"{p.shape[-1]}, shares_other has {q.shape[-1]}"
        )
    c, d = (
        proper_conflict(level, p.shape[-1], directed=directed)
        for level in (conflict, conflict_other)
    )
    one, other = (None, None) if population_sizes is None else population_sizes
    pc, pd = _misalignment(p, c, one), _misalignment(p, d, one)
    qc, qd = _misalignment(q, c, other), _misalignment(q, d, other)
    return Change(
        pc - qd,
        0.5 * ((pc - pd) + (qc - qd)),
        0.5 * ((pc - qc) + (pd - qd)),
    )


def _misalignment(shares: Floats, conflict: Conflict, size: ArrayLike | None) -> Floats:
    value = np.asarray(bilinear(shares, conflict, shares))
    return value if size is None else distinct_agents(value, size)
