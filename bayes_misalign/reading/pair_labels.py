"""How a pair of goals is written as one label."""

from __future__ import annotations

from collections.abc import Iterable


def pair_labels(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return one label for each pair of goals."""
    return [f"{a} | {b}" for a, b in pairs]
