"""The model `elicited`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.families.statements.written import written_statement
from bayes_misalign.models.elicited import calibration, generative
from bayes_misalign.models.elicited.declaration import Elicited, ElicitedConflict
from bayes_misalign.models.elicited.generative import ElicitedPriors, beta_parameters
from bayes_misalign.page.safe_text import named

OTHER_PROBABILITIES = (0.5, 0.99)


class _Elicited(ConflictModel):
    """Levels of conflict that somebody states, as ranges or means."""

    name = "elicited"
    traits = Traits("conflict", "exact")
    declaration = Elicited
    evidence = ElicitedConflict

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    designs = staticmethod(calibration.designs)
    against_statements = staticmethod(calibration.against_statements)

    def assets(self) -> Path:
        return models_root() / self.name

    def started(self, pairs: Any, bounds: Any, /) -> Mapping[str, Any] | None:
        if bounds is None:
            return None
        return {"pairs": [{"between": list(pair), "range": list(bounds)} for pair in pairs]}

    def alternatives(
        self, priors: ElicitedPriors, evidence: ElicitedConflict, /
    ) -> Mapping[str, Any]:
        found: dict[str, ElicitedPriors] = {}
        if not (np.isnan(evidence.mean) & np.isnan(evidence.probability)).any():
            return found
        for probability in OTHER_PROBABILITIES:
            other = ElicitedPriors(probability)
            try:
                beta_parameters(evidence, other)
            except StudyError:
                continue  # no Beta distribution puts so much, or so little, on one of the ranges
            found[f"stated ranges of conflict hold with probability {probability:g}"] = other
        return found

    def write(
        self, evidence: ElicitedConflict, priors: ElicitedPriors, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        pairs = [written_statement(evidence, i, pair) for i, pair in enumerate(evidence.pairs)]
        return {"model": self.name, "pairs": pairs, "prior": asdict(priors)}

    def observes(self, evidence: Any, /) -> bool:
        return False

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        return {}

    def source_text(self, evidence: ElicitedConflict, pair: tuple[str, str], /) -> str:
        return f"{self.name} ({named(evidence.origin)})"

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        return "elicited conflict levels as stated"


MODEL = _Elicited()
