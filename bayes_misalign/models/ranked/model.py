"""Agents who put alternatives in an order, as the core reaches the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.answers import counts_pymc
from bayes_misalign.families.answers.model import OfAnswers
from bayes_misalign.models.ranked import calibration, generative, words, write
from bayes_misalign.models.ranked.declaration import Ranked
from bayes_misalign.models.ranked.evidence import OrderCounts

CITATIONS = (
    "Kendall, M. G. (1938). A new measure of rank correlation. Biometrika 30, 81-93.",
    "Fagin, R., Kumar, R., Mahdian, M., Sivakumar, D. and Vee, E. (2006). Comparing partial "
    "rankings. SIAM Journal on Discrete Mathematics 20, 628-648.",
)


class RankedModel(OfAnswers):
    """Each agent states an order of the alternatives, whole or in part."""

    name = "ranked"
    traits = Traits("goals", "exact", lifts_conflict=True)
    declaration = Ranked
    evidence = OrderCounts
    dims = counts_pymc.DIMS
    table_roles: ClassVar = {}

    def assets(self) -> Path:
        return models_root() / self.name

    def goals_of(self, evidence: OrderCounts, /) -> tuple[str, ...]:
        return evidence.goals

    def alternatives(self, priors: Any, evidence: OrderCounts, /) -> Mapping[str, Any]:
        found = super().alternatives(priors, evidence)
        if getattr(priors, "concentration", None) is None:
            return found
        # one that learns how even shares are from which orders coincide is not for pairs of them
        return {name: prior for name, prior in found.items() if prior.concentration is not None}

    def minds_few_answers(self, evidence: OrderCounts, priors: Any, /) -> bool:
        return evidence.distance == "first" or getattr(priors, "concentration", None) is None

    def citations(self, evidence: OrderCounts, /) -> Sequence[str]:
        return CITATIONS if evidence.distance == "kendall" else ()

    def coords(self, evidence: OrderCounts, /) -> dict[str, tuple[str, ...]]:
        del evidence
        return {}

    def results(self, evidence: OrderCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.ranked.results import order_results

        del name
        return order_results(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.ranked.section import REPORT

        return REPORT

    priors = staticmethod(generative.priors)
    lift = staticmethod(generative.lift)
    declare_lifted = staticmethod(generative.declare_lifted)
    largest = staticmethod(generative.largest)
    declare = staticmethod(counts_pymc.declare)
    build = staticmethod(counts_pymc.build)
    draw = staticmethod(counts_pymc.draw)
    counted = staticmethod(counts_pymc.counted)
    draw_given = staticmethod(counts_pymc.draw_given)
    draw_prior = staticmethod(counts_pymc.draw_prior)
    free_variables = staticmethod(counts_pymc.free_variables)
    observed = staticmethod(counts_pymc.observed)
    replicated = staticmethod(counts_pymc.replicated)
    outcomes = staticmethod(counts_pymc.outcomes)
    held = staticmethod(counts_pymc.held)
    of_populations = staticmethod(OrderCounts.of_populations)
    sized = staticmethod(counts_pymc.sized)
    simulate = staticmethod(counts_pymc.simulate)
    with_data = staticmethod(counts_pymc.with_data)
    quantities = staticmethod(calibration.quantities)
    designs = staticmethod(calibration.designs)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)


MODEL = RankedModel()
