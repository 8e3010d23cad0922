"""The model `fixed`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.models.fixed import generative
from bayes_misalign.models.fixed.declaration import Fixed, FixedConflict
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import NO_GOAL


class _Fixed(ConflictModel):
    """Levels of conflict that are known numbers."""

    name = "fixed"
    traits = Traits("conflict", "known", states_levels=True)
    declaration = Fixed
    evidence = FixedConflict

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)

    def assets(self) -> Path:
        return models_root() / self.name

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        return {}

    def stated(
        self, pairs: Sequence[tuple[str, str]], level: float, origin: str, /
    ) -> FixedConflict:
        return FixedConflict(tuple(pairs), np.full(len(pairs), level), origin)

    def stated_levels(self, evidence: FixedConflict, /) -> Sequence[StatedLevel]:
        return [StatedLevel(level, level) for level in map(float, evidence.conflict)]

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

    def designs(self) -> Mapping[str, Any]:
        return {}

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        return {}

    def source_text(self, evidence: FixedConflict, pair: tuple[str, str], /) -> str:
        return f"{self.name} ({named(evidence.origin)})"


MODEL = _Fixed()
