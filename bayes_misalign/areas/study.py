"""A study of several problem areas: what a fit of all of them needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.areas.answers import JointAnswers
from bayes_misalign.areas.choices import AreaChoices
from bayes_misalign.areas.split import Table, split
from bayes_misalign.areas.unions import stated_of, unions_of
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.inference import blocks
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.settings import EVERYONE
from bayes_misalign.study.options import Fitting, Populations, Reporting
from bayes_misalign.study.study import Study
from bayes_misalign.study.union import UnionShares

Places = NDArray[np.intp]


@dataclass(frozen=True)
class AreaPart:
    """Problem areas that are fitted as one study, each area and population one of its populations.

    Parameters
    ----------
    study : Study
        The study.
    areas : tuple of str
        The areas.
    populations : tuple of str
        Their populations.
    places : (A, S) ndarray of int
        Place of area and population among the populations of the study, -1 where nobody was asked.
    """

    study: Study
    areas: tuple[str, ...]
    populations: tuple[str, ...]
    places: Places = field(repr=False, compare=False)

    def places_of(self, area: str, populations: Sequence[str]) -> Places:
        """Return the places of some populations in one of its areas, -1 where nobody was asked."""
        at, row = {name: s for s, name in enumerate(self.populations)}, self.areas.index(area)
        return np.array([self.places[row, at[s]] if s in at else -1 for s in populations], np.intp)


@dataclass(frozen=True)
class AreasStudy:
    """Evidence, priors and choices of several problem areas.

    Made by `AreasStudy.of`, where areas share their goals, by `AreasStudy.of_studies`, where each
    has goals and evidence of its own, or by `read_areas` from a file.

    Parameters
    ----------
    parts : tuple of AreaPart
        Studies that are fitted each, of one area or of many.
    areas : tuple of str
        All areas in their order.
    populations : tuple of str
        All populations in their order.
    choices : AreaChoices
        What is asked of the areas.
    shares : mapping of str to float, optional
        Share of each population in the union, where it is stated.
    unions : mapping of str to UnionShares
        Shares of the populations by area, where they are estimated from its answers.
    people : tuple of str
        Populations of people, beside whom reports show the others.
    answers : JointAnswers, optional
        What the same agents answered in several areas, where the evidence has their ids.
    name, title, text : str
        As of a `Study`.
    """

    parts: tuple[AreaPart, ...]
    areas: tuple[str, ...]
    populations: tuple[str, ...]
    choices: AreaChoices = field(default_factory=AreaChoices)
    shares: Mapping[str, float] | None = None
    answers: JointAnswers | None = field(default=None, repr=False)
    name: str = "areas"
    title: str = ""
    text: str = field(default="", repr=False)
    people: tuple[str, ...] = ()
    unions: Mapping[str, UnionShares] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        problem_area: ProblemArea,
        goals: Any,
        conflict: Any,
        *,
        area: str | None = None,
        areas: Any = None,
        conflict_of: Mapping[str, Any] | None = None,
        choices: AreaChoices | None = None,
        populations: Populations | None = None,
        reporting: Reporting | None = None,
        fitting: Fitting | None = None,
        name: str = "areas",
        title: str = "",
        base: Any = None,
        **more: Any,
    ) -> AreasStudy:
        """Read evidence about areas that share their goals.

        Parameters
        ----------
        problem_area : ProblemArea
            The goals that agents may hold in each area; its name is that of all areas together.
        goals : declaration
            Evidence about goals, such as `SingleChoice(...)`.
        conflict : declaration or list of declarations
            Evidence about how much goals conflict, in every area that has none of its own.
        area : str, optional
            Column of the problem area, where a row is an answer.
        areas : sequence of str, str, or mapping of str to str, optional
            Where a row is an agent, the columns of the answers in each area: their names, a pattern
            such as "q_{area}" or "q_*", or the area of each column.
        conflict_of : mapping of str to declarations, optional
            Evidence about conflict in single areas, by their name, in place of `conflict`.
        choices : AreaChoices, optional
            What is asked of the areas.
        populations, reporting, fitting, name, title, base, **more : optional
            As of `Study.of`. Shares of the populations in their union are stated, or estimated in
            each area from its weights or answers, as a study of that area has them.

        Returns
        -------
        AreasStudy

        Raises
        ------
        DataError, StudyError
            Everything that is wrong with the evidence or the study.
        """
        fitting, reporting = fitting or Fitting(), reporting or Reporting()
        populations = populations or Populations()
        how = split(goals, area, areas, base)
        plain = {
            "populations": Populations(contrasts=()),
            "reporting": replace(reporting, headline=None),
            "fitting": fitting,
            "name": name,
            "title": title,
            "base": base,
            **more,
        }
        own = conflict_of or {}
        # where each area has evidence of its own, the table is read with some of it
        first = next(iter(own.values()), None) if conflict is None else conflict
        whole = Study.of(problem_area, how.goals, first, **plain)
        if blocks.wanted(whole):
            raise StudyError(
                f"{len(whole.goals.populations):,} areas and populations with "
                f"{blocks.total(whole):,} draws do not fit into memory. Fix: state fewer draws, or "
                "fit some of the areas at a time"
            )
        found = how.tell(whole.goals.populations, base)
        for one in own:
            _known(one, found.areas, "conflict is stated of")
        apart = [a for a in found.areas if a in own]
        if conflict is None and (left := [a for a in found.areas if a not in own]):
            raise StudyError(
                f"there is no evidence about conflict in {listed(left)}. Fix: state some for all "
                "areas that have none of their own"
            )
        pairing = whole.goals.pairing
        if pairing is not None and whole.goals.coupling is not None:
            # what clusters have in common, and the same agents in them, is told by the design
            whole = replace(whole, goals=whole.goals.without_pairing())
        parts = _parts(whole, found, apart, own, problem_area, plain)
        made = cls(
            tuple(parts),
            found.areas,
            found.populations,
            choices or AreaChoices(),
            stated_of(populations.shares, found.populations),
            None if pairing is None else JointAnswers.of(pairing, found.places),
            name,
            title or problem_area.name,
            people=populations.of_people,
            unions=unions_of(whole.goals, found, populations.shares),
        )
        return made._checked()

    @classmethod
    def of_studies(
        cls,
        studies: Mapping[str, Study],
        *,
        choices: AreaChoices | None = None,
        shares: Mapping[str, float] | None = None,
        name: str = "areas",
        title: str = "",
    ) -> AreasStudy:
        """Put studies of single problem areas together.

        Parameters
        ----------
        studies : mapping of str to Study
            The study of each area, by the name of the area. Populations of the same name are taken
            for the same population.
        choices : AreaChoices, optional
            What is asked of the areas.
        shares : mapping of str to float, optional
            Share of each population in the union; by default what each study says.
        name, title : str
            Names for files and reports.

        Raises
        ------
        StudyError
            When there are fewer than two studies, or they have different intervals or draws.
        """
        if len(studies) < 2:
            raise StudyError(f"several problem areas are at least two, not {len(studies)}")
        for one in studies.values():
            if not isinstance(one, Study):
                raise StudyError(f"each area is a Study, not {shown_value(one)}")
            if blocks.wanted(one):
                raise StudyError("a study of so many populations is fitted alone. Fix: use `fit`")
        parts = []
        for place, (area, one) in enumerate(studies.items()):
            names = one.goals.populations
            state = np.random.SeedSequence(one.fitting.seed, spawn_key=(place,)).generate_state(1)
            # of one seed the draws of areas would go up and down together
            own = one.with_fitting(seed=int(state[0])) if place else one
            parts.append(AreaPart(own, (area,), names, np.arange(len(names))[np.newaxis]))
        every = [name for part in parts for name in part.populations]
        populations = tuple(dict.fromkeys(every))
        made = cls(
            tuple(parts),
            tuple(studies),
            populations,
            choices or AreaChoices(),
            stated_of(shares, populations),
            None,
            name,
            title,
            people=tuple(dict.fromkeys(s for p in parts for s in p.study.populations.of_people)),
        )
        return made._checked()

    @property
    def reporting(self) -> Reporting:
        """What results show."""
        return self.parts[0].study.reporting

    @property
    def fitting(self) -> Fitting:
        """How the posterior is drawn."""
        return self.parts[0].study.fitting

    def with_fitting(self, **changes: Any) -> AreasStudy:
        """Return the same study with other settings of the fit, such as ``draws=200``."""
        seed = changes.pop("seed", None)
        parts = []
        for place, part in enumerate(self.parts):
            own = dict(changes)
            if seed is not None:
                state = np.random.SeedSequence(seed, spawn_key=(place,)).generate_state(1)
                own["seed"] = int(state[0]) if place else seed
            parts.append(replace(part, study=part.study.with_fitting(**own)))
        return replace(self, parts=tuple(parts))

    def place(self, area: str) -> tuple[AreaPart, int]:
        """Return the part that an area is in, and its place there."""
        _known(area, self.areas, "there is no area")
        return next((p, p.areas.index(area)) for p in self.parts if area in p.areas)

    def _checked(self) -> AreasStudy:
        for what, names in (
            ("weights are stated of", self.choices.weights or {}),
            ("together names", self.choices.together or ()),
        ):
            for one in names:
                _known(one, self.areas, what)
        if len(self.areas) < 2:
            raise StudyError(
                f"several problem areas are at least two, and there is {self.areas[0]!r}"
            )
        first = self.parts[0].study
        for part in self.parts[1:]:
            same = (
                part.study.fitting.draws,
                part.study.fitting.chains,
                part.study.reporting.interval,
            )
            if same != (first.fitting.draws, first.fitting.chains, first.reporting.interval):
                raise StudyError(
                    "problem areas have different numbers of draws, or different intervals. Fix: "
                    "state [fit] and [report] once, for all of them"
                )
        for one in self.people:
            if one not in self.populations:
                hint = did_you_mean(one, self.populations)
                raise StudyError(
                    f"people names the population {one!r}; there are "
                    f"{listed(self.populations)}. {hint}"
                )
        if self.people and set(self.people) >= set(self.populations):
            raise StudyError(
                "all populations are of people. Fix: leave people out, so that nobody stands "
                "beside them"
            )
        return self


def _known(area: str, areas: Sequence[str], what: str) -> None:
    if area not in areas:
        raise StudyError(
            f"{what} {area!r}; there are {listed(areas, 20)}. {did_you_mean(area, areas)}"
        )


def _parts(
    whole: Study,
    found: Table,
    apart: list[str],
    conflict_of: Mapping[str, Any],
    problem_area: ProblemArea,
    plain: Mapping[str, Any],
) -> list[AreaPart]:
    """Return a part of all areas that share conflict, and one of each that has its own."""
    if not apart:
        return [AreaPart(whole, found.areas, found.populations, found.places)]
    shared = [area for area in found.areas if area not in apart]
    made = []
    for number, areas in enumerate([shared, *([area] for area in apart)]):
        if not areas:
            continue
        rows = found.places[[found.areas.index(area) for area in areas]]
        kept = np.unique(rows[rows >= 0])
        goals = goals_model(whole.goals.model).of_populations(whole.goals, kept)
        if goals is None:  # not told without the others: all are drawn, and these are used
            goals, places = whole.goals, rows
        else:
            places = np.where(rows >= 0, np.searchsorted(kept, rows), -1)
        own = dict(plain)
        if number:
            state = np.random.SeedSequence(whole.fitting.seed, spawn_key=(number,)).generate_state(
                1
            )
            own["fitting"] = replace(whole.fitting, seed=int(state[0]))
        sources = whole.conflict if not number else conflict_of[areas[0]]
        study = Study.of(problem_area, goals, sources, **own)
        made.append(AreaPart(study, tuple(areas), found.populations, places))
    return made


def only_population(populations: Sequence[str]) -> bool:
    """Tell whether a study names no populations."""
    return tuple(populations) == (EVERYONE,)
