"""One cell of a data frame as the text that a person would write for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_EXACT_INTEGERS = 1e16


def cell_text(value: Any) -> str:
    """Return a value as text; every kind of missing value is an empty text."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value)
    if isinstance(value, float | np.floating):
        if value != value:
            return ""
        number = float(value)
        whole = number.is_integer() and abs(number) < _EXACT_INTEGERS
        return str(int(number)) if whole else str(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, np.datetime64 | np.timedelta64) and np.isnat(value):
        return ""
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim):
        if len(value) < 2:
            return cell_text(value[0]) if len(value) else ""
        raise TypeError(
            f"a cell holds {len(value)} values; only the model multi-select takes several goals of "
            "one agent"
        )
    if isinstance(value, bytes | bytearray | Mapping | Sequence | set | np.ndarray):
        raise TypeError(f"a cell holds a {type(value).__name__}, not a single value")
    return str(value)
