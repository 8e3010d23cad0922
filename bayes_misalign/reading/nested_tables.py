"""Tables of probabilities inside tables, as studies write them in Python or TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def depth_of(stated: Any) -> int | None:
    """Return how many mappings are inside each other, if it is the same number everywhere.

    Parameters
    ----------
    stated : object
        What a study says.

    Returns
    -------
    int or None
        0 if it is no mapping; None if the depth differs, or a mapping is empty.

    Examples
    --------
    >>> depth_of({"a": {"b": 0.5}}), depth_of(0.5), depth_of({"a": 1, "b": {"c": 1}})
    (2, 0, None)
    """
    if not isinstance(stated, Mapping):
        return 0
    depths = {depth_of(value) for value in stated.values()}
    if len(depths) != 1 or (inner := depths.pop()) is None:
        return None
    return inner + 1
