"""Encounters of agents who are named, and whose goals the evidence about goals tells of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayes_misalign.errors import did_you_mean
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.encounters.encounters_by_goal import note_none, note_same_goal
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import MeetingTrees, with_members
from bayes_misalign.models.encounters.reading import Meetings
from bayes_misalign.models.encounters.tangles import MOST_NUMBERS, TooTied, tangle_sums
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown

MOST_STEPS = 40  # from a leaf of a tree of encounters to its centre


def met_agents(
    meetings: Meetings, roster: Roster, area: ProblemArea, background: bool | None
) -> EncounterConflict | None:
    """Return encounters as evidence about all pairs of goals."""
    problems, k = meetings.problems, len(area.categories)
    before = len(problems)
    seen = np.zeros((2, k, k))
    unknown: dict[int, int] = {}  # agents of unknown goal who met somebody, by number
    of_known: dict[tuple[int, int], list[float]] = {}
    both: dict[tuple[int, int], tuple[float, float]] = {}
    left_out = 0.0
    for one, other, yes, no, where in meetings.rows:
        if not _are_known((one, other), roster, where, meetings):
            continue
        if not (roster.tells(one) and roster.tells(other)):
            left_out += yes + no
            continue
        pair = [roster.number[one], roster.number[other]]
        goals = [int(roster.goal[agent]) for agent in pair]
        if UNKNOWN not in goals:
            seen[:, min(goals), max(goals)] += yes, no
        elif max(goals) != UNKNOWN:
            agent = unknown.setdefault(pair[goals.index(UNKNOWN)], len(unknown))
            met = of_known.setdefault((agent, max(goals)), [0.0, 0.0])
            met[0] += yes
            met[1] += no
        else:
            a, b = sorted(unknown.setdefault(agent, len(unknown)) for agent in pair)
            before_yes, before_no = both.get((a, b), (0.0, 0.0))
            both[a, b] = (before_yes + yes, before_no + no)
    if len(problems) > before:
        return None
    if not (seen.sum() or unknown):
        note_none(meetings)
        return None
    trees = _trees(meetings, roster, unknown, of_known, both, k)
    if trees is None:
        return None
    without_goal = seen[:, :, len(area.goals) :].sum()
    modelled = background
    if background is None:
        modelled = bool(np.trace(seen.sum(axis=0)) or without_goal or unknown)
    note_same_goal(seen, area.categories, bool(modelled), meetings.source, problems)
    if len(problems) > before:
        return None
    notes = list(meetings.notes)
    if left_out:
        notes.append(
            f"{left_out:,.0f} encounters in {meetings.source} are of agents of whose goals nothing "
            "is known; they are left out."
        )
    return EncounterConflict.of(
        area.categories,
        (),
        seen[0],
        seen[1],
        background=bool(modelled),
        trees=trees,
        origin=meetings.source,
        notes=notes,
    )


def _are_known(names: Sequence[str], roster: Roster, where: str, meetings: Meetings) -> bool:
    problems = meetings.problems
    if names[0] == names[1]:
        problems.add(f"the agent {show(names[0])} meets itself", where=where, valid="two agents")
        return False
    missing = [name for name in dict.fromkeys(names) if name not in roster.number]
    for name in missing:
        # to look for a near one among all ids takes long, and it is shown for the first alone
        hint = did_you_mean(name, list(roster.number)) if name and not problems else ""
        problems.add(
            f"there is no agent {show(name)} in the evidence about goals"
            if name
            else "the id of an agent is blank",
            where=where,
            several="{n} encounters name agents of whom the evidence about goals tells nothing"
            if name
            else "the id of an agent is blank in {n} encounters",
            value=show(name) if name else "",
            valid="ids of the agents whose goals something is known of",
            hint=hint,
        )
    return not missing


def _trees(
    meetings: Meetings,
    roster: Roster,
    unknown: dict[int, int],
    of_known: dict[tuple[int, int], list[float]],
    both: dict[tuple[int, int], tuple[float, float]],
    categories: int,
) -> MeetingTrees | None:
    met = np.zeros((2, len(unknown), categories))
    for (agent, goal), figures in of_known.items():
        met[:, agent, goal] = figures
    pattern = roster.pattern[np.fromiter(unknown, np.int64, len(unknown))]
    name_of = {number: name for name, number in roster.number.items()}
    names = [name_of[number] for number in unknown]
    fix = "state the goals of some of these agents, or leave some encounters out"
    trees, members = with_members(pattern.tolist(), met[0], met[1], both)
    if trees.height.max(initial=0) > MOST_STEPS:
        meetings.problems.add(
            f"a chain of agents of unknown goals who met one after the other is longer than "
            f"{2 * MOST_STEPS} agents",
            where=meetings.source,
            valid="agents of unknown goals who meet few others, in chains that end",
            fix=fix,
        )
        return None
    try:
        tangle_sums(trees)
    except TooTied as tied:
        who = sorted(members[one] for one in tied.members)
        some = shown([names[agent] for agent in who[:5]])
        meetings.problems.add(
            f"{len(who):,} agents of unknown goals, such as {some}, met in circles so "
            f"many that to sum out their goals takes tables of more than {MOST_NUMBERS:,} numbers",
            where=meetings.source,
            valid="circles of encounters that share few agents",
            fix=fix,
        )
        return None
    return trees
