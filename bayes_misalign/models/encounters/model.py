"""The model `encounters`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import Problem
from bayes_misalign.models.encounters import calibration, generative
from bayes_misalign.models.encounters.declaration import Encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative import EncounterPriors
from bayes_misalign.models.encounters.write import write_encounters
from bayes_misalign.report.labels import named


class _Encounters(ConflictModel):
    """Agents who met were seen in conflict, or not."""

    name = "encounters"
    traits = Traits("conflict", "exact", levels_together=True, needs_agents=True, speaks_for="met")
    declaration = Encounters
    evidence = EncounterConflict

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    observe = staticmethod(generative.observe)
    build = staticmethod(generative.build)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    write = staticmethod(write_encounters)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def alternatives(
        self, priors: EncounterPriors, evidence: EncounterConflict, /
    ) -> Mapping[str, Any]:
        found = halved_and_doubled(priors, "prior of conflict seen in encounters", "yes", "no")
        if evidence.background:
            names = ("background_yes", "background_no")
            found |= halved_and_doubled(priors, "prior of conflict over something else", *names)
        return found

    def designs(self) -> Mapping[str, Any]:
        return {"goals known": calibration.encounters()}

    def contested(
        self, sources: Sequence[EncounterConflict], pairs: Sequence[tuple[str, str]], /
    ) -> Problem | None:
        # agents meet whoever they meet, so that such a table is about all pairs
        of_agents = sum(not source.pairs for source in sources)
        if of_agents < 2:
            return None
        return Problem(
            f"{of_agents} sources hold encounters of named agents",
            where="conflict",
            fix="put the encounters into one table",
        )

    def source_text(self, evidence: EncounterConflict, pair: tuple[str, str], /) -> str:
        yes, no = evidence.between[evidence.pairs.index(pair)]
        known = " of known goals" if evidence.uncertain else ""
        seen = f"met: {yes + no:,.0f} encounters{known}, {yes:,.0f} with conflict"
        return f"{seen} ({named(evidence.origin)})"

    def advice(self, evidence: Any, them: str, /) -> str:
        return "observe more encounters"

    def prior_in_brief(self, priors: EncounterPriors, evidence: Any, /) -> str:
        return f"conflict levels seen in encounters Beta({priors.yes:g}, {priors.no:g})"


MODEL = _Encounters()
