"""Results whose goals are seen through noisy reports: raters, agents, and what rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.errors import ResultError
from bayes_misalign.inference.result import Result
from bayes_misalign.page.estimate import Estimate, Estimates

Array = NDArray[np.float64]


class ReportedResult(Result):
    """The posterior of a study, with what noisy reports add to it."""

    @property
    def _of_reports(self) -> Any:
        goals = self.study.goals
        return evidence_model(goals.model).results(goals, "", self)

    @property
    def reports(self) -> Any:
        """The reports behind which goals stand; None where answers are goals."""
        found = self._of_reports
        return None if found is None else found.evidence

    @property
    def identification(self) -> Any:
        """What the posterior rests on beside its prior; None where answers are goals."""
        found = self._of_reports
        return None if found is None else found.identification

    def naive(self) -> dict[str, Estimates]:
        """Return P(ma) by population as if reports made no errors, by how they are counted.

        Returns
        -------
        dict of str to Estimates
            Empty where answers are goals.
        """
        found = self._of_reports
        return {} if found is None else found.naive()

    def assumed(self) -> dict[str, Estimates]:
        """Return P(ma) by population under assumed error rates, where only the prior identifies it.

        Returns
        -------
        dict of str to Estimates
            By error rate as text; empty where data tell goals from errors.
        """
        found = self._of_reports
        return {} if found is None else found.assumed()

    def against_assumed(self) -> dict[str, float]:
        """Return how well the reports fit each assumed error rate, whatever the goal shares are.

        Returns
        -------
        dict of str to float
            p-value by error rate as text, see `speak_against`; empty where `assumed` is.
        """
        found = self._of_reports
        return {} if found is None else found.against_assumed()

    def agreement(self) -> Any:
        """Return how often reports about one agent are equal, observed and replicated."""
        found = self._of_reports
        return None if found is None else found.agreement()

    def accuracies(self) -> Estimates:
        """Return how often each rater gives an agent the label of its goal.

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        found = self._of_reports
        accuracies: Estimates | None = None if found is None else found.accuracies()
        if accuracies is None:
            raise ResultError(
                "the study has no raters: its goals come from " + self.study.goals.model
            )
        return accuracies

    def confusions(self) -> dict[str, tuple[str, str, Estimate]]:
        """Return the most common confusion of each rater: goal, label, and P(label | goal).

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        self.accuracies()
        found: dict[str, tuple[str, str, Estimate]] = self._of_reports.confusions()
        return found

    def pattern_goals(self) -> Array:
        """Return the posterior probability of each goal for the agents of each pattern, (D, K).

        It is that given what was reported. Where agents met, encounters say more of single agents
        than of others with the same reports; that is not looked at here.

        Raises
        ------
        ResultError
            When answers are goals, or the fit has not converged.
        """
        found: Array = self._hidden().pattern_goals()
        return found

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
        found: Mapping[str, Mapping[str, float]] = self._hidden().agent_goals(declared, base)
        return found

    def _hidden(self) -> Any:
        if (found := self._of_reports) is None:
            raise ResultError("agents of this study stated their goals: there is nothing to infer")
        return found
