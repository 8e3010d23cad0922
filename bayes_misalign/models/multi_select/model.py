"""Agents who hold several goals at once, as the core reaches the model."""

from __future__ import annotations

from typing import Any

from bayes_misalign.families.answers.counted_model import OfCountedAgents
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.lifted import lifted
from bayes_misalign.models.multi_select import calibration, first_look, generative, words, write
from bayes_misalign.models.multi_select.declaration import MultiSelect
from bayes_misalign.models.multi_select.evidence import HoldingCounts


class MultiSelectModel(OfCountedAgents):
    """Each agent states several goals, one, or none, and is taken to hold them all."""

    name = "multi-select"
    declaration = MultiSelect
    evidence = HoldingCounts

    def lift(self, evidence: HoldingCounts, conflict: PartlyKnown, /) -> PartlyKnown:
        return lifted(evidence.held, conflict, evidence.lift, evidence.same_goals)

    def minds_few_answers(self, evidence: HoldingCounts, priors: Any, /) -> bool:
        # the default prior weighs no more than one answer, however many holdings there are
        del evidence
        return bool(priors != self.priors())

    def results(self, evidence: HoldingCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.multi_select.results import holding_results

        del name
        return holding_results(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.multi_select.section import REPORT

        return REPORT

    first_goals = staticmethod(first_look.first_goals)
    priors = staticmethod(generative.priors)
    declare_lifted = staticmethod(generative.declare_lifted)
    quantities = staticmethod(calibration.quantities)
    designs = staticmethod(calibration.designs)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)


MODEL = MultiSelectModel()
