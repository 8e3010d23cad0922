"""Put all that a study says about conflict together, so that every pair has one source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.evidence.conflict import ConflictEvidence, ConflictSource
from bayes_misalign.evidence.encounter_conflict import EncounterConflict
from bayes_misalign.evidence.fixed import FixedConflict
from bayes_misalign.evidence.frozen import Pair
from bayes_misalign.evidence.numbers import noted, parse_probability
from bayes_misalign.evidence.pairs import show_pair
from bayes_misalign.evidence.problem_area import ProblemArea
from bayes_misalign.evidence.rated_conflict import RatedConflict
from bayes_misalign.evidence.roster import Roster
from bayes_misalign.settings import NO_GOAL

BY_DEFAULT = "stated default"
WITHOUT_GOAL = "holding no goal conflicts with nothing"
_SHOWN_PAIRS = 12


def read_conflict(
    declarations: Sequence[Any],
    area: ProblemArea,
    problems: Problems,
    base: str | Path | None = None,
    find_roster: Callable[[Problems], Roster | None] | None = None,
) -> ConflictEvidence | None:
    """Read declarations of conflict into one source for every pair of categories.

    Parameters
    ----------
    declarations : sequence of MutuallyExclusive, Fixed, Elicited, Judged, Rated and others
        What the study says.
    area : ProblemArea
        The goals.
    problems : Problems
        Where to note everything that is wrong.
    base : path, optional
        Folder that relative paths start at; the working directory if not given.
    find_roster : callable, optional
        Returns the agents of the evidence about goals by id, for declarations that name agents.

    Returns
    -------
    ConflictEvidence or None
        None if a problem was noted. Pairs of goals that no source names have the one level that
        `unnamed_pairs` states; without it, ratings speak for them if there are some. Encounters of
        agents who are named speak for all of them. Pairs with "no goal" that no source names have
        level 0.

    Examples
    --------
    >>> from bayes_misalign.evidence.mutually_exclusive import MutuallyExclusive
    >>> area = ProblemArea("vote", ["a", "b"], no_goal=["Unsure"])
    >>> conflict = read_conflict([MutuallyExclusive()], area, Problems())
    >>> [source.origin for source in conflict.sources]
    ['mutually exclusive goals', 'holding no goal conflicts with nothing']
    """
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
    if _let_encounters_speak(sources, of_goals, problems):
        of_goals = []
    if of_goals and default is None and _borrow(sources, of_goals, area, problems):
        of_goals = []
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


def _borrow(
    sources: list[ConflictSource], pairs: Sequence[Pair], area: ProblemArea, problems: Problems
) -> bool:
    """Let ratings speak for pairs that no source names, and tell whether there are ratings."""
    rated = [n for n, source in enumerate(sources) if isinstance(source, RatedConflict)]
    if len(rated) > 1:
        problems.add(
            f"{len(rated)} sources of ratings could speak for {len(pairs)} pairs that nobody rated",
            where="conflict",
            fix="put the ratings into one table, or state a level for these pairs (unnamed_pairs)",
        )
    if len(rated) == 1:
        source = sources[rated[0]]
        assert isinstance(source, RatedConflict)
        named = {*source.pairs, *pairs}
        every = [pair for pair in combinations(area.categories, 2) if pair in named]
        sources[rated[0]] = source.speaking_for(every)
    return bool(rated)


def _constant(pairs: Sequence[Pair], level: float, origin: str) -> list[ConflictSource]:
    if not pairs:
        return []
    return [FixedConflict(tuple(pairs), np.full(len(pairs), level), origin)]
