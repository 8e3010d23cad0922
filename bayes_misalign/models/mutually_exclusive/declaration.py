"""Goals of which no two can be reached together: every pair conflicts for certain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.models.fixed.declaration import FixedConflict
from bayes_misalign.reading.problem_area import ProblemArea


@dataclass(frozen=True, eq=False)
class ExclusiveConflict(FixedConflict):
    """Levels of conflict of mutually exclusive goals: all 1.

    Examples
    --------
    >>> ExclusiveConflict((("a", "b"),), [1.0], origin="mutually exclusive goals").model
    'mutually-exclusive'
    """

    model: ClassVar[str] = "mutually-exclusive"


@dataclass(frozen=True)
class MutuallyExclusive:
    """Every two different goals conflict for certain; nothing is said about holding no goal.

    Notes
    -----
    With this conflict P(misalignment) is equation (2) of Kierans, Hazan and Dori-Hacohen (2022),
    Quantifying Misalignment Between Agents, NeurIPS ML Safety Workshop.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b", "c"])
    >>> MutuallyExclusive().read(area, Problems()).pairs
    (('a', 'b'), ('a', 'c'), ('b', 'c'))
    """

    model: ClassVar[str] = "mutually-exclusive"
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> ExclusiveConflict:
        """Return conflict 1 for every pair of different goals."""
        pairs = tuple(combinations(area.goals, 2))
        return ExclusiveConflict(pairs, np.ones(len(pairs)), origin="mutually exclusive goals")
