"""What only the models of a study know, beside P(ma)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import Problems, ResultError, StudyError
from bayes_misalign.inference.refusals import RefusalResults, refusals
from bayes_misalign.page.estimate import Estimate, Estimates, columns_of
from bayes_misalign.page.frames import FramedDict, columns_of_nested
from bayes_misalign.page.grouped import ByGroup
from bayes_misalign.report.posterior_trees import WithTrees
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.refusals import Refusals, check_refusals

if TYPE_CHECKING:
    from bayes_misalign.inference.contact import ContactResults

Array = NDArray[np.float64]


def _columns_of_confusions(
    found: Mapping[str, tuple[str, str, Estimate]],
) -> dict[str, list[Any]]:
    rows = (((rater, goal, label), e) for rater, (goal, label, e) in found.items())
    return columns_of(("rater", "goal", "label"), rows)


STATED = "agents of this study stated their goals: there is nothing to infer"


class WithModels(WithTrees):
    """Draws of a study, with the results of its models."""

    def results(self, of: Literal["goals", "shares", "conflict"]) -> Any:
        """Return what only the models of this study know, beside P(ma).

        Parameters
        ----------
        of : {"goals", "shares", "conflict"}
            Which part of the study.

        Returns
        -------
        object or None, or dict of str to object
            Of goals what their model offers, such as raters and their accuracies, and of shares
            what their model says of how populations are related; None where it offers nothing. Of
            conflict the same for each source that offers something, by its name
            in the study: its model's, numbered where one model has several sources.
        """
        goals, conflict = self.study.goals, self.study.conflict
        if of == "goals":
            return goals_model(goals.model).results(goals, "", self)
        if of == "shares":
            shares = goals_model(goals.model).shares_prior(self.study.goal_prior)
            return None if shares is None else shares_of(shares).results(shares, self)
        found = {
            name: conflict_model(source.model).results(source, name, self)
            for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        }
        return {name: one for name, one in found.items() if one is not None}

    def refusals(self, stated: Refusals | None = None) -> RefusalResults:
        """Return P(ma) of all who were asked, whatever may be of those who gave no answer.

        Parameters
        ----------
        stated : Refusals, optional
            Departures from missing at random. By default those of the study.

        Returns
        -------
        RefusalResults
            `readings`, P(ma) of each population under each departure; `lower` and `upper`, the
            worst cases, and `sets` between them; `part`, the part of those asked who gave no
            answer. The key None is the union of all populations, where it is known.

        Raises
        ------
        StudyError
            When a departure names what is not there.
        ResultError
            When nobody who counts gave no answer.
        """
        noted = Problems()
        check_refusals(stated, self.study.area, self.study.goals, noted)
        noted.raise_if_any(StudyError)
        if (found := refusals(self, stated)) is None:
            raise ResultError("nobody among the evidence gave no answer")
        return found

    def contact(self) -> ContactResults:
        """Return P(ma) of two agents who are in contact, beside that of two at random.

        Returns
        -------
        ContactResults
            `random`, `in_contact`, their `ratio`, Newman's `modularity`, `by_number` and `pairs`.

        Raises
        ------
        ResultError
            When the study does not say who is in contact with whom, or has so many populations
            that this is not worked out.
        """
        if self.study.contact is None:
            raise ResultError("the study does not say who is in contact with whom")
        from bayes_misalign.inference.contact import contact

        if (found := contact(self.to_show())) is None:
            raise ResultError("P(ma) of pairs in contact is not known of so many populations")
        return found

    def to_show(self) -> Any:
        """Return the result that a report shows."""
        return self

    def _of_goals(self, otherwise: str) -> Any:
        if (found := self.results("goals")) is None:
            raise ResultError(otherwise)
        return found

    @property
    def identification(self) -> Any:
        """What the posterior rests on beside its prior; None where answers are goals."""
        return None if (found := self.results("goals")) is None else found.identification

    def naive(self) -> ByGroup[Estimates]:
        """Return P(ma) as if reports made no errors, by how they are counted; empty without any."""
        found = self.results("goals")
        return ByGroup("naive P(ma)", {} if found is None else found.naive(), "counted")

    def assumed(self) -> ByGroup[Estimates]:
        """Return P(ma) under assumed error rates, where only the prior identifies it."""
        found = self.results("goals")
        rates = {} if found is None else found.assumed()
        return ByGroup("P(ma) under assumed error rates", rates, "error_rate")

    def against_assumed(self) -> dict[str, float]:
        """Return how well reports fit each assumed error rate, as p-values."""
        found = self.results("goals")
        return {} if found is None else dict(found.against_assumed())

    def drawn(self) -> dict[str, Array]:
        """Return draws of the goals model's own quantities, leading axis draw."""
        return dict(self._of_goals(STATED).drawn())

    def agreement(self) -> Any:
        """Return how often reports about one agent are equal, observed and replicated, or None."""
        return None if (found := self.results("goals")) is None else found.agreement()

    def accuracies(self) -> Estimates:
        """Return how often each rater gives an agent the label of its goal.

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        without = f"the study has no raters: its goals come from {self.study.goals.model}"
        found: Estimates | None = self._of_goals(without).accuracies()
        if found is None:
            raise ResultError(without)
        return found

    def confusions(self) -> FramedDict[str, tuple[str, str, Estimate]]:
        """Return the most common confusion of each rater: goal, label, and P(label | goal).

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        self.accuracies()
        return FramedDict(self.results("goals").confusions(), _columns_of_confusions)

    def pattern_goals(self) -> Array:
        """Return P(goal | reports) for the agents of each distinct report, (pattern, goal).

        Raises
        ------
        ResultError
            When answers are goals, or the fit has not converged.
        """
        return np.asarray(self._of_goals(STATED).pattern_goals())

    def agent_goals(self, declared: Any, base: Any = None) -> FramedDict[str, Mapping[str, float]]:
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
        dict of str to mapping of str to float
            By agent and goal; ``to_frame()`` has a row for each agent and goal.

        Raises
        ------
        DataError, ResultError
            When the table cannot be read, or is not the one that was fitted.
        """
        found: Mapping[str, Mapping[str, float]] = self._of_goals(STATED).agent_goals(
            declared, base
        )
        return FramedDict(found, partial(columns_of_nested, "agent", "goal", "probability"))
