"""Goals seen through what agents do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.contract.base import Array, Draws
from bayes_misalign.contract.calibrated import goal_quantities
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.actions import simulated_choices
from bayes_misalign.families.actions.alternatives import of_correlation
from bayes_misalign.families.actions.quantities import actions_of
from bayes_misalign.families.reports.alternatives import scaled
from bayes_misalign.families.reports.model import ReportsModel
from bayes_misalign.models.behaviour import calibration, generative, words, write
from bayes_misalign.models.behaviour.declaration import Behaviour
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.priors import ActionPriors

CERTAIN = 1e6  # observed actions that an assumption is worth


class BehaviourModel(ReportsModel):
    """Agents choose actions in situations; a goal makes some actions likelier than others."""

    name = "behaviour"
    traits = Traits("goals", "sampled", uncertain_agents=True)
    declaration = Behaviour
    evidence = DistinctActions
    dims = generative.DIMS

    def priors(self, stated: Any = None, /) -> ActionPriors:
        return ActionPriors.of(stated)

    def other_alternatives(
        self, priors: ActionPriors, evidence: DistinctActions, /
    ) -> Mapping[str, ActionPriors]:
        found: dict[str, ActionPriors] = {}
        nothing = np.isnan(evidence.expected)
        if not nothing.all():
            found |= scaled(priors, "strength", "worth of the stated actions")
        if nothing.any():
            found |= scaled(priors, "unstated", "prior of unstated actions")
        return found | of_correlation(priors, evidence)

    def quantities(self, evidence: DistinctActions, parameters: Mapping[str, Array], /) -> Draws:
        return goal_quantities(evidence, parameters) | actions_of(evidence, parameters)

    def overdispersed(self, evidence: DistinctActions, priors: ActionPriors, /) -> bool:
        return priors.overdispersed(evidence)

    def certain(self, priors: ActionPriors, /) -> ActionPriors:
        return replace(priors, strength=CERTAIN)

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


MODEL = BehaviourModel()
