"""A fitted study: draws, labels and state, saved and loaded."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import (
    POSTERIOR,
    SCHEMA,
    Groups,
    read_netcdf,
    to_datatree,
    write_netcdf,
)
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


class Fitted:
    """Draws of a study with their labels.

    Parameters
    ----------
    groups : Groups
        Posterior, prior, data and metadata, as `inference.fit.run` or a file gives them.
    allow_unconverged : bool
        Show numbers of a fit that has not converged; by default they are withheld.

    Attributes
    ----------
    study : Study
        What was fitted.
    diagnosis : Diagnosis
        Whether to trust it.
    """

    def __init__(self, groups: Groups, *, allow_unconverged: bool = False) -> None:
        self.groups = groups
        self.study = Study.from_plain(groups.metadata["study"])
        self.diagnosis = Diagnosis.from_plain(groups.metadata["diagnosis"])
        self.allow_unconverged = allow_unconverged

    @property
    def withheld(self) -> bool:
        """Whether numbers are withheld, because the fit has not converged."""
        return not self.diagnosis.trustworthy and not self.allow_unconverged

    @property
    def populations(self) -> tuple[str, ...]:
        """Names of the populations, in the study's order."""
        return self.study.goals.populations

    @property
    def categories(self) -> tuple[str, ...]:
        """Goals in the study's order, then "no goal" where the study has it."""
        return self.study.goals.categories

    @cached_property
    def tree(self) -> xr.DataTree:
        """The draws as an `xarray.DataTree`, which every ArviZ function takes."""
        return to_datatree(self.groups)

    def shares(self, group: str = POSTERIOR) -> Array:
        """Return draws of goal shares, (draw, population, goal)."""
        draws = self.groups.values(group, "proportion")
        return draws.reshape(-1, *draws.shape[2:])

    @property
    def by_population(self) -> bool:
        """Whether conflict levels differ by population, measured in each of several."""
        # in one population there is nothing for them to differ by
        several = len(self.populations) > 1
        return several and self.groups.values(POSTERIOR, "conflict").ndim == 5

    def conflict(self, group: str = POSTERIOR, population: str | None = None) -> Array:
        """Return draws of the conflict matrix, (draw, goal, goal); (1, goal, goal) if known.

        Parameters
        ----------
        group : str
            Posterior or prior.
        population : str, optional
            Whose conflict levels, where they differ by population.

        Returns
        -------
        ndarray
            (draw or 1, population, goal, goal) where they differ and none is named.
        """
        draws = self.groups.values(group, "conflict")
        flat = draws.reshape(-1, *draws.shape[2:])
        if population is not None:
            position = self._position(population, self.populations, "population")
            flat = flat[:, position] if flat.ndim == 4 else flat
        elif flat.ndim == 4 and flat.shape[1] == 1:
            flat = flat[:, 0]
        return flat[:1] if (flat == flat[0]).all() else flat

    def _matrix(self, group: str = POSTERIOR) -> Array:
        conflict = self.conflict(group)
        if len(conflict) == 1:
            known: Array = conflict[0]
            return known
        return conflict if conflict.ndim == 4 else conflict[:, None]

    def estimate(self, name: str, draws: Array) -> Estimate:
        """Return flat draws (draw,) as an estimate with this result's interval and state."""
        chains = self.groups.values(POSTERIOR, "proportion").shape[0]
        exact = self.diagnosis.method == "exact"
        kind = self.study.reporting.interval
        worth = min(one.worth for one in (self.study.goals, *self.study.conflict.sources))
        return Estimate(name, draws.reshape(chains, -1), kind, exact, self.withheld, worth)

    def _position(self, name: str, names: tuple[str, ...], what: str) -> int:
        if name not in names:
            raise ResultError(
                f"there is no {what} {name!r}; there are {listed(names)}. "
                + did_you_mean(name, names)
            )
        return names.index(name)

    def save(self, path: str | Path) -> Path:
        """Write the posterior to a netCDF file, under a temporary name first.

        Returns
        -------
        Path
            The file written.
        """
        path = Path(path)
        partial = path.with_name(path.name + ".part")
        try:
            write_netcdf(self.groups, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    @classmethod
    def load(cls, path: str | Path, *, allow_unconverged: bool = False) -> Self:
        """Read a saved posterior.

        Raises
        ------
        ResultError
            When the file is no saved posterior, or was written by a newer version.
        """
        groups = read_netcdf(path)
        if groups.metadata.get("schema", 0) > SCHEMA:
            wrote = groups.metadata.get("versions", {}).get("bayes-misalign", "?")
            raise ResultError(f"{Path(path).name} was written by version {wrote}. Fix: upgrade")
        return cls(groups, allow_unconverged=allow_unconverged)

    def unlocked(self) -> Self:
        """Return the same result with the numbers of an unconverged fit shown."""
        return type(self)(replace(self.groups), allow_unconverged=True)
