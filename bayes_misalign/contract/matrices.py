"""Conflict levels of pairs as symmetric matrices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def assemble(
    categories: tuple[str, ...], parts: Iterable[tuple[tuple[tuple[str, str], ...], Array]]
) -> Array:
    """Return symmetric conflict matrices from levels by pair, (draw or 1, K, K).

    Notes
    -----
    Levels are (draw, pair), or (draw, population, pair) where they were measured in each
    population; one draw where they are known. If any are by population, the result is
    (draw or 1, S, K, K), and the others are the same in all.
    """
    parts = list(parts)
    position = {label: i for i, label in enumerate(categories)}
    rows = max((levels.shape[0] for _, levels in parts), default=1)
    populations = next((x.shape[1:2] for pairs, x in parts if pairs and x.ndim == 3), ())
    matrix = np.zeros((rows, *populations, len(categories), len(categories)))
    for pairs, levels in parts:
        if pairs:
            i = [position[a] for a, _ in pairs]
            j = [position[b] for _, b in pairs]
            each = levels[:, None] if populations and levels.ndim == 2 else levels
            matrix[..., i, j] = each
            matrix[..., j, i] = each
    return matrix
