"""The model `ordinal`, as the core reaches it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.statements.known_model import KnownLevels
from bayes_misalign.models.ordinal import generative
from bayes_misalign.models.ordinal.declaration import Ordinal, OrdinalConflict


class _Ordinal(KnownLevels):
    """Conflict grows with the steps between goals that stand in an order."""

    name = "ordinal"
    traits = Traits("conflict", "known")
    declaration = Ordinal
    evidence = OrdinalConflict

    priors = staticmethod(generative.priors)
    describe = staticmethod(generative.describe)

    def write(
        self, evidence: OrdinalConflict, priors: Any, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        found: dict[str, Any] = {"model": self.name, "order": list(evidence.order)}
        if evidence.threshold is not None:
            return {**found, "threshold": evidence.threshold}
        return found if evidence.power == 1 else {**found, "power": evidence.power}

    def source_text(self, evidence: OrdinalConflict, pair: tuple[str, str], /) -> str:
        place = {goal: i for i, goal in enumerate(evidence.order)}
        steps = abs(place[pair[0]] - place[pair[1]])
        return f"{self.name} ({steps} {'step' if steps == 1 else 'steps'} apart)"


MODEL = _Ordinal()
