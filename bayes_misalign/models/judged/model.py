"""The model `judged`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.models.judged import calibration, generative, resized
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_by_kind, has_slopes
from bayes_misalign.models.judged.priors import JudgedPriors
from bayes_misalign.models.judged.write import write_judgements
from bayes_misalign.page.safe_text import named


class _Judged(ConflictModel):
    """Judges say yes or no to whether goals conflict."""

    name = "judged"
    traits = Traits("conflict", "exact")
    nothing_observed = "nobody judged conflict"
    declaration = Judged
    evidence = JudgedConflict

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    outcomes = staticmethod(generative.outcomes)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    write = staticmethod(write_judgements)
    measurements = staticmethod(resized.measurements)
    resized = staticmethod(resized.resized)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def report(self) -> Any:
        from bayes_misalign.models.judged.section import REPORT

        return REPORT

    def alternatives(self, priors: JudgedPriors, evidence: JudgedConflict, /) -> Mapping[str, Any]:
        found = halved_and_doubled(priors, "prior of judged conflict", "yes", "no")
        if not priors.has_raters(evidence):
            return found
        scales = ["severity"] if priors.severity > 0 else []
        again = again_by_kind(evidence).any() if evidence.kinds else evidence.repeated
        scales += ["again"] if again else []
        if evidence.kinds:
            names: tuple[str, ...] = ("location",)
            names += ("slope", "disagreement") if has_slopes(evidence) else ()
            found |= halved_and_doubled(priors, "scales of how kinds of judges differ", *names)
        if scales:
            found |= halved_and_doubled(priors, "scales of how judges differ", *scales)
        if priors.lapse > 0:
            names = ("lapse_common", "lapse_spread")
            found |= halved_and_doubled(priors, "scales of judges' lapses", *names)
        if 0 < priors.lapse < 0.5:
            found |= halved_and_doubled(priors, "median of judges' lapses", "lapse")
        return found

    def hang_together(self, evidence: JudgedConflict, /) -> bool:
        return bool(evidence.raters)

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.judged.results import results_of

        return results_of(evidence, name, posterior)

    def observations(self, evidence: JudgedConflict, /) -> Array:
        return evidence.judgements[None]

    def source_text(self, evidence: JudgedConflict, pair: tuple[str, str], /) -> str:
        k = evidence.pairs.index(pair)
        raters = int(evidence.raters_of_pair[k])
        by = f" by {raters} rater{'s' * (raters != 1)}" if evidence.raters else ""
        if evidence.kinds:
            yes, no = evidence.by_kind[:, 0, k]
            by += f", of kind {named(evidence.kinds[0])} {yes:g} yes, {no:g} no"
        counted = f"{evidence.yes[k]:g} yes, {evidence.no[k]:g} no{by}"
        return f"judged: {counted} ({named(evidence.origin)})"

    def advice(self, evidence: JudgedConflict, them: str, /) -> str:
        if evidence.raters:
            of_kind = f" of kind {named(evidence.kinds[0])}" if evidence.kinds else ""
            return f"have {them} judged by more raters{of_kind}"
        return super().advice(evidence, them)

    def prior_in_brief(self, priors: JudgedPriors, evidence: JudgedConflict, /) -> str:
        rater = " for the average rater" if evidence.raters else ""
        rater += f" of kind {named(evidence.kinds[0])}" if evidence.kinds else ""
        return f"judged conflict levels Beta({priors.yes:g}, {priors.no:g}){rater}"


MODEL = _Judged()
