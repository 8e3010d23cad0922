"""The model `elicited`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.families.statements.written import written_statement
from bayes_misalign.models.elicited import calibration, generative
from bayes_misalign.models.elicited.declaration import Elicited, ElicitedConflict
from bayes_misalign.models.elicited.generative import ElicitedPriors, beta_parameters
from bayes_misalign.page.safe_text import named

OTHER_PROBABILITIES = (0.5, 0.99)
WIDEST = {"mean": 0.5, "strength": 2.0}  # every level is as probable
_SHOWN = 0.9  # inside the range that stands for a mean and its strength


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

    def stated_levels(self, evidence: ElicitedConflict, /) -> Sequence[StatedLevel]:
        found = []
        for i, pair in enumerate(evidence.pairs):
            keys = written_statement(evidence, i, pair)
            del keys["between"]
            low, high = float(evidence.low[i]), float(evidence.high[i])
            if "mean" in keys:
                low, high = _inside(keys["mean"], keys["strength"])
            found.append(StatedLevel(low, high, keys))
        return found

    def statement(self, low: float, high: float, /) -> Mapping[str, Any] | None:
        if low == high:
            return None
        return WIDEST if (low, high) == (0, 1) else {"range": [low, high]}

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


def _inside(mean: float, strength: float) -> tuple[float, float]:
    """Return the middle range of a level that is stated by a mean and its strength."""
    from scipy.special import betaincinv

    rest = (1 - _SHOWN) / 2
    ends = betaincinv(mean * strength, (1 - mean) * strength, [rest, 1 - rest])
    return float(ends[0]), float(ends[1])


MODEL = _Elicited()
