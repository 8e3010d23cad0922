"""Put all that a study says about conflict together, so that every pair has one source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from bayes_misalign.contract.registry import conflict_model, stating_model
from bayes_misalign.contract.traits import ORDER_OF_CLAIMS, SpeaksFor, Traits
from bayes_misalign.errors import Problems
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import show_pair
from bayes_misalign.reading.parse_numbers import noted, parse_probability
from bayes_misalign.reading.problem_area import ProblemArea
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

    Notes
    -----
    For pairs of goals that no source names speak positions, where both goals are placed; else
    encounters of agents who are named; else they have the one level that `unnamed_pairs` states;
    without it, ratings speak for them if there are some. Pairs with "no goal" that no source names
    have level 0. None is returned if a problem was noted.
    """
    before = len(problems)
    read = [
        declaration.read(area, problems, base, find_roster)
        if conflict_model(declaration.model).traits.needs_agents
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
    for claim in ORDER_OF_CLAIMS:
        if claim != "unnamed" or default is None:
            of_goals = _speak(sources, claim, of_goals, area, problems)
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
            fix="name them, or state a level for all of them, as in `unnamed_pairs = 0.5`",
        )
        return None
    sources += _constant(of_goals, default or 0.0, BY_DEFAULT)
    sources += _constant(without_goal, 0.0, WITHOUT_GOAL)
    kept = [s for s in sources if s.pairs or _traits(s).speaks_for == "met"]
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


def _speak(
    sources: list[ConflictSource],
    claim: SpeaksFor,
    pairs: Sequence[Pair],
    area: ProblemArea,
    problems: Problems,
) -> list[Pair]:
    """Let sources with a claim speak for pairs that no source names; return those left over."""
    able = [n for n, source in enumerate(sources) if _traits(source).speaks_for == claim]
    for name in dict.fromkeys(sources[n].model for n in able):
        model = conflict_model(name)
        own = [sources[n] for n in able if sources[n].model == name]
        problems.extend(filter(None, [model.contested(own, pairs)]))
    left = list(pairs)
    for n in able:
        source = sources[n]
        could = {pair for pair in left if source.can_speak_for(pair)}
        named = {*source.pairs, *could}
        if could:
            every = [pair for pair in combinations(area.categories, 2) if pair in named]
            sources[n] = source.speaking_for(every)
        left = [pair for pair in left if pair not in could]
        if not named and not problems:
            silent = conflict_model(source.model).speaks_for_none(source)
            problems.extend(filter(None, [silent]))
    return left


def _traits(source: ConflictSource) -> Traits:
    return conflict_model(source.model).traits


def _constant(pairs: Sequence[Pair], level: float, origin: str) -> list[ConflictSource]:
    return [stating_model().stated(pairs, level, origin)] if pairs else []
