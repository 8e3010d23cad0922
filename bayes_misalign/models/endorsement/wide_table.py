"""Strengths in a table with an agent a row and a column for each goal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import ROLES, Alike, agent_columns
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.families.answers.rows import SUMS, note_repeated_respondents
from bayes_misalign.models.endorsement.reading import Agents, CellReader, Told
from bayes_misalign.models.endorsement.scale import StrengthScale
from bayes_misalign.reading.columns import (
    Column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.wide_columns import Wide, header_of
from bayes_misalign.tables.labels import show


def settle_columns(
    declared: Any, area: ProblemArea, problems: Problems, base: str | Path | None
) -> dict[str, str] | None:
    """Return the column of each goal, or note what is wrong with how that is stated."""
    header = header_of(declared, base, "strengths")
    if header is None:  # which is said where the table is opened
        return None
    wide = Wide(("goal",), "strength", area.goals, "a strength")
    told = wide.settle(declared.columns, header, problems)
    if told is None:
        return None
    of_goal: dict[str, list[str]] = {goal: [] for goal in area.goals}
    for name, (goal,) in told.items():
        of_goal[goal].append(name)
    for goal, names in of_goal.items():
        if not names:
            problems.add(
                f"no column is about the goal {show(goal)}",
                where="columns",
                valid="a column for every goal",
                fix="name its column too, or leave the goal out of the problem area",
            )
        elif len(names) > 1:
            problems.add(
                f"columns {' and '.join(map(show, names))} are both about the goal {show(goal)}",
                where="columns",
                valid="one column for each goal",
                fix="leave one of them out of `columns`",
            )
    return {goal: names[0] for goal, names in of_goal.items() if names}


def read_wide(
    declared: Any,
    columns: Mapping[str, str],
    lists: AnswerLists,
    scale: StrengthScale,
    problems: Problems,
    base: str | Path | None,
) -> Agents | None:
    """Return the agents of a table; None if it cannot be read."""
    of_goals = {f"strength {i + 1}": name for i, name in enumerate(columns.values())}
    roles = {**of_goals, **declared.roles(*ROLES)}
    is_known = _known(lists, scale)
    described = [
        *(
            Column(
                role,
                "strengths",
                is_known=is_known,
                what=f"strength of {show(goal)}",
                as_code=not scale.points,
            )
            for role, goal in zip(of_goals, columns, strict=True)
        ),
        *agent_columns(),
    ]
    table = declared.open(roles, problems, base, "strengths", columns=described)
    if table is None:
        return None
    found = DistinctRows(table, roles, described, problems, [SUMS])
    if not found.read():
        return None
    note_repeated_respondents(found)
    cells = CellReader(scale, lists)
    texts = [(found.cells(role), found.where(role)) for role in of_goals]
    read = [
        [cells.cell(text, where, str(row)) for text, row in zip(column, found.first, strict=True)]
        for column, where in texts
    ]
    cells.note(problems)
    told = [
        Told(row, str(first), agents)
        for row, first, agents in zip(
            zip(*read, strict=True), found.first, found.sum("n").tolist(), strict=True
        )
    ]
    where = found.where(next(iter(of_goals)))
    place = found.where("population") if "population" in roles else table.source
    return Agents(told, Alike.of_rows(found), table.source, where, place, tuple(table.notes), found)


def _known(lists: AnswerLists, scale: StrengthScale) -> Any:
    def is_known(text: str) -> bool:
        return not text or text in scale.points or text in lists.area.not_answers

    return is_known
