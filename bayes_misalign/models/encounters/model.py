"""The model `encounters`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array, EvidenceModel
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import Problem, StudyError
from bayes_misalign.models.encounters import calibration, encounter_outcomes, generative
from bayes_misalign.models.encounters import reports_and_encounters as together
from bayes_misalign.models.encounters.declaration import Encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.priors import EncounterPriors
from bayes_misalign.models.encounters.priors import priors as encounter_priors
from bayes_misalign.models.encounters.reports_and_encounters import (
    JointPriors,
    ReportsAndEncounters,
)
from bayes_misalign.models.encounters.write import write_encounters
from bayes_misalign.page.safe_text import named

TRAITS = Traits("conflict", "exact", levels_together=True, needs_agents=True, speaks_for="met")


class _Encounters(ConflictModel):
    """Agents who met were seen in conflict, or not."""

    name = "encounters"
    traits = TRAITS
    nothing_observed = "nobody met"
    declaration = Encounters
    evidence = EncounterConflict

    priors = staticmethod(encounter_priors)
    declare = staticmethod(generative.declare)
    observe = staticmethod(generative.observe)
    build = staticmethod(generative.build)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(encounter_outcomes.free_variables)
    observed = staticmethod(encounter_outcomes.observed)
    replicated = staticmethod(encounter_outcomes.replicated)
    outcomes = staticmethod(encounter_outcomes.outcomes)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    write = staticmethod(write_encounters)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def report(self) -> Any:
        from bayes_misalign.models.encounters.section import REPORT

        return REPORT

    def alternatives(
        self, priors: EncounterPriors, evidence: EncounterConflict, /
    ) -> Mapping[str, Any]:
        found = halved_and_doubled(priors, "prior of conflict seen in encounters", "yes", "no")
        if evidence.background:
            names = ("background_yes", "background_no")
            found |= halved_and_doubled(priors, "prior of conflict over something else", *names)
        return found

    def for_design(self, design: Any, /) -> EvidenceModel:
        return WithReports(design) if isinstance(design, ReportsAndEncounters) else self

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

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.encounters.results import results_of

        return results_of(evidence, name, posterior)

    def observations(self, evidence: EncounterConflict, /) -> Array | None:
        # encounters of agents of unknown goals may be of any pair
        return None if evidence.uncertain else evidence.between.sum(axis=1)[None]

    def source_text(self, evidence: EncounterConflict, pair: tuple[str, str], /) -> str:
        yes, no = evidence.between[evidence.pairs.index(pair)]
        known = " of known goals" if evidence.uncertain else ""
        seen = f"met: {yes + no:,.0f} encounters{known}, {yes:,.0f} with conflict"
        return f"{seen} ({named(evidence.origin)})"

    def advice(self, evidence: Any, them: str, /) -> str:
        return "observe more encounters"

    def prior_in_brief(self, priors: EncounterPriors, evidence: Any, /) -> str:
        return f"conflict levels seen in encounters Beta({priors.yes:g}, {priors.no:g})"


class WithReports(EvidenceModel):
    """Encounters of agents whose goals are seen through reports, together with these reports."""

    name = "encounters"
    traits = TRAITS
    declaration = Encounters
    evidence = ReportsAndEncounters

    build = staticmethod(together.build)
    data = staticmethod(together.data)
    draw_prior = staticmethod(together.draw_prior)
    simulate = staticmethod(together.simulate)
    with_data = staticmethod(calibration.with_reports)
    quantities = staticmethod(calibration.joint_quantities)

    def __init__(self, design: ReportsAndEncounters) -> None:
        self.design = design

    def assets(self) -> Path:
        return models_root() / self.name

    def priors(self, stated: Any = None, /) -> JointPriors:
        return together.priors(self.design, stated)

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        return {}

    def designs(self) -> Mapping[str, Any]:
        return {"goals seen through reports": self.design}

    def describe(self, evidence: ReportsAndEncounters, priors: JointPriors, /) -> Description:
        return generative.describe(evidence.met, priors.met)

    def declare(self, evidence: Any, priors: Any, name: str, /) -> Any:
        raise StudyError("reports and encounters are declared in a model of their own: build it")

    def write(
        self, evidence: ReportsAndEncounters, priors: JointPriors, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        return write_encounters(evidence.met, priors.met, area, folder)


MODEL = _Encounters()
