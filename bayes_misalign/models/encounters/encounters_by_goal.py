"""Encounters of agents whose goals the table names."""

from __future__ import annotations

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.reading import Meetings
from bayes_misalign.reading.evidence import FloatArray, Pair
from bayes_misalign.reading.goal_pairs import PairNames, show_pair
from bayes_misalign.reading.problem_area import ProblemArea

_SHOWN = 12


def met_goals(
    meetings: Meetings, area: ProblemArea, background: bool | None
) -> EncounterConflict | None:
    """Return encounters as evidence about the pairs of goals that are named."""
    problems, names = meetings.problems, PairNames(area, meetings.problems)
    before, k = len(problems), len(area.categories)
    seen = np.zeros((2, k, k))
    pairs: dict[Pair, None] = {}
    for one, other, yes, no, where in meetings.rows:
        first, second = names.category(one, where), names.category(other, where)
        if first is None or second is None:
            continue
        i, j = sorted((names.order[first], names.order[second]))
        seen[:, i, j] += yes, no
        if i != j:
            pairs[area.categories[i], area.categories[j]] = None
    if len(problems) > before:
        return None
    if not seen.sum() and not pairs:
        note_none(meetings)
        return None
    shared = bool(np.trace(seen.sum(axis=0)))
    modelled = shared if background is None else background
    note_same_goal(seen, area.categories, modelled, meetings.source, problems)
    if len(problems) > before:
        return None
    named = names.sorted(pairs)
    notes = list(meetings.notes)
    if silent := [
        pair for pair in named if not seen[:, names.order[pair[0]], names.order[pair[1]]].sum()
    ]:
        shown = "; ".join(map(show_pair, silent[:_SHOWN]))
        more = f" and {len(silent) - _SHOWN} more pairs" if len(silent) > _SHOWN else ""
        notes.append(f"No encounter is of {shown}{more}: the prior alone tells of such conflict.")
    return EncounterConflict.of(
        area.categories,
        named,
        seen[0],
        seen[1],
        background=modelled,
        origin=meetings.source,
        notes=notes,
    )


def note_none(meetings: Meetings) -> None:
    """Note that there is no encounter to learn from, unless it is clear why."""
    if meetings.problems:
        return
    meetings.problems.add(
        "there is no encounter of which anybody saw whether there was conflict",
        where=meetings.source,
        valid="at least one encounter of two agents whose goals something is known of",
    )


def note_same_goal(
    seen: FloatArray, categories: tuple[str, ...], background: bool, where: str, problems: Problems
) -> None:
    """Note conflict among holders of the same goal, if that is not modelled."""
    for i in np.flatnonzero(np.diagonal(seen[0])) if not background else ():
        problems.add(
            f"holders of the same goal, {categories[i]!r}, were seen in conflict "
            f"{seen[0, i, i]:,.0f} times, and background = false rules that out",
            where=where,
            valid="no conflict among holders of the same goal, or `background = true`",
            fix="leave `background` out: such conflicts tell how often others are over something "
            "else",
        )
