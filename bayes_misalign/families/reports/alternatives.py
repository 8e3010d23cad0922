"""Priors of what reports say, varied one number at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

FACTORS = {"halved": 0.5, "doubled": 2.0}


def scaled(priors: Any, key: str, called: str) -> dict[str, Any]:
    """Return priors with a number, or a number of each goal, halved and doubled."""
    return _varied(priors, key, called, lambda value, factor: value * factor)


def odds_scaled(priors: Any, key: str, called: str) -> dict[str, Any]:
    """Return priors with the odds of a probability halved and doubled."""
    return _varied(
        priors,
        key,
        f"odds of {called}",
        lambda value, factor: value * factor / (1 - value + value * factor),
    )


def _varied(
    priors: Any, key: str, called: str, change: Callable[[float, float], float]
) -> dict[str, Any]:
    stated, found = getattr(priors, key), {}
    for word, factor in FACTORS.items():
        value = (
            {goal: change(number, factor) for goal, number in stated.items()}
            if isinstance(stated, Mapping)
            else change(stated, factor)
        )
        found[f"{called} {word}"] = replace(priors, **{key: value})
    return found
