"""Read labels from a table: a label a row, or an agent a row with a column for each rater."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.label_lists import (
    NOT_ASKED,
    GoalLists,
    LabelLists,
    known_goals,
    note_no_such,
)
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.row_ids import note_repeated
from bayes_misalign.reading.unknown_labels import note_unreadable
from bayes_misalign.tables.labels import show

ONLY_RATER = "rater"


@dataclass(frozen=True, eq=False)
class LabelCells:
    """The cells of a table that hold labels, and what its rows say of agents."""

    raters: tuple[str, ...]
    rater: NDArray[np.int32]
    label: NDArray[np.int32]
    row: IntArray
    agent: IntArray
    gold: IntArray
    gold_where: str

    def rows_that_tell(self) -> NDArray[np.bool_]:
        """Return whether each row holds a label or a known goal, (N,)."""
        tells: NDArray[np.bool_] = self.gold != UNKNOWN
        tells[self.row[self.label >= 0]] = True
        return tells


def long_cells(
    coded: CodedTable,
    lists: LabelLists,
    goals: GoalLists,
    gold_rater: str | None,
    repeats: bool,
) -> LabelCells:
    """Return the labels of a table with a label a row."""
    column, agent = coded.columns["label"], coded.digests.pop("agent").numbers()
    raters, rater = _raters(coded, gold_rater)
    is_gold = rater == len(raters)
    label = column.translated(lists.place)
    gold, gold_where = known_goals(coded, goals)
    if gold_rater is not None:
        gold = np.where(is_gold, column.translated(goals.place), UNKNOWN).astype(np.int64)
        gold_where = f"{coded.where('label')}, rater {show(gold_rater)}"
        goals.note_unknown(coded.seen("label", is_gold), gold_where, coded.problems)
    lists.note_unknown(coded.seen("label", ~is_gold), coded.where("label"), coded.problems)
    row = np.flatnonzero(~is_gold)
    if not repeats:
        _note_repeated(coded, agent, rater, row[(label[row] != NOT_ASKED) & (rater[row] >= 0)])
    return LabelCells(raters, rater[row], label[row], row, agent, gold, gold_where)


def wide_cells(
    coded: CodedTable,
    raters: Sequence[str],
    lists: LabelLists,
    goals: GoalLists,
    gold_rater: str | None,
) -> LabelCells:
    """Return the labels of a table with an agent a row and a column for each rater."""
    n, problems = len(coded.rows), coded.problems
    gold, gold_where = known_goals(coded, goals)
    labels = []
    for place, name in enumerate(raters):
        role = rater_role(place)
        column, where = coded.columns[role], coded.where(role)
        if name == gold_rater:
            gold, gold_where = column.translated(goals.place).astype(np.int64), where
            goals.note_unknown(coded.seen(role), where, problems)
        else:
            labels.append(column.translated(lists.place))
            lists.note_unknown(coded.seen(role), where, problems)
    if "agent" in coded.digests:
        keys = coded.digests.pop("agent").numbers()
        texts = (
            "have the same agent's id",
            "{n} rows repeat the agent's id of a row before",
            "a row for each agent, with the labels of all raters",
            "keep one row of each agent",
        )
        note_repeated(keys, coded.rows, texts, coded.where("agent"), problems, coded.table.row)
    named = tuple(name for name in raters if name != gold_rater)
    rater = np.repeat(np.arange(len(named), dtype=np.int32), n)
    label = np.concatenate([np.zeros(0, np.int32), *labels])
    row = np.tile(np.arange(n), len(named))
    return LabelCells(named, rater, label, row, np.arange(n), gold, gold_where)


def note_write_ins(
    coded: CodedTable,
    lists: LabelLists,
    goals: GoalLists,
    gold_rater: str | None,
    columns: Sequence[str] | None,
) -> None:
    """Note on the table how many labels, and known goals, are what a catch-all takes."""
    if lists.write_ins.other is None:
        return
    is_gold = np.zeros(len(coded.rows), bool)
    if gold_rater is not None and columns is None:
        is_gold = coded.columns["rater"].translated(lambda name: int(name == gold_rater)) == 1
    labels, known = Counter[str](), Counter[str]()
    roles = ["label"] if columns is None else [rater_role(i) for i in range(len(columns))]
    for place, role in enumerate(roles):
        of_gold = columns is not None and columns[place] == gold_rater
        labels.update(_taken(coded, role, lists, ~is_gold & (not of_gold)))
        known.update(_taken(coded, role, goals, is_gold | of_gold))
    if "gold" in coded.columns:
        known.update(_taken(coded, "gold", goals, ~np.zeros(len(coded.rows), bool)))
    notes = [
        *lists.write_ins.notes(labels, "label"),
        *goals.write_ins.notes(known, "known goal"),
    ]
    coded.table.notes = [*coded.table.notes, *notes]


def _taken(
    coded: CodedTable, role: str, lists: LabelLists | GoalLists, rows: NDArray[np.bool_]
) -> dict[str, int]:
    """Return the texts of a column that a catch-all takes, and how often each is in some rows."""
    column = coded.columns[role]
    times = coded.values.get("count", np.ones(len(coded.rows)))
    number = np.bincount(column.codes[rows], times[rows], len(column.numbers))
    return {
        text: int(number[code])
        for text, code in column.numbers.items()
        if number[code] and lists.takes(text)
    }


def rater_role(place: int) -> str:
    """Return the role of a rater's column in a table with an agent a row."""
    return f"labels of rater {place}"


def _raters(coded: CodedTable, gold_rater: str | None) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the raters, and that of each row: -1 without a name, R for the rater of goals."""
    column, problems = coded.columns.get("rater"), coded.problems
    if column is None:
        return (ONLY_RATER,), np.zeros(len(coded.rows), np.int32)
    found = [name for name in column.numbers if name.strip()]
    note_unreadable("rater", found, coded.where("rater"), problems)
    if gold_rater is not None and gold_rater not in found:
        note_no_such("rater", gold_rater, found, "gold_rater", problems)
    raters = tuple(name for name in found if name != gold_rater)
    place = {name: i for i, name in enumerate(raters)}
    if gold_rater is not None:
        place[gold_rater] = len(raters)
    rater = column.translated(lambda name: place.get(name, -1))
    return raters, rater


def _note_repeated(
    coded: CodedTable, agent: IntArray, rater: NDArray[np.int32], row: IntArray
) -> None:
    keys = agent[row] * (int(rater.max(initial=0)) + 1) + rater[row]
    fixes, more = [], ""
    if "occasion" in coded.digests:
        occasion = coded.digests.pop("occasion").numbers()
        keys = np.unique(keys, return_inverse=True)[1] * (int(occasion.max(initial=0)) + 1)
        keys, more = keys + occasion[row], " on the same occasion"
        fixes.append("remove one of them")
    else:
        if "rater" not in coded.columns:
            fixes.append('name the column of the rater, as in `rater = "rater"`; or')
        fixes.append(
            'name the column that tells repeats apart, as in `occasion = "round"`, or state '
            "`repeats = true`"
        )
    same = f"of the same agent by the same rater{more}"
    texts = (
        f"are labels {same}",
        "{n} rows repeat a label " + same,
        "one label of each agent by each rater" + more.replace("the same", "each"),
        " ".join(fixes),
    )
    where = coded.where("label")
    note_repeated(keys, coded.rows[row], texts, where, coded.problems, coded.table.row)
