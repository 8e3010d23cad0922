"""What models of goals have in common that are seen through reports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array, Draws, Rng
from bayes_misalign.contract.measured import AGENTS, Measurement, Resized, agents_worth
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import BayesMisalignError, Problems, StudyError
from bayes_misalign.families.reports import latent, report_outcomes, simulated_reports
from bayes_misalign.families.reports.resized import (
    GOLD,
    noun,
    reports_measured,
    with_gold,
    with_reports,
)


class ReportsModel(GoalsModel):
    """A model whose evidence is a `DistinctReports`, and whose priors have a field `shares`."""

    @abstractmethod
    def terms(self, evidence: Any, drawn: Mapping[str, Array], /) -> Array:
        """Return the log probability of each pattern's reports given each goal, (draw, D, K)."""

    @abstractmethod
    def other_alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return alternatives to the priors of what reports say."""

    def assets(self) -> Path:
        """Return the folder of the model's card and defaults."""
        return models_root() / self.name

    def report(self) -> Any:
        """Return what reports of noisy reports say."""
        from bayes_misalign.families.reports.section import REPORT

        return REPORT

    def advice(self, evidence: Any, /) -> str:
        """Return how to know the shares better."""
        return "ask more agents, or collect more reports of each"

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return priors with others of the shares, and with others of what reports say."""
        others = shares_of(priors.shares).alternatives(priors.shares, evidence)
        found = {name: replace(priors, shares=shares) for name, shares in others.items()}
        return {**found, **self.other_alternatives(priors, evidence)}

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return the prior of the shares in a few words."""
        return shares_of(priors.shares).prior_in_brief(priors.shares, evidence)

    def check(self, priors: Any, evidence: Any, /) -> None:
        """Raise a StudyError where priors of shares or of reports do not fit the goals."""
        problems = Problems()
        looks: tuple[Callable[[], None], ...] = (
            lambda: shares_of(priors.shares).check(priors.shares, evidence.categories),
            lambda: self.check_reports(priors, evidence),
        )
        for look in looks:
            try:
                look()
            except BayesMisalignError as error:
                problems.extend(error.problems)
        problems.raise_if_any(StudyError)

    def check_reports(self, priors: Any, evidence: Any, /) -> None:
        """Raise a StudyError where priors of what reports say do not fit the goals."""
        priors.alpha(evidence)

    def declare(self, evidence: Any, priors: Any, name: str = "proportion", /) -> Any:
        """Add the model; return the shares (population, goal)."""
        return self.declare_with_holders(evidence, priors, name)[0]

    def held(self, evidence: Any, drawn: Mapping[str, Array], rng: Rng, /) -> Array:
        """Return how many of the agents hold each goal, (draw, population, goal)."""
        return latent.held_goals(evidence, self.terms, drawn, rng)

    def log_holding(self, evidence: Any, drawn: Mapping[str, Array], /) -> Array:
        """Return log P(goal | reports) of every pattern, (draw, pattern, goal)."""
        shares = latent.among_sampled(drawn)
        joint = latent.log_joint(evidence, self.terms(evidence, drawn), shares)
        top = joint.max(axis=-1, keepdims=True)
        total = np.log(np.exp(joint - top).sum(axis=-1, keepdims=True)) + top
        return np.asarray(joint - total)

    def sized(self, evidence: Any, agents: int | NDArray[np.int64], rng: Rng, /) -> Any:
        """Return a design of the evidence's shape with so many agents in each population."""
        return simulated_reports.sized(evidence, agents, rng)

    def measurements(self, evidence: Any, /) -> tuple[Measurement, ...]:
        """Return agents, their reports, and those whose goal is known."""
        return (*super().measurements(evidence), *reports_measured(evidence))

    def resized(self, evidence: Any, name: str, number: int, rng: Rng, /) -> Resized:
        """Return a design with so many agents, clusters, reports or known goals."""
        if name not in (noun(evidence), GOLD):
            return super().resized(evidence, name, number, rng)
        # what the agents tell as a simple random sample, as under another number of agents
        design = self.sized(evidence, agents_worth(evidence, AGENTS, float(evidence.n.sum())), rng)
        change = with_gold if name == GOLD else with_reports
        return Resized(change(design, number, rng))

    def simulate(self, parameters: Any, design: Any, rng: Rng, /) -> Any:
        """Return reports of as many agents as the design has."""
        return self.simulate_agents(parameters, design, rng)[0]

    def free_variables(
        self, evidence: Any, priors: Any, name: str, drawn: Mapping[str, Array], /
    ) -> FreeVariables:
        """Return exact draws as the free variables of the PyMC model."""
        return report_outcomes.free_variables(evidence, priors.shares, name, drawn)

    def observed(self, evidence: Any, name: str, /) -> Mapping[str, Observed]:
        """Return how often each report was given in each population."""
        del name
        return report_outcomes.observed(evidence)

    def replicated(
        self, parameters: Mapping[str, Array], evidence: Any, rng: Rng, name: str, /
    ) -> Mapping[str, Observed]:
        """Return reports of as many agents as the evidence counts for."""
        design = report_outcomes.as_it_counts(evidence)
        sampled = {**parameters, "proportion": latent.among_sampled(parameters)}
        return self.observed(self.simulate(sampled, design, rng), name)

    def outcomes(self, evidence: Any, parameters: Mapping[str, Array], /) -> tuple[Outcomes, ...]:
        """Return how likely the reports of each agent were."""
        return report_outcomes.outcomes(evidence, self.terms, parameters)

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> Draws:
        """Return the log-likelihood, and how far reports are from as many as are expected."""
        shares = latent.among_sampled(parameters)
        joint = latent.log_joint(evidence, self.terms(evidence, parameters), shares)
        chance = evidence.chance(parameters[evidence.rates])
        # how often each thing is reported of the agents of a population, and should be
        widths = [span.stop - span.start for span in evidence.spans]
        asked = np.repeat(evidence.per_source, widths, axis=1)
        drawn = (evidence.agents * evidence.informs_shares)[:, None]
        seen, possible = (evidence.by_population(drawn * x) for x in (evidence.reports, asked))
        gap = seen - possible * np.einsum("nsk,nkc->nsc", shares, chance)
        return {
            "log_likelihood": latent.log_likelihood(evidence, joint),
            "residual": np.abs(gap).sum(axis=(1, 2)),
        }

    def check_fit(self, fit: Any, /) -> Any:
        """Return what identifies the goals, and whether reports are independent."""
        from bayes_misalign.families.reports.identification_checks import check_identification

        return check_identification(fit)

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        """Return raters, agents, and what rests on what."""
        from bayes_misalign.families.reports.results import ReportResults

        del name
        return ReportResults(self, evidence, posterior)

    def overdispersed(self, evidence: Any, priors: Any, /) -> bool:
        """Return whether agents of one goal differ in what is reported of them."""
        del evidence, priors
        return False

    def certain(self, priors: Any, /) -> Any:
        """Return priors by which assumed error rates are certain."""
        return priors

    def accuracy(self, evidence: Any, drawn: Mapping[str, Array], /) -> Array | None:
        """Return how often each source is right, (draw, source); None where it cannot be."""
        del evidence, drawn
        return None

    def confusions(
        self, evidence: Any, drawn: Mapping[str, Array], /
    ) -> Mapping[str, tuple[str, str, Array]]:
        """Return the report each source takes for another most often: goal, report, and draws."""
        del evidence, drawn
        return {}
