"""Goals that agents state themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.answers.model import OfAnswers
from bayes_misalign.models.single_choice import calibration, generative, words, write
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.models.single_choice.evidence import ChoiceCounts


class SingleChoiceModel(OfAnswers):
    """Each agent states one goal, or none, and the statement is taken as the goal held."""

    name = "single-choice"
    traits = Traits("goals", "exact")
    declaration = SingleChoice
    evidence = ChoiceCounts
    dims = generative.DIMS
    table_roles: ClassVar[Mapping[str, str]] = {
        "counts": "columns",
        "goal": "goal",
        "population": "population",
        "weight": "weight",
        "count": "count",
        "weight_sum": "weight_sum",
        "weight_sq_sum": "weight_sq_sum",
        "id": "respondent",
        "cluster": "cluster",
        "strata": "strata",
        "fpc": "fpc",
    }

    def assets(self) -> Path:
        return models_root() / self.name

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    build = staticmethod(generative.build)
    draw = staticmethod(generative.draw)
    counted = staticmethod(generative.counted)
    draw_given = staticmethod(generative.draw_given)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    replicated = staticmethod(generative.replicated)
    outcomes = staticmethod(generative.outcomes)
    held = staticmethod(generative.held)
    of_populations = staticmethod(ChoiceCounts.of_populations)
    sized = staticmethod(generative.sized)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)


MODEL = SingleChoiceModel()
