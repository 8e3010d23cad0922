"""Answers that come in clusters, such as the runs of each prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Draws, Rng
from bayes_misalign.contract.measured import Resized
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.reports.alternatives import odds_scaled, scaled
from bayes_misalign.models.clustered import calibration, designs, generative, words, write
from bayes_misalign.models.clustered.declaration import Clustered
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.priors import ClusterPriors


class ClusteredModel(GoalsModel):
    """Answers of one cluster are alike: Dirichlet-multinomial, with a correlation to be learnt."""

    name = "clustered"
    traits = Traits("goals", "sampled")
    declaration = Clustered
    evidence = ClusterCounts
    dims = generative.DIMS

    def assets(self) -> Path:
        return models_root() / self.name

    def alternatives(
        self, priors: ClusterPriors, evidence: ClusterCounts, /
    ) -> Mapping[str, ClusterPriors]:
        others = shares_of(priors.shares).alternatives(priors.shares, evidence)
        found = {name: replace(priors, shares=shares) for name, shares in others.items()}
        found |= odds_scaled(priors, "correlation", "the correlation in a cluster")
        found |= scaled(priors, "correlation_strength", "worth of the correlation in a cluster")
        if len(evidence.populations) > 1:
            word = "one correlation for all" if priors.by_population else "a correlation of each"
            other = replace(priors, by_population=not priors.by_population)
            found[f"{word} population{'s' * priors.by_population}"] = other
        return found

    def prior_in_brief(self, priors: ClusterPriors, evidence: ClusterCounts, /) -> str:
        a, b = priors.correlation_beta
        shares = shares_of(priors.shares).prior_in_brief(priors.shares, evidence)
        return f"{shares}; correlation of answers of one cluster ~ Beta({a:g}, {b:g})"

    def check(self, priors: ClusterPriors, evidence: ClusterCounts, /) -> None:
        shares_of(priors.shares).check(priors.shares, evidence.categories)

    def advice(self, evidence: Any, /) -> str:
        del evidence
        return "ask in more clusters, such as other prompts; more answers of the same tell less"

    def draw(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws | None:
        """Return None: the correlation is sampled."""
        del evidence, priors, draws, rng
        return None

    def resized(self, evidence: ClusterCounts, name: str, number: int, rng: Rng, /) -> Resized:
        return Resized(designs.resized(evidence, name, number, rng))

    def check_fit(self, fit: Any, /) -> Any:
        from bayes_misalign.models.clustered.checks import check_clusters

        return check_clusters(fit)

    def results(self, evidence: ClusterCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.clustered.results import results_of

        del name
        return results_of(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.clustered.section import REPORT

        return REPORT

    priors = staticmethod(ClusterPriors.of)
    data = staticmethod(generative.data)
    declare = staticmethod(generative.declare)
    build = staticmethod(generative.build)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    replicated = staticmethod(generative.replicated)
    outcomes = staticmethod(generative.outcomes)
    held = staticmethod(generative.held)
    sized = staticmethod(designs.sized)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(words.describe)
    citations = staticmethod(words.citations)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(generative.with_data)
    quantities = staticmethod(calibration.quantities)


MODEL = ClusteredModel()
