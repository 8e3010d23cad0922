"""What noisy reports add to a result: raters, agents, and what rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import drawn_shares, shares_given
from bayes_misalign.errors import DataError, Problems, ResultError, listed
from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.assumed_error_rates import speak_against
from bayes_misalign.families.reports.design_check import ByDesign, DesignCheck
from bayes_misalign.families.reports.identification import Identification
from bayes_misalign.families.reports.identification_checks import ASSUMED, REPLICATED, flat_draws
from bayes_misalign.families.reports.latent import mean_responsibilities
from bayes_misalign.families.reports.proxies import Proxy
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.drawn import always
from bayes_misalign.inference.groups import OBSERVED, POSTERIOR
from bayes_misalign.measure import misalignment
from bayes_misalign.page.design_estimate import DesignEstimate, DesignEstimates
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.limits import Limit
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
NAIVE = 301  # stream of random numbers
HOW_DRAWN = (
    "a design-based estimate needs known goals of agents who were drawn at random, and the study "
    "does not say that they were. Fix: state gold_random, if they were, or gold_probability, the "
    "column of each one's probability to be drawn"
)
CONFLICT_SEEN = (
    "there is no design-based estimate where conflict was observed between agents whose goals are "
    "uncertain: its levels rest on the model's goals. Fix: state levels of conflict from elsewhere"
)
ROUNDING = 1e-9  # by which known rates that are averaged over the goals differ between draws


class ReportResults:
    """What is known after a fit of the reports behind which goals stand."""

    def __init__(self, model: Any, evidence: Any, posterior: Posterior) -> None:
        self.model, self.evidence, self.posterior = model, evidence, posterior

    @property
    def identification(self) -> Identification | None:
        """What the posterior rests on beside its prior; None of a result that does not say."""
        stored = self.posterior.groups.metadata.get("identification")
        return None if stored is None else Identification(**stored)

    def drawn(self) -> dict[str, Array]:
        """Return posterior draws of the goal model's own quantities, leading axis draw."""
        return flat_draws(self.posterior.study, self.posterior.groups.groups[POSTERIOR])

    def naive(self) -> dict[str, Estimates]:
        """Return P(ma) by population as if reports made no errors, by how they are counted."""
        result, found = self.posterior, {}
        prior = self.model.shares_prior(result.study.goal_prior)
        total, categories = len(result.shares()), self.evidence.categories
        for i, (name, counts) in enumerate(self.evidence.naive_counts.items()):
            rng = stream(result.study.fitting.seed, NAIVE, i)
            drawn = drawn_shares(prior, counts, categories, total, rng)
            if drawn is None and (common := self._common(prior)):
                drawn = shares_given(prior, counts, categories, common, rng)
            if drawn is None:
                return {}
            draws = misalignment(drawn["proportion"], result.matrix())
            within = partial(result.limits, agents="with-replacement")
            found[name] = result.by_name(f"P(ma), {name}", draws, always(name), within)
        return found

    def _common(self, prior: Any) -> dict[str, Array]:
        """Return draws of what populations have in common, by name, where they have something."""
        drawn = self.drawn()
        return {name: drawn[name] for name in shares_of(prior).common_of(prior) if name in drawn}

    def assumed(self) -> dict[str, Estimates]:
        """Return P(ma) by assumed error rate, where only the prior identifies it."""
        result = self.posterior
        if not result.groups.has(ASSUMED, "misalignment"):
            return {}
        draws = result.groups.values(ASSUMED, "misalignment")
        kind, conflict = result.study.reporting.interval, result.levels()

        def limits(draws: Array, place: int) -> tuple[Limit, ...]:
            # these draws come from fits of their own, whose conflict levels are not kept
            return result.limits(draws, place, "with-replacement") if len(conflict) == 1 else ()

        return {
            rate: Estimates(
                f"P(ma) if {rate} {self.evidence.wrong.rows}",
                {
                    s: Estimate(
                        f"P(ma) of {s}",
                        of_rate[..., j],
                        kind,
                        False,
                        result.withheld,
                        limits=limits(of_rate[..., j].ravel(), j),
                    )
                    for j, s in enumerate(result.populations)
                },
            )
            for rate, of_rate in zip(result.groups.coords["error_rate"], draws, strict=True)
        }

    def against_assumed(self) -> dict[str, float]:
        """Return p-values of the reports under each assumed error rate, see `speak_against`."""
        groups = self.posterior.groups
        if not groups.has(ASSUMED, "misalignment"):
            return {}
        found = speak_against(self.posterior.study)
        return {rate: found[rate] for rate in groups.coords["error_rate"] if rate in found}

    def agreement(self) -> Agreement | None:
        """Return how often reports about one agent are equal, observed and replicated."""
        groups = self.posterior.groups
        if not groups.has(REPLICATED, "agreement"):
            return None
        replicated = groups.values(REPLICATED, "agreement")
        agents = None
        if groups.has(OBSERVED, "agreement_agents"):
            agents = groups.values(OBSERVED, "agreement_agents")
        return Agreement(
            groups.coords["report_pair"],
            groups.values(OBSERVED, "agreement"),
            replicated.reshape(-1, replicated.shape[-1]),
            int(groups.metadata.get("pairs_compared", 0)),
            agents,
        )

    def by_design(self, proxy: Proxy = "face value") -> ByDesign | None:
        """Return what estimates P(ma) by the design of the gold sample; None without one."""
        result = self.posterior
        if not self.evidence.drawn_by_design or result.study.conflict.joint:
            return None
        reporting = result.study.reporting
        return ByDesign(
            self.evidence,
            result.partly_known_of_categories,
            reporting.interval.mass,
            reporting.agents == "different",
            proxy,
        )

    def design_based(self, proxy: Proxy = "face value") -> DesignEstimates:
        """Return P(ma) of each population by the design of the gold sample."""
        if proxy not in get_args(Proxy):
            raise ResultError(f"proxy is one of {listed(get_args(Proxy))}, not {proxy!r}")
        if (found := self.by_design(proxy)) is None:
            raise ResultError(CONFLICT_SEEN if self.evidence.drawn_by_design else HOW_DRAWN)
        return DesignEstimates("P(ma) by the design of the gold sample", found.within()[2])

    def design_based_between(self, one: str, other: str) -> DesignEstimate:
        """Return P(ma) between two populations by the design of the gold sample."""
        for population in (one, other):
            self.posterior.place(population)
        if (found := self.by_design()) is None:
            self.design_based()
        self.posterior.across()  # where nobody measured it, say so
        every = {} if found is None else found.between()
        if (one, other) not in every and (other, one) not in every:
            raise ResultError(
                "between two populations there is no design-based estimate without two known "
                "goals in each"
            )
        return every.get((one, other)) or every[other, one]

    def design_check(self) -> DesignCheck | None:
        """Return the design-based estimates beside those of the model."""
        if self.posterior.withheld or (found := self.by_design()) is None:
            return None
        return found.check(self.posterior.shares())

    def accuracies(self) -> Estimates | None:
        """Return how often each rater gives an agent the label of its goal; None without raters."""
        draws = self.model.accuracy(self.evidence, self.drawn())
        if draws is None:
            return None
        settled = np.ptp(draws, axis=0) < ROUNDING
        draws = np.where(settled, np.round(draws[0], 9), draws)
        estimate, sources = self.posterior.estimate, self.evidence.sources
        return Estimates(
            "accuracy of raters",
            {one: estimate(one, draws[:, r]) for r, one in enumerate(sources)},
            of="rater",
        )

    def confusions(self) -> dict[str, tuple[str, str, Estimate]]:
        """Return the most common confusion of each rater: goal, label, and P(label | goal)."""
        estimate = self.posterior.estimate
        found = self.model.confusions(self.evidence, self.drawn())
        return {
            rater: (goal, label, estimate(f"{goal} as {label}", draws))
            for rater, (goal, label, draws) in found.items()
        }

    def pattern_goals(self) -> Array:
        """Return the posterior probability of each goal for the agents of each pattern, (D, K)."""
        if self.posterior.withheld:
            raise ResultError("the agents' goals are withheld: the fit has not converged")
        return mean_responsibilities(self.evidence, self.model.terms, self.drawn())

    def agent_goals(self, declared: Any, base: Any = None) -> Mapping[str, Mapping[str, float]]:
        """Return the probability of each goal for every agent of a table that is read again."""
        problems = Problems()
        found = declared.patterns_of(self.posterior.study.area, problems, base)
        problems.raise_if_any(DataError)
        if found is None or not np.array_equal(found[0].reports, self.evidence.reports):
            raise ResultError("this is not the table that was fitted. Fix: fit it again")
        _, agents, pattern = found
        goals, categories = self.pattern_goals(), self.evidence.categories
        return {
            agent: dict(zip(categories, map(float, goals[d]), strict=True))
            for agent, d in zip(agents, pattern, strict=True)
        }
