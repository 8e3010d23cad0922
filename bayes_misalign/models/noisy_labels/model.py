"""Goals seen through labels that may be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from bayes_misalign.contract.base import Array, Draws, Rng
from bayes_misalign.contract.calibrated import goal_quantities
from bayes_misalign.contract.measured import AGENTS, Measurement, Resized, agents_worth
from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.raters.more_raters import RATERS
from bayes_misalign.families.reports.alternatives import odds_scaled, scaled
from bayes_misalign.families.reports.few_reports import few
from bayes_misalign.families.reports.model import ReportsModel
from bayes_misalign.families.reports.resized import noun
from bayes_misalign.families.reports.words import cited_by_design
from bayes_misalign.models.noisy_labels import calibration, generative, raters, words, write
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.priors import LabelPriors
from bayes_misalign.models.noisy_labels.resized import raters_measured, with_raters


class NoisyLabelsModel(ReportsModel):
    """Raters, instruments or programs label agents, and labels may be wrong."""

    name = "noisy-labels"
    traits = Traits("goals", "exact", uncertain_agents=True)
    declaration = NoisyLabels
    evidence = DistinctLabels
    dims = generative.DIMS
    table_roles: ClassVar[Mapping[str, str]] = {
        "goal": "label",
        "id": "agent",
        "rater": "rater",
        "wave": "occasion",
        "population": "population",
        "weight": "weight",
        "cluster": "cluster",
    }
    needed_roles = frozenset({"goal", "id", "rater"})

    def priors(self, stated: Any = None, /) -> LabelPriors:
        return LabelPriors.of(stated)

    def target_accept(self, evidence: DistinctLabels, /) -> float:
        sparse = float(defaults(self.name)["sampling"]["target_accept_sparse"])
        return sparse if few(evidence.reports) else super().target_accept(evidence)

    def other_alternatives(
        self, priors: LabelPriors, evidence: DistinctLabels, /
    ) -> Mapping[str, LabelPriors]:
        unknown = len(evidence.estimated)
        if not unknown:
            return {}
        found = {
            **odds_scaled(priors, "accuracy", "the expected accuracy of raters"),
            **scaled(priors, "strength", "worth of the expected accuracy"),
        }
        pooled = priors.pooled(evidence)
        if unknown > 1:
            found |= priors.pooled_otherwise(evidence)
        if pooled == "hierarchical":
            found |= scaled(priors, "agreement", "median of how alike raters are")
            found |= scaled(priors, "agreement_spread", "spread of how alike raters are")
        return found

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> Draws:
        found = super().with_data(evidence, parameters)
        validated = calibration.validated(evidence, parameters)
        return {**found, "log_likelihood": found["log_likelihood"] + validated}

    def measurements(self, evidence: DistinctLabels, /) -> tuple[Measurement, ...]:
        # a rater who sees an agent again says much the same, so that more labels are more raters
        found = super().measurements(evidence)
        own = [raters_measured(evidence)] if evidence.agents.sum() else []
        return (*(one for one in found if one.name != noun(evidence)), *own)

    def resized(self, evidence: Any, name: str, number: int, rng: Rng, /) -> Resized:
        if name != RATERS:
            return super().resized(evidence, name, number, rng)
        agents = agents_worth(evidence, AGENTS, float(evidence.n.sum()))
        return with_raters(self.sized(evidence, agents, rng), number, rng)

    def quantities(self, evidence: DistinctLabels, parameters: Mapping[str, Array], /) -> Draws:
        return goal_quantities(evidence, parameters) | calibration.accuracies(evidence, parameters)

    def citations(self, evidence: DistinctLabels, /) -> tuple[str, ...]:
        return (*words.CITED, *cited_by_design(evidence))

    def accuracy(self, evidence: DistinctLabels, drawn: Mapping[str, Array], /) -> Array:
        return raters.accuracy_draws(evidence, drawn)

    coords = staticmethod(generative.coords)
    data = staticmethod(generative.data)
    declare_with_holders = staticmethod(generative.declare_with_holders)
    build = staticmethod(generative.build)
    draw = staticmethod(generative.draw)
    counted = staticmethod(generative.counted)
    draw_given = staticmethod(generative.draw_given)
    draw_prior = staticmethod(generative.draw_prior)
    observed = staticmethod(generative.observed)
    outcomes = staticmethod(generative.outcomes)
    terms = staticmethod(generative.terms)
    simulate_agents = staticmethod(generative.simulate_agents)
    confusions = staticmethod(raters.confusions)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)


MODEL = NoisyLabelsModel()
