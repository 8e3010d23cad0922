"""Goals seen through choices between actions with stated payoffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp, log
from typing import Any

from bayes_misalign.contract.base import Array, Draws
from bayes_misalign.contract.calibrated import goal_quantities
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.actions import simulated_choices
from bayes_misalign.families.actions.alternatives import of_correlation
from bayes_misalign.families.actions.quantities import actions_of
from bayes_misalign.families.reports.alternatives import FACTORS, scaled
from bayes_misalign.families.reports.model import ReportsModel
from bayes_misalign.models.choices import calibration, generative, words, write
from bayes_misalign.models.choices.declaration import Choices
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.priors import ChoicePriors

CERTAIN = 1e-6  # sd of the logarithm of a rationality that is assumed


class ChoicesModel(ReportsModel):
    """Agents choose the actions that pay most to their goal, more or less rationally."""

    name = "choices"
    traits = Traits("goals", "sampled", uncertain_agents=True)
    declaration = Choices
    evidence = DistinctChoices
    dims = generative.DIMS

    def priors(self, stated: Any = None, /) -> ChoicePriors:
        return ChoicePriors.of(stated)

    def check_reports(self, priors: ChoicePriors, evidence: DistinctChoices, /) -> None:
        """Nothing in the priors of rationality could not fit the goals."""

    def other_alternatives(
        self, priors: ChoicePriors, evidence: DistinctChoices, /
    ) -> Mapping[str, ChoicePriors]:
        median = log(priors.best_of_two / (1 - priors.best_of_two))
        found = {
            f"rationality expected {word}": replace(
                priors, best_of_two=1 / (1 + exp(-factor * median))
            )
            for word, factor in FACTORS.items()
        }
        found |= scaled(priors, "spread", "spread of the prior of rationality")
        return found | of_correlation(priors, evidence)

    def quantities(self, evidence: DistinctChoices, parameters: Mapping[str, Array], /) -> Draws:
        return (
            goal_quantities(evidence, parameters)
            | calibration.rationality_of(evidence, parameters)
            | actions_of(evidence, parameters)
        )

    def overdispersed(self, evidence: DistinctChoices, priors: ChoicePriors, /) -> bool:
        return priors.overdispersed(evidence)

    def certain(self, priors: ChoicePriors, /) -> ChoicePriors:
        return replace(priors, spread=CERTAIN)

    def report(self) -> Any:
        from bayes_misalign.models.choices.section import REPORT

        return REPORT

    def check_fit(self, fit: Any, /) -> Any:
        from bayes_misalign.models.choices.found_in_fit import with_choices

        return with_choices(super().check_fit(fit), fit)

    coords = staticmethod(generative.coords)
    data = staticmethod(generative.data)
    declare_with_holders = staticmethod(generative.declare_with_holders)
    build = staticmethod(generative.build)
    draw_prior = staticmethod(generative.draw_prior)
    terms = staticmethod(simulated_choices.terms)
    simulate_agents = staticmethod(simulated_choices.simulate_agents)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)


MODEL = ChoicesModel()
