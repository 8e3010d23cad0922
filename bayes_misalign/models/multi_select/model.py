"""Agents who hold several goals at once, as the core reaches the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.answers import counts_pymc
from bayes_misalign.families.answers.model import OfAnswers
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.lifted import lifted
from bayes_misalign.models.multi_select import calibration, generative, words, write
from bayes_misalign.models.multi_select.declaration import MultiSelect
from bayes_misalign.models.multi_select.evidence import HoldingCounts


class MultiSelectModel(OfAnswers):
    """Each agent states several goals, one, or none, and is taken to hold them all."""

    name = "multi-select"
    traits = Traits("goals", "exact", lifts_conflict=True)
    declaration = MultiSelect
    evidence = HoldingCounts
    dims = counts_pymc.DIMS
    table_roles: ClassVar = {}

    def assets(self) -> Path:
        return models_root() / self.name

    def goals_of(self, evidence: HoldingCounts, /) -> tuple[str, ...]:
        return evidence.goals

    def lift(self, evidence: HoldingCounts, conflict: PartlyKnown, /) -> PartlyKnown:
        return lifted(evidence.held, conflict, evidence.lift, evidence.same_goals)

    def coords(self, evidence: HoldingCounts, /) -> dict[str, tuple[str, ...]]:
        del evidence
        return {}

    def results(self, evidence: HoldingCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.multi_select.results import holding_results

        del name
        return holding_results(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.multi_select.section import REPORT

        return REPORT

    priors = staticmethod(generative.priors)
    declare_lifted = staticmethod(generative.declare_lifted)
    declare = staticmethod(counts_pymc.declare)
    build = staticmethod(counts_pymc.build)
    draw = staticmethod(counts_pymc.draw)
    counted = staticmethod(counts_pymc.counted)
    draw_given = staticmethod(counts_pymc.draw_given)
    draw_prior = staticmethod(counts_pymc.draw_prior)
    free_variables = staticmethod(counts_pymc.free_variables)
    observed = staticmethod(counts_pymc.observed)
    replicated = staticmethod(counts_pymc.replicated)
    outcomes = staticmethod(counts_pymc.outcomes)
    held = staticmethod(counts_pymc.held)
    of_populations = staticmethod(HoldingCounts.of_populations)
    sized = staticmethod(counts_pymc.sized)
    simulate = staticmethod(counts_pymc.simulate)
    with_data = staticmethod(counts_pymc.with_data)
    quantities = staticmethod(calibration.quantities)
    designs = staticmethod(calibration.designs)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)


MODEL = MultiSelectModel()
