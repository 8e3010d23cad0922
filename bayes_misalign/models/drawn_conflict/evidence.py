"""Draws of conflict levels that were made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from bayes_misalign.families.draws.kept import doubts
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Caution, FloatArray, Pair, Shape


@dataclass(frozen=True, eq=False)
class DrawnLevels(ConflictSource):
    """Draws (draw, pair) of conflict levels, each in [0, 1]."""

    model: ClassVar[str] = "drawn-conflict"
    SHAPES: ClassVar[Mapping[str, Shape]] = {"levels": (None, "pairs")}

    pairs: tuple[Pair, ...]
    levels: FloatArray
    origin: str
    paired: bool = False
    rhat: float | None = None
    ess: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def worth(self) -> float:
        """The number of draws, or their smallest effective sample size."""
        return len(self.levels) if self.ess is None else min(self.ess, len(self.levels))

    @property
    def paired_draws(self) -> int:
        """How many draws belong to those of other evidence."""
        return len(self.levels) if self.paired else 0

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What lowers trust in the draws."""
        return doubts(len(self.levels), self.rhat, self.ess, "conflict levels")
