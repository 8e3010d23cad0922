"""Draws of several problem areas with their labels, and whether their numbers may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.areas.draws import Scope, of_scope
from bayes_misalign.areas.ranks import Ranks
from bayes_misalign.areas.study import AreaPart, AreasStudy, only_population
from bayes_misalign.errors import ResultError, StudyError, did_you_mean, listed
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import PRIOR
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]
MOST_POPULATIONS = 12  # of which all pairs are compared by default


class DrawnAreas:
    """Draws of P(ma) in several problem areas, within populations and between them."""

    def __init__(self, study: AreasStudy, posteriors: Sequence[Posterior]) -> None:
        self.study = study
        self.parts: tuple[tuple[AreaPart, Posterior], ...] = tuple(
            zip(study.parts, posteriors, strict=True)
        )
        self._kept: dict[Scope, dict[str, Array]] = {}
        self._estimates: dict[tuple[Scope, str, bool], Estimate] = {}
        self._ranks: dict[Scope, Ranks] = {}

    @property
    def areas(self) -> tuple[str, ...]:
        """The problem areas, in the order of the study."""
        return self.study.areas

    @property
    def populations(self) -> tuple[str, ...]:
        """The populations, in the order of the study."""
        return self.study.populations

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Whether to trust it: the worst state of all parts."""
        worst = ("ok", "caution", "not_converged")
        every = [posterior.diagnosis for _, posterior in self.parts]
        state = max((one.state for one in every), key=worst.index)
        reasons = tuple(dict.fromkeys(reason for one in every for reason in one.reasons))
        methods = {one.method for one in every}
        method = "exact" if methods == {"exact"} else "nuts"
        return Diagnosis(state, method, reasons, {})

    @property
    def allow_unconverged(self) -> bool:
        """Whether numbers of a fit that has not converged are shown."""
        return all(posterior.allow_unconverged for _, posterior in self.parts)

    @allow_unconverged.setter
    def allow_unconverged(self, value: bool) -> None:
        for _, posterior in self.parts:
            posterior.allow_unconverged = value

    @property
    def withheld(self) -> bool:
        """Whether numbers are withheld, because a part has not converged."""
        return any(posterior.withheld for _, posterior in self.parts)

    def see(self) -> None:
        """Raise where numbers are withheld."""
        if self.withheld:
            raise ResultError("numbers are withheld: the fit has not converged. Fix: sample longer")

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Whose agents two are drawn from: each population, each two, and their union if known."""
        found = [Scope(name) for name in self.populations]
        if len(self.populations) <= MOST_POPULATIONS:
            found += [Scope(a, b) for a, b in combinations(self.populations, 2)]
        if self.draws_of(Scope()):
            found.append(Scope())
        return tuple(scope for scope in found if self.draws_of(scope))

    def draws_of(self, scope: Scope) -> dict[str, Array]:
        """Return posterior draws (draw,) of P(ma) by area, where there are any."""
        if scope not in self._kept:
            self._kept[scope] = of_scope(self.study, self.parts, scope)
        return self._kept[scope]

    def scope(self, one: str | None = None, other: str | None = None) -> Scope:
        """Return whose agents are meant: by default the union, or the only population.

        Raises
        ------
        StudyError
            When a population is unknown, or none is named and the union is not known.
        """
        for name in (one, other):
            if name is not None and name not in self.populations:
                raise StudyError(
                    f"there is no population {name!r}; there are {listed(self.populations)}. "
                    + did_you_mean(name, self.populations)
                )
        if one is None and len(self.populations) == 1:
            return Scope(self.populations[0])
        found = Scope(one, None if other == one else other)
        if one is None and not self.draws_of(found):
            raise StudyError(
                f"name one population, or two ({listed(self.populations)}): their shares in the "
                "union are not known"
            )
        return found

    def name_of(self, scope: Scope) -> str:
        """Return what P(ma) is of, in words."""
        if scope.one is None:
            return "all populations together"
        if scope.other is not None:
            return f"between {named(scope.one)} and {named(scope.other)}"
        return "" if only_population(self.populations) else f"within {named(scope.one)}"

    @cached_property
    def before(self) -> list[list[str]]:
        """Areas, population, and P(ma) before the data, a row each; areas of a part are alike."""
        found = []
        for part, posterior in self.parts:
            if PRIOR not in posterior.groups.groups:
                continue
            where = part.areas[0] if len(part.areas) == 1 else f"each of {len(part.areas)} areas"
            draws = posterior.groups.values(PRIOR, "misalignment")
            for name, column in zip(part.populations, part.places.T, strict=True):
                if (there := column[column >= 0]).size:
                    prior = posterior.estimate("prior", draws[..., there[0]])
                    found.append([where, self.name_of(Scope(name)) or "all agents", prior.text()])
        return found

    def estimate(self, scope: Scope, area: str) -> Estimate:
        """Return P(ma) in an area as an estimate."""
        key = scope, area, self.withheld
        if key not in self._estimates:
            self._estimates[key] = self._estimate(scope, area)
        return self._estimates[key]

    def _estimate(self, scope: Scope, area: str) -> Estimate:
        part, place = self.study.place(area)
        posterior = self.posterior_of(part)
        name = " ".join(("P(ma) in", named(area), self.name_of(scope))).strip()
        draws = self.draws_of(scope)[area]
        limits: tuple[Any, ...] = ()
        if scope.within and scope.one in part.populations:
            at = int(part.places[place, part.populations.index(scope.one)])
            limits = posterior.limits(draws, at)
        return posterior.estimate(name, draws, limits)

    def posterior_of(self, part: AreaPart) -> Posterior:
        """Return the posterior of a part."""
        return next(posterior for own, posterior in self.parts if own is part)

    def of_all(self, name: str, draws: Array) -> Estimate:
        """Return an estimate of something that several areas make up."""
        first = self.parts[0][1]
        return Estimate(
            name,
            draws.reshape(first.chains, -1),
            self.study.reporting.interval,
            all(posterior.independent for _, posterior in self.parts),
            self.withheld,
            min(posterior.worth for _, posterior in self.parts),
        )
