"""A table of goals with a column of the problem area, or a column for each, read at once.

The shares in each area and population are independent of the others, given the priors: they are
populations of one study, so that all of them are read, drawn and checked together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, StudyError, listed
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.ordered import in_order
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.chosen import JOINT
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.melted import SideBySide

Places = NDArray[np.intp]
# numbers that a declaration states of whole populations, which areas would each have anew
OF_POPULATIONS = ("population_size", "deff", "n", "counts")
PLACEHOLDER = "{area}"
AREA, GOAL, AGENT = "problem area", "answer", "respondent"  # columns of a table made of a wide one


@dataclass(frozen=True)
class Split:
    """A declaration whose populations are problem areas by populations, and how to tell them.

    Parameters
    ----------
    goals : declaration
        What to read; its populations are named "area, population".
    parts : int
        How many columns make up the population.
    populations : tuple of str, or None
        Order of the populations, where it is stated.
    areas : tuple of str, or None
        Order of the areas, where it is stated.
    """

    goals: Any
    parts: int
    populations: tuple[str, ...] | None
    areas: tuple[str, ...] | None

    def tell(self, names: Sequence[str], base: str | Path | None) -> Table:
        """Return areas and populations of populations of the evidence, and their places there."""
        told = (
            [self._told(name, base) for name in names] if self.parts else [(n, "") for n in names]
        )
        areas = self.areas or in_order(list(dict.fromkeys(area for area, _ in told)))
        populations = self.populations or in_order(list(dict.fromkeys(p for _, p in told)))
        if unknown := sorted({p for _, p in told} - set(populations)):
            raise StudyError(
                f"the population {show(unknown[0])} is not among those of the study; there are "
                f"{listed(populations)}. Fix: add it to `populations`, or remove its rows"
            )
        places = np.full((len(areas), len(populations)), -1, np.intp)
        for place, (area, population) in enumerate(told):
            places[areas.index(area), populations.index(population)] = place
        shown = tuple(populations) if self.parts else (EVERYONE,)
        return Table(tuple(areas), shown, places)

    def _told(self, name: str, base: str | Path | None) -> tuple[str, str]:
        texts = name.split(JOINT)
        if len(texts) == self.parts + 1:
            return JOINT.join(texts[: -self.parts]), JOINT.join(texts[-self.parts :])
        known = self.populations or self._populations(base)
        fits = [p for p in known if name.endswith(JOINT + p)]
        if len(fits) != 1:
            raise StudyError(
                f"nobody can tell area and population in {show(name)}: both have {JOINT!r} in "
                "their names. Fix: list the populations, as in `populations = [...]`"
            )
        return name.removesuffix(JOINT + fits[0]), fits[0]

    def _populations(self, base: str | Path | None) -> tuple[str, ...]:
        """Read the names of the populations alone."""
        if self._known is None:
            own, problems = self.goals.population[1:], Problems()
            one = replace(self.goals, population=own)
            table = one.open(one.roles("population"), problems, base, "responses")
            texts = [] if table is None else [cells[0] for _, cells in table.read()]
            object.__setattr__(self, "_known", tuple(dict.fromkeys(texts)))
        found: tuple[str, ...] = self._known or ()
        return found

    _known: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Table:
    """Areas, populations, and the place of each two in the evidence, -1 if nobody was asked."""

    areas: tuple[str, ...]
    populations: tuple[str, ...]
    places: Places


def split(goals: Any, area: str | None, areas: Any, base: str | Path | None) -> Split:
    """Return how a table is read whose areas stand in a column, or each in a column of its own.

    Raises
    ------
    StudyError
        When the declaration reads no such table, or states what populations of one area have.
    """
    if (area is None) == (areas is None):
        raise StudyError(
            "the problem areas stand in a column, or each has a column. Fix: state `area`, the "
            "column of the area, or `areas`, the columns of their answers; one of the two"
        )
    known = {field.name for field in fields(goals)} if isinstance(goals, TableDeclared) else set()
    if not {"population", "data"} <= known:
        name = getattr(goals, "model", type(goals).__name__)
        raise StudyError(
            f"{name} reads no table that may have several problem areas. Fix: state each area as a "
            "study of its own, under [[area]] of study.toml, or as a mapping of studies in Python"
        )
    for name in OF_POPULATIONS:
        if getattr(goals, name, None) is not None:
            raise StudyError(
                f"{name} is stated beside the column of the problem area, and nobody can tell of "
                "which area it is. Fix: leave it out, or state each area as a study of its own"
            )
    stated = areas if area is None else None
    column = area
    if stated is not None:
        goals, column = _melted(goals, stated, base)
    goals = _sampled_agents(goals, known)
    own = goals.population
    parts = () if own is None else (own,) if isinstance(own, str) else tuple(own)
    order = getattr(goals, "populations", None)
    order = tuple(order) if order is not None else None
    named = tuple(stated.values()) if isinstance(stated, Mapping) else None
    made: dict[str, Any] = {"population": (str(column), *parts) if parts else str(column)}
    if "populations" in known:
        made["populations"] = None
    return Split(replace(goals, **made), len(parts), order, named)


def _sampled_agents(goals: Any, known: set[str]) -> Any:
    """Return a declaration in which agents are what was sampled, and not each of their answers."""
    if not {"strata", "fpc", "cluster", "respondent"} <= known or goals.cluster is not None:
        return goals
    if goals.respondent is not None and (goals.strata or goals.fpc) is not None:
        return replace(goals, cluster=goals.respondent)
    if goals.fpc is not None:
        raise StudyError(
            "fpc says how many agents there are, and nobody can tell which answers in several "
            "problem areas are of the same agent. Fix: name the column of their ids, as in "
            '`respondent = "id"`'
        )
    return goals


def _melted(goals: Any, stated: Any, base: str | Path | None) -> tuple[Any, str]:
    """Return a declaration of the same answers with a row for each agent and area, and the column.

    That is the column of the area.
    """
    problems = Problems()
    table = goals.open(None, problems, base, "responses")
    if table is None:
        problems.raise_if_any(StudyError)
        raise StudyError("the table of answers cannot be read")
    header = tuple(table.columns)
    columns = _columns(stated, header)
    if getattr(goals, "goal", None) is not None:
        raise StudyError(
            "`goal` and `areas` are both stated. Fix: leave `goal` out where each area has a column"
        )
    others = [name for name in header if name not in columns]
    agent, column, goal = (_free(name, others) for name in (AGENT, AREA, GOAL))
    whole = goals

    def opened(names: Sequence[str], problems: Problems) -> Any:
        roles = {f"column {place}": name for place, name in enumerate(names)}
        return whole.open(roles, problems, base, "responses")

    made = SideBySide(opened, table.source, header, columns, (agent, column, goal))
    plain = {
        field.name: field.default
        for field in fields(TableDeclared)
        if field.default is not MISSING and field.name != "data"
    }
    names = {field.name for field in fields(goals)}
    agents = {"respondent": agent} if _may_name_agents(goals, names) else {}
    given = {"data": made, "goal": goal, **agents}
    return replace(goals, **{k: v for k, v in {**plain, **given}.items() if k in names}), column


def _free(name: str, taken: Sequence[str]) -> str:
    """Return a name that no column of the table has."""
    return name if name not in taken else _free(f"{name}_", taken)


def _may_name_agents(goals: Any, names: set[str]) -> bool:
    """Tell whether each row is an agent, who can be followed from area to area."""
    return "respondent" in names and goals.respondent is None and goals.count is None


def _columns(stated: Any, header: Sequence[str]) -> dict[str, str]:
    """Return the area of each column of answers."""
    if isinstance(stated, Mapping):
        found = {str(column): str(area) for column, area in stated.items()}
    elif isinstance(stated, str) and PLACEHOLDER in stated:
        before, _, after = stated.partition(PLACEHOLDER)
        found = {
            name: name[len(before) : len(name) - len(after)]
            for name in header
            if name.startswith(before) and name.endswith(after)
            if len(name) > len(before) + len(after)
        }
    elif isinstance(stated, str):
        found = {name: name for name in header if fnmatch(name, stated)}
    elif isinstance(stated, Sequence):
        found = {str(name): str(name) for name in stated}
    else:
        raise StudyError(
            'areas are a list of columns, a pattern such as "q_{area}", or a mapping of column to '
            f"area, not {shown_value(stated)}"
        )
    if missing := [name for name in found if name not in header]:
        raise StudyError(f"there is no column {show(missing[0])}; there are {listed(header, 20)}")
    if len(found) < 2:
        raise StudyError(
            f"areas = {shown_value(stated)} names {len(found)} of the columns "
            f"{listed(header, 20)}. Fix: name at least two"
        )
    if len(set(found.values())) < len(found):
        raise StudyError("two columns are of the same problem area. Fix: name each area once")
    return found
