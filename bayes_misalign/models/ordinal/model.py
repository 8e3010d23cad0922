"""The model `ordinal`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.models.ordinal import generative
from bayes_misalign.models.ordinal.declaration import Ordinal, OrdinalConflict


class _Ordinal(ConflictModel):
    """Conflict grows with the steps between goals that stand in an order."""

    name = "ordinal"
    traits = Traits("conflict", "known")
    declaration = Ordinal
    evidence = OrdinalConflict

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

    def write(
        self, evidence: OrdinalConflict, priors: Any, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        found: dict[str, Any] = {"model": self.name, "order": list(evidence.order)}
        if evidence.threshold is not None:
            return {**found, "threshold": evidence.threshold}
        return found if evidence.power == 1 else {**found, "power": evidence.power}

    def stated_levels(self, evidence: OrdinalConflict, /) -> Sequence[StatedLevel]:
        return [StatedLevel(level, level) for level in map(float, evidence.conflict)]

    def designs(self) -> Mapping[str, Any]:
        return {}

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        return {}

    def source_text(self, evidence: OrdinalConflict, pair: tuple[str, str], /) -> str:
        place = {goal: i for i, goal in enumerate(evidence.order)}
        steps = abs(place[pair[0]] - place[pair[1]])
        return f"{self.name} ({steps} {'step' if steps == 1 else 'steps'} apart)"


MODEL = _Ordinal()
