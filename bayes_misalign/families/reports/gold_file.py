"""Known goals of agents in a table of their own, which has the ids of the table of reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import MOST_UNKNOWN_LABELS, Column
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import check_columns

NOTED = 20
_AGENT, _GOLD = "agent", "gold"


def gold_of_file(
    declared: Any, coded: CodedTable, agent: IntArray, goals: GoalLists, base: str | Path | None
) -> tuple[IntArray, str] | None:
    """Return the known goal of the agent of each row, and where it stands; None if it is wrong.

    The column of ids is called as in the table of reports, or "agent"; that of goals as `gold`
    says, or "gold".
    """
    problems, before = coded.problems, len(coded.problems)
    if (table := _open(declared, goals, problems, base)) is None:
        return None
    known = _read(table, goals)
    if len(problems) > before:
        return None
    ids = coded.first_texts("agent", agent)
    if len(problems) > before:
        return None
    there = set(ids)
    strangers = [name for name in known if name not in there]
    if known and len(strangers) == len(known):
        problems.add(
            f"no agent of {table.source} is in {coded.table.source}: the first of them are "
            f"{shown(strangers, 3)}",
            where=table.where(0, table.columns[0]),
            valid=f"ids as in {coded.where('agent')}, such as {shown(ids, 3)}",
            fix="write ids in both tables in the same way",
        )
        return None
    notes = table.remarks()
    if strangers:
        one = len(strangers) == 1
        notes.append(
            f"{len(strangers):,} of {len(known):,} agents of {table.source} "
            f"{'is' if one else 'are'} not in {coded.table.source} and left out: "
            f"{shown(strangers, 3)}."
        )
    coded.table.notes = [*coded.table.notes, *notes]
    of_agent = np.array([known.get(name, UNKNOWN) for name in ids], np.int64)
    return of_agent[agent], table.where(0, table.columns[1])


def gold_file_stated(declared: Any, *, by_column: bool) -> Iterable[Contradiction]:
    """Return what is stated beside a table of known goals and does not go with it."""
    yield (
        declared.gold_data is not None and declared.agent is None,
        "gold_data is stated, but no column names the agents",
        'the column of an id of each agent too, as in `agent = "id"`',
    )
    if by_column:
        yield (
            declared.gold_data is not None and declared.gold_rater is not None,
            "gold_data and gold_rater are both stated",
            "a table of known goals, or a rater who knows them",
        )


def _open(
    declared: Any, goals: GoalLists, problems: Problems, base: str | Path | None
) -> Table | None:
    what, data = "known goals", declared.gold_data
    whole = declared.open(None, problems, base, what, data)
    if whole is None:
        return None
    names = [declared.agent if declared.agent in whole.columns else _AGENT, declared.gold or _GOLD]
    if not check_columns(whole.columns, names, whole.source, problems):
        return None
    roles = dict(zip((_AGENT, _GOLD), names, strict=True))
    columns = (
        Column(_AGENT),
        Column(
            _GOLD,
            "goals",
            MOST_UNKNOWN_LABELS,
            goals.is_known,
            coded=goals.codes,
            keeps=goals.is_listed,
        ),
    )
    table: Table | None = declared.open(roles, problems, base, what, data, columns)
    return table


def _read(table: Table, goals: GoalLists) -> dict[str, int]:
    """Return the known goal of each agent, or note what is wrong."""
    known, first = dict[str, int](), dict[str, int]()
    unknown: dict[str, tuple[int, int]] = {}
    nameless, twice, write_ins = list[int](), 0, Counter[str]()
    for row, (name, text) in table:
        if not text.strip():
            continue
        if not name.strip():
            nameless.append(row)
        elif not goals.is_known(text):
            number, at = unknown.get(text, (0, row))
            unknown[text] = number + 1, at
        elif (goal := goals.place(text)) != UNKNOWN:
            write_ins[text] += goals.takes(text)
            if known.setdefault(name, goal) != goal and (twice := twice + 1) <= NOTED:
                table.problems.add(
                    f"rows {first[name]} and {row} give the agent {show(name)} two goals as known",
                    where=table.where(row),
                    valid="one known goal for each agent, or none",
                    fix="correct one of the rows",
                )
            first.setdefault(name, row)
    if nameless:
        table.problems.add(
            f"the agent's id is empty in {len(nameless):,} rows with a known goal, the first of "
            f"them {nameless[0]}",
            where=table.where(0, table.columns[0]),
            valid="an id of the agent beside every known goal",
        )
    goals.note_unknown(unknown, table.where(0, table.columns[1]), table.problems)
    table.notes += goals.write_ins.notes(+write_ins, "known goal")
    return known
