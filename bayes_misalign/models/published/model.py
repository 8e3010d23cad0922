"""Goals of which rounded percentages were published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.answers.model import OfAnswers
from bayes_misalign.models.published import calibration, generative, words, write
from bayes_misalign.models.published.declaration import Published
from bayes_misalign.models.published.evidence import PublishedShares


class PublishedModel(OfAnswers):
    """Agents state one goal each, or none, and only rounded percentages of them are known."""

    name = "published"
    traits = Traits("goals", "exact")
    declaration = Published
    evidence = PublishedShares
    dims = generative.DIMS
    table_roles: ClassVar[Mapping[str, str]] = {
        "goal": "goal",
        "population": "population",
        "percent": "percent",
        "asked": "n",
    }
    needed_roles = frozenset({"goal", "percent"})

    def assets(self) -> Path:
        return models_root() / self.name

    priors = staticmethod(generative.priors)
    data = staticmethod(generative.data)
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


MODEL = PublishedModel()
