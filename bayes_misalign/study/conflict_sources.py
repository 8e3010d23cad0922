"""Put all that a study says about conflict together, so that every pair has one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.fixed.declaration import FixedConflict
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.conflict import ConflictEvidence, ConflictSource
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import show_pair
from bayes_misalign.reading.parse_numbers import noted, parse_probability
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL

BY_DEFAULT = "stated default"
WITHOUT_GOAL = "holding no goal conflicts with nothing"
_SHOWN_PAIRS = 12
# what could speak for pairs that it does not name, what these lack, and how to part two of a kind
_CONTESTED = {
    "rated": ("ratings", "nobody rated", "state a level for these pairs (unnamed_pairs)"),
    "spatial": ("positions", "no other source names", "place each goal in one of them only"),
}


def read_conflict(
    declarations: Sequence[Any],
    area: ProblemArea,
    problems: Problems,
    base: str | Path | None = None,
    find_roster: Callable[[Problems], Roster | None] | None = None,
) -> ConflictEvidence | None:
    """Read declarations of conflict into one source for every pair of categories."""
    before = len(problems)
    read = [
        declaration.read(area, problems, base, find_roster)
        if getattr(declaration, "by_agents", False)
        else declaration.read(area, problems, base)
        for declaration in declarations
    ]
    default = _default(declarations, problems)
    sources: list[ConflictSource] = [source for source in read if source is not None]
    named = _named_once(sources, problems)
    if len(sources) < len(read) or len(problems) > before:
        return None
    unnamed = [pair for pair in combinations(area.categories, 2) if pair not in named]
    without_goal = [pair for pair in unnamed if area.has_no_goal and NO_GOAL in pair]
    of_goals = [pair for pair in unnamed if pair not in without_goal]
    of_goals = _speak(sources, SpatialConflict, of_goals, area, problems)
    _note_silent(sources, problems)
    if _let_encounters_speak(sources, of_goals, problems):
        of_goals = []
    if default is None:
        of_goals = _speak(sources, RatedConflict, of_goals, area, problems)
    if len(problems) > before:
        return None
    if of_goals and default is None:
        shown = "; ".join(map(show_pair, of_goals[:_SHOWN_PAIRS]))
        more = len(of_goals) - _SHOWN_PAIRS
        problems.add(
            f"nothing is said about the conflict of {len(of_goals)} pairs of goals: {shown}"
            + (f" and {more} more" if more > 0 else ""),
            where="conflict",
            valid="a source for every pair of goals",
            fix="name them, or state a level for all of them, as in unnamed_pairs = 0.5",
        )
        return None
    sources += _constant(of_goals, default or 0.0, BY_DEFAULT)
    sources += _constant(without_goal, 0.0, WITHOUT_GOAL)
    kept = [s for s in sources if s.pairs or isinstance(s, EncounterConflict)]
    return ConflictEvidence(area.categories, tuple(kept))


def _default(declarations: Sequence[Any], problems: Problems) -> float | None:
    levels: dict[float, str] = {}
    for declaration in declarations:
        stated = getattr(declaration, "unnamed_pairs", None)
        if stated is not None:
            where = f"{declaration.model}, unnamed_pairs"
            level = noted(parse_probability, stated, "conflict", where, problems)
            if level is not None:
                levels.setdefault(level, where)
    if len(levels) > 1:
        stated = " and ".join(f"{level:g} ({where})" for level, where in levels.items())
        problems.add(
            f"unnamed_pairs is stated differently: {stated}",
            where="conflict",
            valid="one level for all pairs that no source names",
        )
    return next(iter(levels), None)


def _named_once(sources: Sequence[ConflictSource], problems: Problems) -> dict[Pair, str]:
    named: dict[Pair, str] = {}
    twice: dict[tuple[str, str], list[Pair]] = {}
    for number, source in enumerate(sources, start=1):
        name = f"source {number} ({source.model}, {source.origin})"
        for pair in source.pairs:
            if (first := named.setdefault(pair, name)) != name:
                twice.setdefault((first, name), []).append(pair)
    for (first, name), pairs in twice.items():
        shown = "; ".join(map(show_pair, pairs[:_SHOWN_PAIRS]))
        more = len(pairs) - _SHOWN_PAIRS
        problems.add(
            f"two sources name the same pair: {shown}" + (f" and {more} more" if more > 0 else ""),
            where=f"{first} and {name}",
            valid="one source for each pair of goals",
            fix="remove the pair from one of them",
        )
    return named


def _let_encounters_speak(
    sources: list[ConflictSource], pairs: Sequence[Pair], problems: Problems
) -> bool:
    """Let encounters of named agents speak for pairs that no source names; tell if there are any.

    Agents meet whoever they meet, so that such a table is about all pairs.
    """
    of_agents = [
        n for n, s in enumerate(sources) if isinstance(s, EncounterConflict) and not s.pairs
    ]
    if len(of_agents) > 1:
        problems.add(
            f"{len(of_agents)} sources hold encounters of named agents",
            where="conflict",
            fix="put the encounters into one table",
        )
    for n in of_agents[:1]:
        source = sources[n]
        assert isinstance(source, EncounterConflict)
        sources[n] = source.speaking_for(pairs)
    return bool(of_agents)


def _speak(
    sources: list[ConflictSource],
    kind: type[RatedConflict] | type[SpatialConflict],
    pairs: Sequence[Pair],
    area: ProblemArea,
    problems: Problems,
) -> list[Pair]:
    """Let the source of a kind speak for pairs that no source names; return those left over."""
    able = {
        n: [pair for pair in pairs if source.can_speak_for(pair)]
        for n, source in enumerate(sources)
        if isinstance(source, kind)
    }
    claims = Counter(pair for could in able.values() for pair in could)
    if contested := sum(number > 1 for number in claims.values()):
        what, lack, fix = _CONTESTED[kind.model]
        several = sum(bool(could) for could in able.values())
        problems.add(
            f"{several} sources of {what} could speak for {contested} pairs that {lack}",
            where="conflict",
            fix=f"put the {what} into one table, or {fix}",
        )
    for n, could in able.items():
        source = sources[n]
        assert isinstance(source, kind)
        named = {*source.pairs, *could}
        every = [pair for pair in combinations(area.categories, 2) if pair in named]
        sources[n] = source.speaking_for(every)
    return [pair for pair in pairs if pair not in claims]


def _note_silent(sources: Sequence[ConflictSource], problems: Problems) -> None:
    for source in sources:
        if isinstance(source, SpatialConflict) and not source.pairs and not problems:
            problems.add(
                "other sources name every pair of the goals that are placed",
                where=f"spatial, {source.origin}",
                valid="a pair of placed goals that no other source names",
                fix="leave the positions out, or the pairs that distance should speak for out of "
                "the other sources",
            )


def _constant(pairs: Sequence[Pair], level: float, origin: str) -> list[ConflictSource]:
    if not pairs:
        return []
    return [FixedConflict(tuple(pairs), np.full(len(pairs), level), origin)]
