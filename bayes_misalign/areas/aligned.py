"""Aligned with whom, and on what: how near a population is to others in each problem area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.areas.ties import WithTies
from bayes_misalign.errors import StudyError, listed
from bayes_misalign.page.estimate import Estimate, Estimates, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.number_text import estimate_text, probability
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
OVER_ALL = "mean over areas"


@dataclass(frozen=True)
class NearestByArea(Framed):
    """To which population another is nearest, in each problem area and over them.

    Parameters
    ----------
    of : str
        The population.
    excess : dict of str to dict of str to Estimate
        By area, and by population: P(ma) between the two, minus the mean of P(ma) within them.
    probabilities : dict of str to dict of str to float
        By area, the posterior probability that each population is the nearest; they sum to 1.
    over : dict of str to Estimate
        The mean of the excess over areas, by population.
    probabilities_over : dict of str to float
        The probability that this mean is smallest.
    """

    of: str
    excess: dict[str, dict[str, Estimate]]
    probabilities: dict[str, dict[str, float]]
    over: dict[str, Estimate]
    probabilities_over: dict[str, float]

    def nearest(self, area: str | None = None) -> tuple[str, float]:
        """Return the population that is most probably the nearest, and that probability."""
        found = self.probabilities_over if area is None else self.probabilities[area]
        name = max(found, key=found.__getitem__)
        return name, found[name]

    def rows(self) -> list[tuple[str, str, Estimate, float]]:
        """Return area, population, excess, and probability to be the nearest."""
        found = {**self.excess, OVER_ALL: self.over}
        chances = {**self.probabilities, OVER_ALL: self.probabilities_over}
        return [(a, s, e, chances[a][s]) for a, by in found.items() for s, e in by.items()]

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, an area and population a row."""
        rows = self.rows()
        columns = columns_of(("area", "population"), [((a, s), e) for a, s, e, _ in rows])
        columns["probability_nearest"] = [None if e.withheld else p for *_, e, p in rows]
        return columns

    def __str__(self) -> str:
        """Return a line for each area, and one for all of them."""
        lines = [f"To which population {named(self.of)} is nearest (smallest excess)"]
        for area in (*self.excess, None):
            name, chance = self.nearest(area)
            found = (self.over if area is None else self.excess[area])[name]
            where = OVER_ALL if area is None else named(area)
            if found.withheld:
                lines.append(f"  {where}: withheld")
                continue
            said = f"{chance:.3g}" if found.sd == 0 else probability(chance, found.draws.size)
            lines.append(f"  {where}: {named(name)} ({said}), excess {estimate_text(found)}")
        return "\n".join(lines)

    __repr__ = __str__


class WithAlignment(WithTies):
    """How near populations are to each other, area by area."""

    def excess(self, one: str, other: str) -> Estimates:
        """Return by how much two populations conflict more than they do within, in each area.

        Parameters
        ----------
        one, other : str
            Two populations.

        Returns
        -------
        Estimates
            By area, see `measure.excess`; areas in which one of them was not asked are left out.

        Raises
        ------
        StudyError
            When a population is unknown, or no area has asked both.
        """
        found = {
            area: self.of_all(f"excess in {named(area)}", draws)
            for area, draws in self._apart(one, other).items()
        }
        return Estimates(f"excess of {named(one)} and {named(other)}", found, of="area")

    def nearest(
        self,
        of: str,
        among: Sequence[str] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> NearestByArea:
        """Return to which population another is nearest in each area, and over all of them.

        Parameters
        ----------
        of : str
            A population, such as a language model.
        among : sequence of str, optional
            The populations it may be nearest to. By default all others.
        weights : mapping of str to float, optional
            Importance of each area in the mean over them, as of `aggregate`.

        Returns
        -------
        NearestByArea

        Raises
        ------
        StudyError
            When a population is unknown, or no area has asked all of them.
        """
        others = [s for s in self.populations if s != of] if among is None else list(among)
        if of in others or len(set(others)) != len(others) or not others:
            raise StudyError(f"among names populations other than {of!r}, each once")
        found = {name: self._apart(of, name) for name in others}
        common = [a for a in self.areas if all(a in by for by in found.values())]
        if not common:
            raise StudyError(f"no area has asked all of {listed([of, *others])}")
        stated = self.study.choices.weights if weights is None else weights
        for area in stated or {}:
            self.study.place(area)
        w = np.array([float((stated or {}).get(area, 1.0)) for area in common])
        if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
            raise StudyError("weights of areas are non-negative numbers with a positive sum")
        # (population, area, draw)
        every = np.stack([[by[area] for area in common] for by in found.values()])
        over = np.tensordot(every, w / w.sum(), axes=([1], [0]))
        return NearestByArea(
            of,
            {
                area: {s: self.of_all(f"excess in {named(area)}", found[s][area]) for s in others}
                for area in common
            },
            {area: _chances(others, every[:, i]) for i, area in enumerate(common)},
            {s: self.of_all(f"mean excess of {s}", over[i]) for i, s in enumerate(others)},
            _chances(others, over),
        )

    def _apart(self, one: str, other: str) -> dict[str, Array]:
        if self.scope(one, other).other is None:
            raise StudyError(f"excess takes two populations, not {one!r} twice")
        if not (found := self._excess(one, other)):
            raise StudyError(f"no area has asked both {one!r} and {other!r}")
        return found


def _chances(names: Sequence[str], distances: Array) -> dict[str, float]:
    """Return how probable each is the smallest (population, draw); those that tie share a draw."""
    least = distances <= distances.min(axis=0)
    chances = (least / least.sum(axis=0)).mean(axis=1)
    return dict(zip(names, map(float, chances), strict=True))
