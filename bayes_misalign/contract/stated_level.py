"""What a study says of the conflict of one pair of goals, where it says it in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StatedLevel:
    """The range that a level of conflict is said to lie in.

    Parameters
    ----------
    low, high : float
        Ends of the range, in [0, 1]; both are the same where the level is known.
    keys : mapping of str to object, optional
        The statement as a study file has it, without its pair. None where `statement` says the same
        of this range.
    """

    low: float
    high: float
    keys: Mapping[str, Any] | None = None
