"""Agents who put alternatives in an order, as the core reaches the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bayes_misalign.families.answers.counted_model import OfCountedAgents
from bayes_misalign.models.ranked import calibration, first_look, generative, words, write
from bayes_misalign.models.ranked.declaration import Ranked
from bayes_misalign.models.ranked.evidence import OrderCounts

CITATIONS = (
    "Kendall, M. G. (1938). A new measure of rank correlation. Biometrika 30, 81-93.",
    "Fagin, R., Kumar, R., Mahdian, M., Sivakumar, D. and Vee, E. (2006). Comparing partial "
    "rankings. SIAM Journal on Discrete Mathematics 20, 628-648.",
)


class RankedModel(OfCountedAgents):
    """Each agent states an order of the alternatives, whole or in part."""

    name = "ranked"
    declaration = Ranked
    evidence = OrderCounts

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

    def results(self, evidence: OrderCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.ranked.results import order_results

        del name
        return order_results(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.ranked.section import REPORT

        return REPORT

    first_goals = staticmethod(first_look.first_goals)
    priors = staticmethod(generative.priors)
    lift = staticmethod(generative.lift)
    declare_lifted = staticmethod(generative.declare_lifted)
    largest = staticmethod(generative.largest)
    quantities = staticmethod(calibration.quantities)
    designs = staticmethod(calibration.designs)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)


MODEL = RankedModel()
