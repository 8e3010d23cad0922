"""Strange bedfellows: who is opposed in one problem area and agrees in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bedfellows:
    """Two populations, or two goals, that are opposed in one area and agree in another.

    Parameters
    ----------
    one, other : str
        The populations, or the goals.
    opposed, agreed : str
        The problem areas.
    probability : float
        Posterior probability of both at once.
    p_opposed, p_agreed : float
        Posterior probability of each.
    """

    one: str
    other: str
    opposed: str
    agreed: str
    probability: float
    p_opposed: float
    p_agreed: float


def bedfellows(
    one: str,
    other: str,
    far: Mapping[str, Array],
    near: Mapping[str, Array],
    above: float,
    below: float,
    least: float,
) -> list[Bedfellows]:
    """Return pairs of areas of which one has values above a level and the other below one.

    Parameters
    ----------
    one, other : str
        Whom the draws are of.
    far, near : mapping of str to (draw,) ndarray
        Posterior draws by area, of the same areas: of what is large where they are opposed, and of
        what is small where they agree. Those of one area may be a single value.
    above, below : float
        Opposed is a value of `far` above the first, agreed one of `near` below the second.
    least : float
        Smallest probability of a pair that is returned.

    Notes
    -----
    Counted over the draws, so that what areas have in common is kept. For A areas and D draws one
    product of matrices of 0 and 1, (A, D) and (D, A).
    """
    areas, n = list(far), max((x.size for x in far.values()), default=0)
    if len(areas) < 2:
        return []
    opposed, agreed = (
        np.stack([np.broadcast_to(told, n) for told in every], axis=1).astype(np.float32)
        for every in ([x > above for x in far.values()], [near[a] < below for a in areas])
    )
    both = (opposed.T @ agreed).astype(np.float64) / n
    np.fill_diagonal(both, 0.0)
    p_far, p_near = (x.mean(axis=0, dtype=np.float64) for x in (opposed, agreed))
    found = [
        Bedfellows(one, other, areas[a], areas[b], *map(float, (both[a, b], p_far[a], p_near[b])))
        for a, b in np.argwhere(both >= max(least, 1 / n))
    ]
    return sorted(found, key=lambda x: -x.probability)


def any_bedfellows(
    far: Mapping[str, Array], near: Mapping[str, Array], above: float, below: float
) -> float:
    """Return the probability that they are opposed in some area, and agree in another one."""
    if len(far) < 2:
        return 0.0
    opposed = np.stack(list(far.values()), axis=1) > above
    agreed = np.stack([near[a] for a in far], axis=1) < below
    other = opposed.sum(axis=1) + agreed.sum(axis=1) - (opposed & agreed).sum(axis=1) > 1
    return float((opposed.any(axis=1) & agreed.any(axis=1) & other).mean())
