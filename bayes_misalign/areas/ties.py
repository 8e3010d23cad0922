"""What areas have to do with another: bedfellows, and conflict in any of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.areas.bedfellows import Bedfellows, any_bedfellows, bedfellows
from bayes_misalign.areas.drawn import DrawnAreas
from bayes_misalign.areas.draws import Scope
from bayes_misalign.areas.joint import Answers, Joint, draw_answers, joint_draws, mixed
from bayes_misalign.areas.study import AreaPart
from bayes_misalign.areas.together import PairOfAreas, Together, correlation
from bayes_misalign.areas.unions import draw_unions
from bayes_misalign.errors import StudyError, listed
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.drawn import WITHIN_ONLY
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.frames import FramedDict, FramedList
from bayes_misalign.page.safe_text import named
from bayes_misalign.tables.remedies import quoted

Array = NDArray[np.float64]
_Agents = tuple[float, float | None]
MOST_TOGETHER = 12  # areas of which conflict in any is asked by default
FEWEST_AGENTS = 2  # who must have answered in all areas
TOGETHER = 3_000_000  # a stream of random numbers, apart from those of blocks


class WithTies(DrawnAreas):
    """Who is opposed here and agrees there, and whose conflicts go together."""

    def bedfellows(
        self,
        one: str | None = None,
        other: str | None = None,
        *,
        above: float | None = None,
        below: float | None = None,
        least: float = 0.5,
    ) -> FramedList[Bedfellows]:
        """Return populations that are opposed in one problem area and agree in another.

        Parameters
        ----------
        one, other : str, optional
            Two populations; by default all pairs of them.
        above, below : float, optional
            Opposed means that the probability of conflict between an agent of each population is
            above the first, agreed that it is below the second. By default those of the study; with
            its choice `relative`, opposed is how far the probability exceeds the mean of those
            within the two populations.
        least : float
            Smallest posterior probability, of both at once, that is listed.

        Returns
        -------
        FramedList of Bedfellows
            The most probable first.
        """
        high, low = self._levels(above, below)
        self.see()
        pairs = (
            combinations(self.populations, 2) if one is None or other is None else [(one, other)]
        )
        found = []
        for a, b in pairs:
            self.scope(a, b)
            found += bedfellows(a, b, self._far(a, b), self.draws_of(Scope(a, b)), high, low, least)
        return FramedList(sorted(found, key=lambda x: -x.probability), _columns)

    def any_bedfellows(
        self, *, above: float | None = None, below: float | None = None
    ) -> FramedDict[tuple[str, str], float]:
        """Return how probable it is that two populations are opposed somewhere and agree elsewhere.

        Parameters
        ----------
        above, below : float, optional
            As of `bedfellows`.
        """
        high, low = self._levels(above, below)
        self.see()
        found = {
            (a, b): any_bedfellows(self._far(a, b), self.draws_of(Scope(a, b)), high, low)
            for a, b in combinations(self.populations, 2)
        }
        return FramedDict(
            found,
            lambda d: {
                "population": [a for a, _ in d],
                "population_other": [b for _, b in d],
                "probability": list(d.values()),
            },
        )

    def goal_bedfellows(
        self, *, above: float | None = None, below: float | None = None, least: float = 0.5
    ) -> FramedList[Bedfellows]:
        """Return pairs of goals that conflict in one problem area and hardly do in another.

        Parameters
        ----------
        above, below, least : float, optional
            As of `bedfellows`, of the level of conflict of the two goals in each area. Areas of
            which conflict is stated or measured together have the same levels.
        """
        high, low = self._levels(above, below)
        self.see()
        levels: dict[tuple[str, str], dict[str, Array]] = {}
        for part, posterior in self.parts:
            if posterior.by_population:
                continue
            matrix, goals = posterior.conflict(), posterior.categories
            for i, j in combinations(range(len(goals)), 2):
                pair = tuple(sorted((goals[i], goals[j])))
                held = levels.setdefault((pair[0], pair[1]), {})
                held |= dict.fromkeys(part.areas, matrix[:, i, j])
        found: list[Bedfellows] = []
        if len(self.parts) > 1:
            for (a, b), draws in levels.items():
                found += bedfellows(a, b, draws, draws, high, low, least)
        return FramedList(sorted(found, key=lambda x: -x.probability), _columns)

    def _far(self, one: str, other: str) -> dict[str, Array]:
        """Return by how much two populations are at odds, by area."""
        relative = self.study.choices.relative
        return self._excess(one, other) if relative else self.draws_of(Scope(one, other))

    def _excess(self, one: str, other: str) -> dict[str, Array]:
        """Return by how much two populations conflict more than they do within, by area."""
        found = self.draws_of(Scope(one, other))
        first, second = self.draws_of(Scope(one)), self.draws_of(Scope(other))
        return {a: x - (first[a] + second[a]) / 2 for a, x in found.items()}

    def _levels(self, above: float | None, below: float | None) -> tuple[float, float]:
        choices = self.study.choices
        high = choices.opposed if above is None else above
        low = choices.agreed if below is None else below
        if not (0 <= low <= 1 and 0 <= high <= 1):
            raise StudyError(f"above and below lie between 0 and 1, not {high} and {low}")
        return high, low

    def together(
        self,
        one: str | None = None,
        other: str | None = None,
        areas: Sequence[str] | None = None,
    ) -> Together:
        """Return P(conflict in any area), and in which areas conflicts go together.

        Parameters
        ----------
        one, other : str, optional
            A population, for two of its agents; or two, for one agent of each. By default the
            union of all populations, or the only one.
        areas : sequence of str, optional
            Problem areas; by default those of the study, or all of at most 12.

        Raises
        ------
        StudyError
            When nobody knows what the same agents answered, or none answered in all of the areas;
            or, of two populations, where conflict was measured within each of them only.
        """
        scope = self.scope(one, other)
        chosen = self._chosen(areas)
        if self.study.answers is None:
            raise StudyError(
                "nobody knows what the same agents answered in several areas. Fix: name the column "
                'of their ids, as in `respondent = "id"`'
            )
        self.see()
        joint, agents = self._joint(scope, chosen)
        of = self.name_of(scope)
        pairs = {}
        for a, b in combinations(chosen, 2):
            own, number = (joint, agents) if len(chosen) == 2 else self._joint(scope, (a, b))
            related = correlation(own.both, own.each[:, 0], own.each[:, 1])
            pairs[a, b] = PairOfAreas(
                a,
                b,
                *number,
                self.of_all(f"P(conflict in {named(a)} and {named(b)})", own.both),
                self.of_all(f"correlation of conflict in {named(a)} and {named(b)}", related),
                float((related > 0).mean()),
            )
        each = {
            a: self.of_all(f"P(ma) in {named(a)} {of}".strip(), joint.each[:, i])
            for i, a in enumerate(chosen)
        }
        apart = 1 - np.prod(1 - joint.each, axis=1)
        return Together(
            scope.one,
            scope.other,
            tuple(chosen),
            *agents,
            self.of_all(f"P(conflict in any of {len(chosen)} areas) {of}".strip(), joint.any),
            self.of_all("the same if areas had nothing to do with another", apart),
            Estimates(f"P(ma) of agents who answered in all {len(chosen)} areas", each, of="area"),
            pairs,
        )

    def _chosen(self, areas: Sequence[str] | None) -> tuple[str, ...]:
        stated = self.study.choices.together if areas is None else tuple(areas)
        if stated is None:
            if len(self.areas) > MOST_TOGETHER:
                raise StudyError(
                    f"conflict in any of {len(self.areas)} areas asks for agents who answered in "
                    "all of them. Fix: name some of the areas, as in `together = "
                    f"[{quoted(self.areas[0])}, {quoted(self.areas[1])}]`"
                )
            stated = self.areas
        for area in stated:
            self.study.place(area)
        if len(set(stated)) < 2:
            raise StudyError("conflict in any of several areas needs at least two of them")
        return tuple(dict.fromkeys(stated))

    def _joint(self, scope: Scope, areas: Sequence[str]) -> tuple[Joint, _Agents]:
        """Return draws for some areas, and how many agents answered in all of them."""
        if scope.one is None:
            return self._joint_of_union(areas)
        one = self._answers(scope.one, areas)
        other = one if scope.other is None else self._answers(scope.other, areas)
        conflicts = [self._conflict(scope, area) for area in areas]
        agents = float(one.agents.sum())
        number = (agents, None if other is one else float(other.agents.sum()))
        return joint_draws(one, other, conflicts), number

    def _joint_of_union(self, areas: Sequence[str]) -> tuple[Joint, _Agents]:
        """Return the same of all populations together: pairs within and between them."""
        weights = draw_unions(self.study, self.parts[0][1].shares().shape[0])
        if missing := [area for area in areas if area not in self.draws_of(Scope())]:
            raise StudyError(
                f"the union of all populations is not known in {listed(missing)}. Fix: name other "
                "areas, or one or two populations"
            )
        # agents are of one population in all areas
        parts = np.mean([weights[area] for area in areas], axis=0)
        there = np.flatnonzero(parts.any(axis=0))
        agents, found = 0.0, []
        for s, t in combinations_with_replacement(there, 2):
            scope = Scope(self.populations[s], None if s == t else self.populations[t])
            joint, (number, _) = self._joint(scope, areas)
            agents += number if s == t else 0.0
            found.append(((1 if s == t else 2) * parts[:, s] * parts[:, t], joint))
        return mixed(found), (agents, None)

    def _answers(self, population: str, areas: Sequence[str]) -> Answers:
        """Return draws of what agents of a population answered in some areas."""
        assert self.study.answers is not None
        at = self.populations.index(population)
        places = [self.areas.index(area) for area in areas]
        patterns, agents = self.study.answers.of_all(at, places)
        if agents.sum() < FEWEST_AGENTS:
            raise StudyError(
                f"{agents.sum():g} agents of {population!r} answered in all of {listed(areas)}. "
                "Fix: name fewer areas"
            )
        margins = [
            self.posterior_of(part).shares()[:, self._at(part, place, population)]
            for part, place in map(self.study.place, areas)
        ]
        # the same in every comparison, so that differences of these are of the same draws
        rng = stream(self.study.fitting.seed, TOGETHER, at, *places)
        return draw_answers(patterns, agents, margins, rng)

    def _conflict(self, scope: Scope, area: str) -> Array:
        """Return draws (draw or 1, goal, goal) of the conflict levels in an area."""
        part, place = self.study.place(area)
        posterior = self.posterior_of(part)
        if scope.other is not None and posterior.by_population:
            raise StudyError(f"{named(area)}: {WITHIN_ONLY}. Fix: name one population")
        level = posterior.conflict(population=None)
        if level.ndim < 4:
            return level
        return np.asarray(level[:, self._at(part, place, str(scope.one))])

    @staticmethod
    def _at(part: AreaPart, place: int, population: str) -> int:
        return int(part.places[place, part.populations.index(population)])


def _columns(found: Sequence[Bedfellows]) -> dict[str, list[object]]:
    names = ("one", "other", "opposed", "agreed", "probability", "p_opposed", "p_agreed")
    return {name: [getattr(one, name) for one in found] for name in names}
