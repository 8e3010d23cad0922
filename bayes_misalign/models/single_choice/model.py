"""Goals that agents state themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.model import STATED_TWICE, GoalsModel
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.models.single_choice import calibration, generative, words, write
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.models.single_choice.evidence import ChoiceCounts


class SingleChoiceModel(GoalsModel):
    """Each agent states one goal, or none, and the statement is taken as the goal held."""

    name = "single-choice"
    traits = Traits("goals", "exact")
    declaration = SingleChoice
    evidence = ChoiceCounts
    dims = generative.DIMS

    def assets(self) -> Path:
        return models_root() / self.name

    def shares_prior(self, priors: Any, /) -> Any:
        return priors

    def with_shares_prior(self, priors: Any, shares: Any, /) -> Any:
        del priors
        return shares

    def with_shares(self, stated: Any, shares: Any, /) -> Any:
        if stated is not None:
            raise StudyError(STATED_TWICE)
        return shares

    def alternatives(self, priors: Any, evidence: ChoiceCounts, /) -> Mapping[str, Any]:
        return shares_of(priors).alternatives(priors, evidence)

    def prior_in_brief(self, priors: Any, evidence: ChoiceCounts, /) -> str:
        return shares_of(priors).prior_in_brief(priors, evidence)

    def check(self, priors: Any, evidence: ChoiceCounts, /) -> None:
        shares_of(priors).check(priors, evidence.categories)

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    build = staticmethod(generative.build)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    replicated = staticmethod(generative.replicated)
    outcomes = staticmethod(generative.outcomes)
    held = staticmethod(generative.held)
    sized = staticmethod(generative.sized)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)


MODEL = SingleChoiceModel()
