"""Results whose goals are seen through noisy reports: raters, agents, and what rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import generative_model
from bayes_misalign.errors import DataError, Problems, ResultError
from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.assumed_error_rates import speak_against
from bayes_misalign.families.reports.identification import Identification
from bayes_misalign.families.reports.identification_checks import ASSUMED, REPLICATED, flat_draws
from bayes_misalign.families.reports.latent import mean_responsibilities
from bayes_misalign.families.reports.raters import accuracy_draws, confusions
from bayes_misalign.families.reports.report_patterns import ReportPatterns
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import OBSERVED, POSTERIOR
from bayes_misalign.inference.result import Result
from bayes_misalign.models.independent.priors import shares_prior
from bayes_misalign.models.noisy_labels.evidence import ROUNDING, LabelPatterns
from bayes_misalign.page.estimate import Estimate, Estimates

Array = NDArray[np.float64]
NAIVE = 301  # stream of random numbers


class ReportedResult(Result):
    """The posterior of a study, with what noisy reports add to it."""

    @property
    def reports(self) -> ReportPatterns | None:
        """The reports behind which goals stand; None where answers are goals."""
        goals = self.study.goals
        return goals if isinstance(goals, ReportPatterns) else None

    def _labels(self) -> LabelPatterns:
        if not isinstance(self.study.goals, LabelPatterns):
            raise ResultError(
                "the study has no raters: its goals come from " + self.study.goals.model
            )
        return self.study.goals

    @property
    def identification(self) -> Identification | None:
        """What the posterior rests on beside its prior; None where answers are goals."""
        stored = self.groups.metadata.get("identification")
        return None if stored is None else Identification(**stored)

    def naive(self) -> dict[str, Estimates]:
        """Return P(ma) by population as if reports made no errors, by how they are counted.

        Returns
        -------
        dict of str to Estimates
            Empty where answers are goals.
        """
        goals = self.study.goals
        if not isinstance(goals, ReportPatterns):
            return {}
        prior, found = shares_prior(self.study.goal_prior), {}
        total = len(self.shares())
        for i, (name, counts) in enumerate(goals.naive_counts.items()):
            rng = stream(self.study.fitting.seed, NAIVE, i)
            shares = prior.draw(counts, goals.categories, total, rng)["proportion"]
            draws = measure.misalignment(shares, self._matrix())
            found[name] = Estimates(
                f"P(ma), {name}",
                {s: self.estimate(name, draws[:, j]) for j, s in enumerate(self.populations)},
            )
        return found

    def assumed(self) -> dict[str, Estimates]:
        """Return P(ma) by population under assumed error rates, where only the prior identifies it.

        Returns
        -------
        dict of str to Estimates
            By error rate as text; empty where data tell goals from errors.
        """
        if not self.groups.has(ASSUMED, "misalignment"):
            return {}
        draws = self.groups.values(ASSUMED, "misalignment")
        kind = self.study.reporting.interval
        return {
            rate: Estimates(
                f"P(ma) if {rate} of reports are wrong",
                {
                    s: Estimate(f"P(ma) of {s}", of_rate[..., j], kind, False, self.withheld)
                    for j, s in enumerate(self.populations)
                },
            )
            for rate, of_rate in zip(self.groups.coords["error_rate"], draws, strict=True)
        }

    def against_assumed(self) -> dict[str, float]:
        """Return how well the reports fit each assumed error rate, whatever the goal shares are.

        Returns
        -------
        dict of str to float
            p-value by error rate as text, see `speak_against`; empty where `assumed` is.
        """
        if not self.groups.has(ASSUMED, "misalignment"):
            return {}
        found = speak_against(self.study)
        return {rate: found[rate] for rate in self.groups.coords["error_rate"] if rate in found}

    def agreement(self) -> Agreement | None:
        """Return how often reports about one agent are equal, observed and replicated."""
        if not self.groups.has(REPLICATED, "agreement"):
            return None
        replicated = self.groups.values(REPLICATED, "agreement")
        return Agreement(
            self.groups.coords["report_pair"],
            self.groups.values(OBSERVED, "agreement"),
            replicated.reshape(-1, replicated.shape[-1]),
        )

    def drawn(self) -> dict[str, Array]:
        """Return posterior draws of the goal model's own quantities, leading axis draw."""
        return flat_draws(self.study, self.groups.groups[POSTERIOR])

    def accuracies(self) -> Estimates:
        """Return how often each rater gives an agent the label of its goal.

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        labels = self._labels()
        draws = accuracy_draws(labels, self.drawn())
        # known rates averaged over the goals differ between draws by rounding, if by nothing else
        settled = np.ptp(draws, axis=0) < ROUNDING
        draws = np.where(settled, np.round(draws[0], 9), draws)
        return Estimates(
            "accuracy of raters",
            {rater: self.estimate(rater, draws[:, r]) for r, rater in enumerate(labels.raters)},
        )

    def confusions(self) -> dict[str, tuple[str, str, Estimate]]:
        """Return the most common confusion of each rater: goal, label, and P(label | goal).

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        found = confusions(self._labels(), self.drawn())
        return {
            rater: (c.goal, c.label, self.estimate(f"{c.goal} as {c.label}", c.draws))
            for rater, c in found.items()
        }

    def pattern_goals(self) -> Array:
        """Return the posterior probability of each goal for the agents of each pattern, (D, K).

        It is that given what was reported. Where agents met, encounters say more of single agents
        than of others with the same reports; that is not looked at here.

        Raises
        ------
        ResultError
            When answers are goals, or the fit has not converged.
        """
        if self.reports is None:
            raise ResultError("agents of this study stated their goals: there is nothing to infer")
        if self.withheld:
            raise ResultError("the agents' goals are withheld: the fit has not converged")
        model: Any = generative_model(self.reports.model)
        return mean_responsibilities(self.reports, model.terms, self.drawn())

    def agent_goals(self, declared: Any, base: Any = None) -> Mapping[str, Mapping[str, float]]:
        """Return the posterior probability of each goal for every agent of the study's table.

        Parameters
        ----------
        declared : NoisyLabels or Behaviour
            What the study was declared with: no result keeps the ids of agents, so the table is
            read again.
        base : path, optional
            Folder that a relative file name starts from.

        Returns
        -------
        mapping of str to mapping of str to float
            By agent and goal.

        Raises
        ------
        DataError, ResultError
            When the table cannot be read, or is not the one that was fitted.
        """
        problems = Problems()
        found = declared.patterns_of(self.study.area, problems, base)
        problems.raise_if_any(DataError)
        if found is None or not np.array_equal(found[0].reports, self._reports().reports):
            raise ResultError("this is not the table that was fitted. Fix: fit it again")
        _, agents, pattern = found
        goals = self.pattern_goals()
        return {
            agent: dict(zip(self.categories, map(float, goals[d]), strict=True))
            for agent, d in zip(agents, pattern, strict=True)
        }

    def _reports(self) -> ReportPatterns:
        if self.reports is None:
            raise ResultError("agents of this study stated their goals: there is nothing to infer")
        return self.reports
