"""The model `mutually-exclusive`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.statements.known_model import KnownLevels
from bayes_misalign.models.mutually_exclusive import generative
from bayes_misalign.models.mutually_exclusive.declaration import (
    ExclusiveConflict,
    MutuallyExclusive,
)


class _MutuallyExclusive(KnownLevels):
    """Every two different goals conflict for certain."""

    name = "mutually-exclusive"
    traits = Traits("conflict", "known")
    declaration = MutuallyExclusive
    evidence = ExclusiveConflict

    priors = staticmethod(generative.priors)
    describe = staticmethod(generative.describe)

    def write(self, evidence: Any, priors: Any, area: Any, folder: Path, /) -> dict[str, Any]:
        return {"model": self.name}

    def started(self, pairs: Any, bounds: Any, /) -> Mapping[str, Any] | None:
        return {} if bounds is None else None

    def source_text(self, evidence: Any, pair: tuple[str, str], /) -> str:
        return "mutually exclusive, by assumption"


MODEL = _MutuallyExclusive()
