"""The posterior of several problem areas: P(ma) of each, and what areas have to do with another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.areas.aligned import WithAlignment
from bayes_misalign.areas.draws import stacked
from bayes_misalign.areas.ranks import Ranks, rank_probabilities
from bayes_misalign.errors import StudyError
from bayes_misalign.measure.areas import AreaMean
from bayes_misalign.page.estimate import Estimate, Estimates, columns_of
from bayes_misalign.page.frames import Framed

if TYPE_CHECKING:
    from bayes_misalign.areas.plots import AreaPlots

Array = NDArray[np.float64]
KINDS: tuple[AreaMean, ...] = get_args(AreaMean)


class AreasPosterior(WithAlignment, Framed):
    """The posterior of several problem areas.

    Parameters
    ----------
    study : AreasStudy
        What was fitted.
    posteriors : sequence of Posterior
        The posterior of each of its parts.

    Attributes
    ----------
    diagnosis : Diagnosis
        The worst of those of the parts, with the reasons of all.
    """

    def misalignment(self, one: str | None = None, other: str | None = None) -> Estimates:
        """Return P(ma) in each problem area.

        Parameters
        ----------
        one, other : str, optional
            A population, for two of its agents; or two, for one agent of each. By default the
            union of all populations, or the only one.

        Returns
        -------
        Estimates
            By area; those in which the populations were not asked are left out.
        """
        scope = self.scope(one, other)
        return Estimates(
            " ".join(("P(ma)", self.name_of(scope))).strip(),
            {area: self.estimate(scope, area) for area in self.draws_of(scope)},
            of="area",
        )

    def ranks(self, one: str | None = None, other: str | None = None) -> Ranks:
        """Return the ranks of problem areas by P(ma), with their probabilities.

        Parameters
        ----------
        one, other : str, optional
            As of `misalignment`.
        """
        scope = self.scope(one, other)
        if scope not in self._ranks:
            found = self.draws_of(scope)
            what = " ".join(("P(ma)", self.name_of(scope))).strip()
            values = rank_probabilities(stacked(found, what))
            self._ranks[scope] = Ranks(what, tuple(found), values, self.study.reporting.interval)
        self.see()
        return self._ranks[scope]

    def aggregate(
        self,
        one: str | None = None,
        other: str | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Estimates:
        """Return the means of P(ma) over problem areas, each as a posterior.

        Parameters
        ----------
        one, other : str, optional
            As of `misalignment`.
        weights : mapping of str to float, optional
            Importance of each area, in any scale. By default that of the study; areas that are not
            named count 1. The smallest and the largest P(ma) leave out areas of weight 0 only.

        Returns
        -------
        Estimates
            "arithmetic", "geometric", "harmonic", "min" and "max", see `measure.across_areas`.
        """
        scope = self.scope(one, other)
        found = self.draws_of(scope)
        stated = self.study.choices.weights if weights is None else weights
        for area in stated or {}:
            self.study.place(area)
        w = np.array([float((stated or {}).get(area, 1.0)) for area in found])
        if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
            raise StudyError("weights of areas are non-negative numbers with a positive sum")
        what = " ".join(("P(ma)", self.name_of(scope))).strip()
        values = stacked(found, what)
        made: dict[str, Estimate] = {}
        for how in KINDS:
            own = None if how in ("min", "max") else w
            chosen = values[:, w > 0] if own is None else values
            draws = measure.across_areas(chosen, how, own)
            made[how] = self.of_all(f"{how} of {what} over areas", draws)
        return Estimates(f"{what} over {len(found)} areas", made, of="aggregate")

    @cached_property
    def plot(self) -> AreaPlots:
        """Its figures: ``posterior.plot.ranks()``, ``posterior.plot.areas()``."""
        from bayes_misalign.areas.plots import AreaPlots

        return AreaPlots(self)

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame: P(ma) of each area, within and between populations."""
        rows = [
            ((area, scope.one or "", scope.other or ""), self.estimate(scope, area))
            for scope in self.scopes
            for area in self.draws_of(scope)
        ]
        return columns_of(("area", "population", "population_other"), rows)

    def summary(self) -> str:
        """Return what a terminal shows."""
        from bayes_misalign.areas.write import as_text

        return as_text(self)

    def __repr__(self) -> str:
        """Return what a terminal shows."""
        return self.summary()

    def report(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report; return the path.

        Parameters
        ----------
        path : path
            File to write, `.html`, `.md` with a folder of figures beside it, `.docx` (made by
            pandoc), `.pdf` (printed by Chromium or Chrome), or `.qmd`, a Quarto document in the
            folder of results that it reads.
        force : bool
            Write over a file that this package did not write.

        Raises
        ------
        ResultError
            When another file is there, it cannot be written, or a program is not installed.
        """
        from bayes_misalign.areas.write import write_report

        return write_report(self, path, force=force)

    def write(self, folder: str | Path, *, force: bool = False, figures: bool = True) -> Path:
        """Write posteriors, report, summary and tables to one folder; `load` reads it.

        Parameters
        ----------
        folder : path
            Folder to write: the whole of it, or nothing.
        force : bool
            Replace what this package did not write.
        figures : bool
            Whether to draw figures into the reports.
        """
        from bayes_misalign.areas.write import write_folder

        return write_folder(self, folder, force=force, figures=figures)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a folder of results that `write` or the command line wrote.

        Raises
        ------
        ResultError
            When it is none, is damaged, or was written by a newer version.
        """
        from bayes_misalign.areas.stored import read_folder

        study, posteriors, before = read_folder(folder)
        made = cls(study, posteriors)
        made.before = before  # of whose draws results keep one
        return made
