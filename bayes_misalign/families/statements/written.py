"""Statements of conflict levels as a study file says them."""

from __future__ import annotations

from typing import Any

import numpy as np


def written_statement(source: Any, i: int, pair: tuple[str, str]) -> dict[str, Any]:
    """Return the i-th statement of a source, about a pair: its range, or its mean and strength."""
    stated: dict[str, Any] = {"between": list(pair)}
    if np.isnan(source.mean[i]):
        stated["range"] = [float(source.low[i]), float(source.high[i])]
        if not np.isnan(source.probability[i]):
            stated["probability"] = float(source.probability[i])
    else:
        stated["mean"] = float(source.mean[i])
        stated["strength"] = float(source.strength[i])
    return stated
