"""The model `mutually-exclusive`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.models.mutually_exclusive import generative
from bayes_misalign.models.mutually_exclusive.declaration import (
    ExclusiveConflict,
    MutuallyExclusive,
)


class _MutuallyExclusive(ConflictModel):
    """Every two different goals conflict for certain."""

    name = "mutually-exclusive"
    traits = Traits("conflict", "known")
    declaration = MutuallyExclusive
    evidence = ExclusiveConflict

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

    def write(self, evidence: Any, priors: Any, area: Any, folder: Path, /) -> dict[str, Any]:
        return {"model": self.name}

    def started(self, pairs: Any, bounds: Any, /) -> Mapping[str, Any] | None:
        return {} if bounds is None else None

    def stated_levels(self, evidence: ExclusiveConflict, /) -> Sequence[StatedLevel]:
        return [StatedLevel(1.0, 1.0) for _ in evidence.pairs]

    def designs(self) -> Mapping[str, Any]:
        return {}

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        return {}

    def source_text(self, evidence: Any, pair: tuple[str, str], /) -> str:
        return "mutually exclusive, by assumption"


MODEL = _MutuallyExclusive()
