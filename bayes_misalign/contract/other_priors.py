"""Other priors that somebody might have stated: the same numbers, halved and doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

FACTORS = {"halved": 0.5, "doubled": 2.0}


def halved_and_doubled(priors: Any, what: str, *names: str) -> dict[str, Any]:
    """Return frozen priors with these of their numbers halved and doubled, all at once."""
    return {
        f"{what} {word}": replace(priors, **{n: getattr(priors, n) * factor for n in names})
        for word, factor in FACTORS.items()
    }


def unscaled(name: str) -> tuple[str, str] | None:
    """Return what another prior halves or doubles, and which; None where it does neither.

    Examples
    --------
    >>> unscaled("prior of judged conflict halved")
    ('prior of judged conflict', 'halved')
    >>> unscaled("shares ~ Dirichlet(1, ..., 1)")
    """
    what, _, word = name.rpartition(" ")
    return (what, word) if word in FACTORS else None
