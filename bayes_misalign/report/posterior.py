"""The posterior of a study: its draws, the quantities of the field over them, and its faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference import derived, groups
from bayes_misalign.inference.attribution import Attribution
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.derived import Normaliser
from bayes_misalign.inference.groups import IN_BLOCKS
from bayes_misalign.page.columns import UNION_NAME
from bayes_misalign.page.estimate import Estimate, Estimates, columns_of
from bayes_misalign.page.frames import Framed, FramedDict
from bayes_misalign.page.grouped import ByGroup, EstimateMatrix, Mixture
from bayes_misalign.report.posterior_people import WithPeople
from bayes_misalign.study.options import Agents

if TYPE_CHECKING:
    from bayes_misalign.report.plots import Plots

Array = NDArray[np.float64]
type OfAll[Result: Framed] = Result | ByGroup[Result]  # the second where no union is known


class Posterior(WithPeople, Framed):
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

    # the class of results of very many populations, which sets it: `report.many_populations`
    class_of_many: ClassVar[Any] = None
    # where these are some populations of very many: how many there are, and which these are
    of_all: int = 0
    selection: str = ""

    def __new__(cls, groups: groups.Groups, *, allow_unconverged: bool = False) -> Self:
        """Return a posterior; of very many populations, one that draws them when asked for."""
        del allow_unconverged
        kind: Any = cls
        if cls is Posterior and groups.metadata.get(IN_BLOCKS):
            if cls.class_of_many is None:
                raise ResultError(
                    "this is a result of very many populations. Fix: bayes_misalign.load"
                )
            kind = cls.class_of_many
        found: Self = object.__new__(kind)
        return found

    def rows_of_all(self) -> Mapping[str, Iterable[Sequence[Any]]]:
        """Return tables of very many populations, heads first, by name; others need none."""
        return {}

    def to_show(self) -> Posterior:
        """Return the result that a report shows: this one, or of very many populations some."""
        return self

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

    def proportions(self) -> ByGroup[Estimates]:
        """Return the goal shares, by population and goal."""
        return ByGroup("goal shares", derived.proportions(self))

    @overload
    def conflict_levels(self, population: str) -> Estimates: ...
    @overload
    def conflict_levels(self, population: None = None) -> OfAll[Estimates]: ...
    def conflict_levels(self, population: str | None = None) -> OfAll[Estimates]:
        """Return the conflict level of each pair of categories, as "one | other".

        Parameters
        ----------
        population : str, optional
            A population. By default the levels that hold for all of them; where levels differ by
            population, those of each.

        Returns
        -------
        Estimates, or ByGroup of Estimates
        """
        if population is None and self.by_population:
            each = {s: derived.conflict_levels(self, s) for s in self.populations}
            return ByGroup("conflict levels", each)
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

    def mixture(self, host: str, guest: str, shares: ArrayLike | None = None) -> Mixture:
        """Return P(ma) of mixtures of two populations.

        Parameters
        ----------
        host, guest : str
            Two populations.
        shares : array_like, shape (m,), optional
            Shares of the guest, in [0, 1]. By default 0, 0.1, ..., 1.

        Returns
        -------
        Mixture
            An estimate for each share.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, or a share is outside [0, 1].
        """
        given = np.linspace(0, 1, 11) if shares is None else np.atleast_1d(np.asarray(shares))
        if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():
            raise StudyError("shares of the guest are numbers in [0, 1]")
        return Mixture(host, guest, given, derived.mixture(self, host, guest, given))

    @overload
    def between(self, one: str, other: str) -> Estimate: ...
    @overload
    def between(self, one: None = None, other: None = None) -> EstimateMatrix: ...
    def between(
        self, one: str | None = None, other: str | None = None
    ) -> Estimate | EstimateMatrix:
        """Return the probability that an agent of one population conflicts with one of another.

        Parameters
        ----------
        one, other : str, optional
            Two populations. By default all of them.

        Returns
        -------
        Estimate or EstimateMatrix
            Of two populations, or of all as a symmetric matrix, which has P(ma) of each population
            on its diagonal: ``matrix["a", "b"]``, ``matrix.labels``, ``matrix.means``.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, or one population is named.
        """
        if (one is None) != (other is None):
            raise StudyError("between takes two populations, or none for all of them")
        if one is None or other is None:
            self.across()  # where nobody measured it, say so now
            what = "P(ma) between populations, and within each on the diagonal"
            return EstimateMatrix(what, self.populations, self._between)
        return derived.between(self, one, other)

    def _between(self, one: str, other: str) -> Estimate:
        return self._within[one] if one == other else derived.between(self, one, other)

    @cached_property
    def _within(self) -> Estimates:
        return derived.misalignment(self, None)

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

    def probability_above(self, threshold: float) -> FramedDict[str, float]:
        """Return the posterior probability that P(ma) exceeds a threshold, by population."""
        return derived.probability_above(self, threshold)

    @overload
    def contributions(self, population: str) -> Estimates: ...
    @overload
    def contributions(self, population: None = None) -> OfAll[Estimates]: ...
    def contributions(self, population: str | None = None) -> OfAll[Estimates]:
        """Return the part of P(ma) that each pair of goals makes up; they sum to P(ma).

        Parameters
        ----------
        population : str, optional
            A population. By default the union, or the only population; where no union is known, or
            conflict was measured within each population only, every population.

        Returns
        -------
        Estimates, or ByGroup of Estimates
        """
        found = partial(derived.contributions, self)
        return self._of_all("contributions to P(ma)", found, population)

    @overload
    def opposition(self, population: str) -> Estimates: ...
    @overload
    def opposition(self, population: None = None) -> OfAll[Estimates]: ...
    def opposition(self, population: str | None = None) -> OfAll[Estimates]:
        """Return how likely a random agent conflicts with a holder of each goal.

        Parameters
        ----------
        population : str, optional
            As of `contributions`.
        """
        return self._of_all("opposition", partial(derived.opposition, self), population)

    def _of_all[Result: Framed](
        self, title: str, of: Callable[[str | None], Result], population: str | None
    ) -> OfAll[Result]:
        """Return a result of the union, or where there is none of each population."""
        united = self.union_weights(None) is not None and not self.by_population
        if population is not None or len(self.populations) == 1 or united:
            return of(population)
        return ByGroup(title, {s: of(s) for s in self.populations})

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

    @overload
    def attribution(self, population: str) -> Attribution: ...
    @overload
    def attribution(self, population: None = None) -> OfAll[Attribution]: ...
    def attribution(self, population: str | None = None) -> OfAll[Attribution]:
        """Return where the variance of P(ma) comes from: shares, conflict, or both together.

        Parameters
        ----------
        population : str, optional
            As of `contributions`.
        """
        what = "where the variance of P(ma) comes from"
        return self._of_all(what, partial(derived.attribution, self), population)

    @cached_property
    def plot(self) -> Plots:
        """The figures of a report, as figures of matplotlib: ``posterior.plot.misalignment()``."""
        from bayes_misalign.report.plots import Plots

        return Plots(self)

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame: P(ma) of each population, and of their union."""
        rows = [(("population", s), estimate) for s, estimate in self.misalignment().items()]
        if (whole := self.overall()) is not None:
            rows.append((("union", UNION_NAME), whole))
        return columns_of(("scope", "population"), rows)

    def save(self, path: str | Path) -> Path:
        """Write the posterior to a netCDF file, with checksums of all in it; return the path."""
        return groups.save(self.groups, path)

    @classmethod
    def load(cls, path: str | Path, *, allow_unconverged: bool = False) -> Self:
        """Read a saved posterior.

        Parameters
        ----------
        path : path
            A `posterior.nc` file, or the folder of results that holds one.
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
        """Write the report in the format that the name ends in; return the path.

        Parameters
        ----------
        path : path
            File to write, `.html`, `.md` with a folder of figures beside it, `.docx` (made by
            pandoc), `.pdf` (printed by Chromium or Chrome), or `.qmd`, a Quarto document in the
            folder of results whose numbers it reads. A report of this package that nobody changed
            is written over.
        force : bool
            Write over any other file too.

        Raises
        ------
        ResultError
            When another file is there, or it cannot be written; or when the program that makes
            the format is not installed.
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

    def _repr_html_(self) -> str:
        from bayes_misalign.report.render_notebook import to_notebook

        return to_notebook(self)
