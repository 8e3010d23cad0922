"""The model `fixed`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.statements.known_model import KnownLevels
from bayes_misalign.models.fixed import generative
from bayes_misalign.models.fixed.declaration import Fixed, FixedConflict
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import NO_GOAL


class _Fixed(KnownLevels):
    """Levels of conflict that are known numbers."""

    name = "fixed"
    traits = Traits("conflict", "known", states_levels=True)
    declaration = Fixed
    evidence = FixedConflict

    priors = staticmethod(generative.priors)
    describe = staticmethod(generative.describe)

    def stated(
        self, pairs: Sequence[tuple[str, str]], level: float, origin: str, /
    ) -> FixedConflict:
        return FixedConflict(tuple(pairs), np.full(len(pairs), level), origin)

    def statement(self, low: float, high: float, /) -> Mapping[str, Any] | None:
        return {"conflict": low} if low == high else None

    def write(
        self, evidence: FixedConflict, priors: Any, area: Any, folder: Path, /
    ) -> dict[str, Any] | None:
        pairs = [
            {"between": list(pair), "conflict": float(level)}
            for pair, level in zip(evidence.pairs, evidence.conflict, strict=True)
            if NO_GOAL not in pair or level > 0
        ]
        return {"model": self.name, "pairs": pairs} if pairs else None

    def source_text(self, evidence: FixedConflict, pair: tuple[str, str], /) -> str:
        return f"{self.name} ({named(evidence.origin)})"


MODEL = _Fixed()
