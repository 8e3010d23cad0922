"""The model `experts`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.statements.written import written_statement
from bayes_misalign.models.experts import calibration, generative, resized
from bayes_misalign.models.experts.declaration import ExpertConflict, Experts
from bayes_misalign.models.experts.generative import ExpertsPriors
from bayes_misalign.page.safe_text import named


class _Experts(ConflictModel):
    """Levels of conflict that several experts state, pooled."""

    name = "experts"
    traits = Traits("conflict", "exact", levels_together=True)
    not_varied: ClassVar[Mapping[str, str]] = {
        "shared_strength": "how firm the prior of `shared` is, which is varied itself",
    }
    declaration = Experts
    evidence = ExpertConflict
    dims = generative.DIMS

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    coords = staticmethod(generative.coords)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    outcomes = staticmethod(calibration.outcomes)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    measurements = staticmethod(resized.measurements)
    resized = staticmethod(resized.resized)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def alternatives(self, priors: ExpertsPriors, evidence: ExpertConflict, /) -> Mapping[str, Any]:
        if evidence.pooling == "linear":
            return {}  # statements are all it has
        return {
            **halved_and_doubled(priors, "scales of experts' pairs", "centre_sd", "pair_sd"),
            **halved_and_doubled(
                priors, "scales of how experts differ", "leaning_sd", "disagreement"
            ),
            **{
                f"experts share {shared:.0%} of their uncertainty": replace(priors, shared=shared)
                for shared in (0.25, 0.75)
            },
        }

    def write(
        self, evidence: ExpertConflict, priors: ExpertsPriors, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        stated = [
            {
                "expert": evidence.experts[expert],
                **written_statement(evidence, i, evidence.pairs[pair]),
            }
            for i, (pair, expert) in enumerate(zip(evidence.pair, evidence.expert, strict=True))
        ]
        table: dict[str, Any] = {"model": self.name, "pairs": stated, "pooling": evidence.pooling}
        if evidence.pooling == "linear":
            weights = map(float, evidence.weights)
            table["weights"] = dict(zip(evidence.experts, weights, strict=True))
        return {**table, "prior": asdict(priors)}

    def observes(self, evidence: ExpertConflict, /) -> bool:
        return evidence.pooling != "linear"

    def observations(self, evidence: ExpertConflict, /) -> Array:
        return np.bincount(evidence.pair, minlength=len(evidence.pairs)).astype(float)[None]

    def source_text(self, evidence: ExpertConflict, pair: tuple[str, str], /) -> str:
        return f"{self.name} ({named(evidence.origin)})"

    def prior_in_brief(self, priors: Any, evidence: ExpertConflict, /) -> str:
        how = "as stated" if evidence.pooling == "linear" else "pooled hierarchically"
        return f"experts' conflict levels {how}"


MODEL = _Experts()
