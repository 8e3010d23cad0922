"""The posterior of a study: its draws, the quantities of the field over them, and its faces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.errors import ResultError
from bayes_misalign.inference import derived, groups
from bayes_misalign.inference.attribution import Attribution
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.derived import Normaliser
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.posterior_trees import WithTrees
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.options import Agents

Array = NDArray[np.float64]
STATED = "agents of this study stated their goals: there is nothing to infer"


class Posterior(WithTrees):
    """The posterior of a study: its draws, and the quantities of the field over them.

    Parameters
    ----------
    groups : Groups
        Posterior, prior, data and metadata, as a fit or a file gives them.
    allow_unconverged : bool
        Show numbers of a fit that has not converged; by default they are withheld.

    Attributes
    ----------
    study : Study
        What was fitted.
    diagnosis : Diagnosis
        Whether to trust it.
    """

    def misalignment(self, agents: Agents | None = None) -> Estimates:
        """Return P(ma) of each population: two random agents hold conflicting goals.

        Parameters
        ----------
        agents : {"with-replacement", "different"}, optional
            Whether both may be the same agent. By default what the study says.

        Returns
        -------
        Estimates
            By population. Where draws pile up at the attainable maximum, or at zero, the
            equal-tailed interval is extended to it.

        Raises
        ------
        StudyError
            When two different agents are asked for, and no population size is known.
        """
        return derived.misalignment(self, agents)

    def alignment(self, agents: Agents | None = None) -> Estimates:
        """Return P(a) = 1 - P(ma) of each population; see `misalignment`."""
        return derived.alignment(self, agents)

    def prior_misalignment(self) -> Estimates:
        """Return what the prior alone said of P(ma), by population."""
        draws = self.misalignment_draws(groups.PRIOR)
        return self.by_name("P(ma) before the data", draws, "prior of {}".format)

    def proportions(self) -> dict[str, Estimates]:
        """Return the goal shares, by population and goal."""
        return derived.proportions(self)

    def conflict_levels(self, population: str | None = None) -> Estimates:
        """Return the conflict level of each pair of categories, as "one | other".

        Raises
        ------
        StudyError
            When levels differ by population and none is named.
        """
        return derived.conflict_levels(self, population)

    def overall(self, shares: dict[str, float] | None = None) -> Estimate | None:
        """Return P(ma) of the union of all populations.

        Parameters
        ----------
        shares : dict of str to float, optional
            Share of each population. By default the study's, see `study.union`.

        Returns
        -------
        Estimate or None
            None where the study has one population, where nobody said how large each is, or
            where conflict was measured within each population only.
        """
        return derived.overall(self, shares)

    def decompose(self, shares: dict[str, float] | None = None) -> Estimates:
        """Return the parts of the union's P(ma) within and between populations.

        Parameters
        ----------
        shares : dict of str to float, optional
            Share of each population. By default the study's.

        Raises
        ------
        StudyError
            When the shares of the populations are not known, or conflict was measured within each
            population only.
        """
        return derived.decompose(self, shares)

    def mixture(self, host: str, guest: str, shares: Array) -> list[Estimate]:
        """Return P(ma) of mixtures of two populations.

        Parameters
        ----------
        host, guest : str
            Two populations.
        shares : ndarray, shape (m,)
            Shares of the guest, in [0, 1].

        Returns
        -------
        list of Estimate
            One for each share.

        Raises
        ------
        StudyError
            When conflict was measured within each population only.
        """
        return derived.mixture(self, host, guest, shares)

    def between(self, one: str, other: str) -> Estimate:
        """Return the probability that an agent of one population conflicts with one of another.

        Raises
        ------
        StudyError
            When conflict was measured within each population only.
        """
        a, b, conflict = derived.two_populations(self, one, other)
        return self.estimate(f"{one} and {other}", measure.between(a, b, conflict))

    def contrast(self, one: str, other: str) -> Contrast:
        """Return how P(ma) of one population compares with that of another.

        Returns
        -------
        Contrast
            Difference and ratio, one against the other, and the probability of a difference. Where
            conflict levels differ by population, also the parts of the difference that are due to
            them and to goal shares.
        """
        return derived.contrast(self, one, other)

    def probability_above(self, threshold: float) -> dict[str, float]:
        """Return the posterior probability that P(ma) exceeds a threshold, by population."""
        return {s: e.probability_above(threshold) for s, e in self.misalignment().items()}

    def contributions(self, population: str | None = None) -> Estimates:
        """Return the part of P(ma) that each pair of goals makes up; they sum to P(ma).

        Parameters
        ----------
        population : str, optional
            A population; by default the union, or the only population.

        Raises
        ------
        StudyError
            When none is named, and there is no union or none whose conflict was measured.
        """
        return derived.contributions(self, population)

    def opposition(self, population: str | None = None) -> Estimates:
        """Return how likely a random agent conflicts with a holder of each goal."""
        return derived.opposition(self, population)

    def normalised_misalignment(self, by: Normaliser = "attainable") -> Estimates:
        """Return P(ma) as a part of the largest value that any shares would give.

        Parameters
        ----------
        by : {"attainable", "bound"}
            The maximum of p'Cp over all shares p, or (k - 1) / k of k exclusive goals, "no goal"
            among them where it conflicts with any.

        Returns
        -------
        Estimates
            By population. Zero where no shares conflict at all.
        """
        return derived.normalised(self, by)

    def attribution(self, population: str | None = None) -> Attribution:
        """Return where the variance of P(ma) comes from: shares, conflict, or both together."""
        return derived.attribution(self, population)

    def results(self, of: Literal["goals", "conflict"]) -> Any:
        """Return what only the models of this study know, beside P(ma).

        Parameters
        ----------
        of : {"goals", "conflict"}
            Which part of the study.

        Returns
        -------
        object or None, or dict of str to object
            Of goals what their model offers, such as raters and their accuracies; None where it
            offers nothing. Of conflict the same for each source that offers something, by its name
            in the study: its model's, numbered where one model has several sources.
        """
        goals, conflict = self.study.goals, self.study.conflict
        if of == "goals":
            return goals_model(goals.model).results(goals, "", self)
        found = {
            name: conflict_model(source.model).results(source, name, self)
            for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        }
        return {name: one for name, one in found.items() if one is not None}

    def _of_goals(self, otherwise: str) -> Any:
        if (found := self.results("goals")) is None:
            raise ResultError(otherwise)
        return found

    @property
    def identification(self) -> Any:
        """What the posterior rests on beside its prior; None where answers are goals."""
        return None if (found := self.results("goals")) is None else found.identification

    def naive(self) -> dict[str, Estimates]:
        """Return P(ma) as if reports made no errors, by how they are counted; empty without any."""
        found = self.results("goals")
        return {} if found is None else dict(found.naive())

    def assumed(self) -> dict[str, Estimates]:
        """Return P(ma) under assumed error rates, where only the prior identifies it."""
        found = self.results("goals")
        return {} if found is None else dict(found.assumed())

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

    def confusions(self) -> dict[str, tuple[str, str, Estimate]]:
        """Return the most common confusion of each rater: goal, label, and P(label | goal).

        Raises
        ------
        ResultError
            When the study has no raters.
        """
        self.accuracies()
        return dict(self.results("goals").confusions())

    def pattern_goals(self) -> Array:
        """Return P(goal | reports) for the agents of each distinct report, (pattern, goal).

        Raises
        ------
        ResultError
            When answers are goals, or the fit has not converged.
        """
        return np.asarray(self._of_goals(STATED).pattern_goals())

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
        found: Mapping[str, Mapping[str, float]] = self._of_goals(STATED).agent_goals(
            declared, base
        )
        return found

    def save(self, path: str | Path) -> Path:
        """Write the posterior to a netCDF file, with checksums of all in it; return the path."""
        return groups.save(self.groups, path)

    @classmethod
    def load(cls, path: str | Path, *, allow_unconverged: bool = False) -> Self:
        """Read a saved posterior.

        Parameters
        ----------
        path : path
            A `posterior.nc` file.
        allow_unconverged : bool
            Show numbers of a fit that has not converged.

        Raises
        ------
        ResultError
            When the file is no saved posterior, is damaged, or was written by a newer version.
        """
        return cls(groups.load(path), allow_unconverged=allow_unconverged)

    def unlocked(self) -> Self:
        """Return the same result with the numbers of an unconverged fit shown."""
        return type(self)(self.groups, allow_unconverged=True)

    def report(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report as HTML, or as Markdown when the name ends in `.md`; return the path.

        Parameters
        ----------
        path : path
            File to write; a report of this package that nobody changed is written over.
        force : bool
            Write over any other file too.

        Raises
        ------
        ResultError
            When another file is there, or it cannot be written.
        """
        from bayes_misalign.report.write import write_report

        return write_report(self, path, force=force)

    def summary(self) -> str:
        """Return what a terminal shows of the result: P(ma) by population, and how it was got."""
        from bayes_misalign.report.render_terminal import as_text

        return as_text(self)

    def __repr__(self) -> str:
        """Return the summary."""
        return self.summary()
