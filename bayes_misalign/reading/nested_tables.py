"""Tables of probabilities inside tables, as studies write them in Python or TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def depth_of(stated: Any) -> int | None:
    """Return how many mappings are inside each other, if it is the same number everywhere."""
    if not isinstance(stated, Mapping):
        return 0
    depths = {depth_of(value) for value in stated.values()}
    if len(depths) != 1 or (inner := depths.pop()) is None:
        return None
    return inner + 1
