"""Which situations there are, which actions in each, and what the cells of a table say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.actions.stated_numbers import Stated
from bayes_misalign.families.reports.distinct_reports import IntArray
from bayes_misalign.families.reports.label_lists import note_no_such
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.column_problems import note_too_many
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.unknown_labels import (
    WriteIns,
    note_unknown_labels,
    note_unlisted_other,
    note_unreadable,
)
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import place_of

ONLY_SITUATION = "all situations"
MOST_ACTIONS = 200  # of a situation, that the study does not name
MOST_SITUATIONS = 10_000
NO_ACTION = -1

Declared = Mapping[str, Sequence[str]] | Sequence[str]


@dataclass(frozen=True, eq=False)
class ActionCells:
    """Situations with their actions, and the action in each row of a table."""

    situations: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    cell: IntArray

    @property
    def names(self) -> list[str]:
        """The actions of all situations, as messages write them."""
        alone = len(self.situations) == 1
        return [
            f"the action {show(action)}" + ("" if alone else f" in situation {show(situation)}")
            for situation, names in zip(self.situations, self.actions, strict=True)
            for action in names
        ]


def declared_in(declared: Declared | None, situation: str) -> Sequence[str] | None:
    """Return the actions that a study declares for a situation; None if it declares none."""
    if isinstance(declared, Mapping):
        return declared.get(situation, ())
    return declared


def settle_cells(
    coded: CodedTable,
    declared: Declared | None,
    expected: Stated,
    other: str | None = None,
    key: str = "expected",
) -> ActionCells:
    """Return situations and actions, and note those that are unknown.

    Actions that are in no list count as `other`, if it is stated. `key` is that of the study under
    which numbers of actions are stated.
    """
    seen, pair, names = _seen(coded)
    if other is not None:
        seen, names = _with_other(coded, declared, expected, other, seen, pair, names)
    if not seen:
        coded.problems.add(
            "no agent took any action", where=coded.where("action"), valid="at least one action"
        )
        return ActionCells((), (), np.full(len(coded.rows), NO_ACTION))
    situations = list(declared) if isinstance(declared, Mapping) else []
    situations += [name for name in dict.fromkeys(name for name, _ in seen) if name]
    situations = list(dict.fromkeys(situations))
    _check_names(coded, declared, situations)
    stated = [name for name in expected if name is not None]
    for name in stated:
        if name not in situations:
            note_no_such("situation", name, situations, key, coded.problems)
    by_situation: dict[str, dict[str, tuple[int, int]]] = {}
    for (situation, action), rows in seen.items():
        by_situation.setdefault(situation, {})[action] = rows
    actions: list[tuple[str, ...]] = []
    for situation in situations:
        found = by_situation.get(situation, {})
        listed = declared_in(declared, situation)
        if not isinstance(declared, Mapping) or situation in declared:
            _check_actions(coded, situation, found, listed, expected, key)
        known = list(_stated(expected, situation)) if listed is None else list(listed)
        actions.append(tuple(dict.fromkeys([*known, *found])))
    place = {
        (situation, action): i
        for i, (situation, action) in enumerate(
            (s, a) for s, of_one in zip(situations, actions, strict=True) for a in of_one
        )
    }
    cell = np.array([place.get(name, NO_ACTION) for name in names], np.int64)[pair]
    return ActionCells(tuple(situations), tuple(actions), cell)


def stated_cells(cells: ActionCells, stated: Stated, goals: int, left_out: float) -> FloatArray:
    """Return stated numbers of the actions of all situations, (K, C), NaN where there is none.

    An action that is left out of a goal's row has the number `left_out`.
    """
    blocks = []
    for situation, actions in zip(cells.situations, cells.actions, strict=True):
        block = np.full((goals, len(actions)), np.nan)
        for goal, row in (stated.get(situation) or stated.get(None) or {}).items():
            block[goal] = [row.get(action, left_out) for action in actions]
        blocks.append(block)
    return np.concatenate(blocks, axis=1)


def _stated(expected: Stated, situation: str) -> dict[str, None]:
    of_goals = expected.get(situation) or expected.get(None) or {}
    return dict.fromkeys(action for row in of_goals.values() for action in row)


def _seen(
    coded: CodedTable,
) -> tuple[dict[tuple[str, str], tuple[int, int]], IntArray, list[tuple[str, str]]]:
    """Return situations and actions with their rows, and the number of each row's pair."""
    action, situation = coded.columns["action"], coded.columns.get("situation")
    codes = action.codes.astype(np.int64)
    if situation is not None:
        codes = codes + situation.codes * np.int64(len(action.numbers))
    pairs, first, pair, rows = np.unique(
        codes, return_index=True, return_inverse=True, return_counts=True
    )
    texts = list(action.numbers)
    places = [ONLY_SITUATION] if situation is None else list(situation.numbers)
    names = [(places[code // len(texts)], texts[code % len(texts)]) for code in pairs.tolist()]
    seen = {
        names[i]: (int(rows[i]), coded.table.row(coded.rows[first[i]]))
        for i in np.argsort(first).tolist()
        if names[i][1]
    }
    return seen, pair, names


def _with_other(
    coded: CodedTable,
    declared: Declared | None,
    expected: Stated,
    other: str,
    seen: dict[tuple[str, str], tuple[int, int]],
    pair: IntArray,
    names: list[tuple[str, str]],
) -> tuple[dict[tuple[str, str], tuple[int, int]], list[tuple[str, str]]]:
    """Return rows and names with one action in place of those that no list holds, and note them."""
    takers = dict[str, WriteIns]()
    for situation in dict.fromkeys(situation for situation, _ in names):
        listed = declared_in(declared, situation)
        known = list(_stated(expected, situation)) if listed is None else list(listed)
        if listed and other not in listed:
            note_unlisted_other(other, known, coded.problems, "add it to `actions`")
        takers[situation] = WriteIns(other, dict.fromkeys([*known, other]))
    meant = [
        (situation, action)
        if not action or takers[situation].knows(action)
        else (situation, takers[situation].label(action))
        for situation, action in names
    ]
    times = np.bincount(pair, coded.values.get("count"), len(names))
    taken = Counter[str]()
    for (_, action), (_, meaning), n in zip(names, meant, times.tolist(), strict=True):
        if meaning != action:
            taken[action] += int(n)
    merged = dict[tuple[str, str], tuple[int, int]]()
    at = dict(zip(names, meant, strict=True))
    for name, (rows, first) in seen.items():
        before = merged.get(at[name], (0, first))
        merged[at[name]] = (before[0] + rows, before[1])
    if taken:
        told = next(iter(takers.values())).notes(taken, "action")
        coded.table.notes = [*coded.table.notes, *told]
    return merged, meant


def _check_names(coded: CodedTable, declared: Declared | None, situations: Sequence[str]) -> None:
    problems = coded.problems
    if isinstance(declared, Mapping) and "situation" not in coded.columns:
        if ONLY_SITUATION not in declared:
            note_no_such("situation", ONLY_SITUATION, list(declared), "actions", problems)
    elif isinstance(declared, Mapping):
        seen = coded.seen("situation")
        note_unknown_labels(
            {name: at for name, at in seen.items() if name.strip() and name not in declared},
            coded.where("situation"),
            list(declared),
            problems,
            what="situation",
            unknown_is="is not among those that actions names",
            fix="add it to `actions`, or remove its rows",
        )
    where = coded.where("situation") if "situation" in coded.columns else "actions"
    _check_texts("situation", situations, where, problems)


def _check_texts(what: str, names: Sequence[str], where: str, problems: Problems) -> None:
    if not all(names):
        problems.add(f"one of the {what}s has an empty name", where=where, valid="any text")
    note_unreadable(what, names, where, problems)


def _check_actions(
    coded: CodedTable,
    situation: str,
    found: Mapping[str, tuple[int, int]],
    listed: Sequence[str] | None,
    expected: Stated,
    key: str,
) -> None:
    problems, where = coded.problems, coded.where("action")
    inside = "" if "situation" not in coded.columns else f" of situation {show(situation)}"
    unknown = [name for name in found if name not in (listed or ())]
    if len(unknown) > MOST_ACTIONS:
        note_too_many("action", "actions", MOST_ACTIONS, where, problems)
        return
    stated = _stated(expected, situation)
    if listed is None:
        _check_texts("action", list(dict.fromkeys([*stated, *found])), where, problems)
        _note_misspelt(found, stated, key, where, problems)
        return
    _check_texts("action", list(dict.fromkeys(listed)), "actions", problems)
    for name in dict.fromkeys(name for name in listed if list(listed).count(name) > 1):
        problems.add(f"the action {show(name)} is listed twice", where="actions")
    note_unknown_labels(
        {name: found[name] for name in unknown},
        where,
        listed,
        problems,
        what="action",
        unknown_is=f"is not among the actions{inside}",
        fix="add it to `actions`",
    )
    for name in stated:
        if name not in listed:
            note_no_such(f"action{inside}", name, listed, key, problems)


def _note_misspelt(
    found: Mapping[str, tuple[int, int]],
    stated: Mapping[str, None],
    key: str,
    where: str,
    problems: Problems,
) -> None:
    """Note actions that the expectation names nearly, but not quite, as the data do."""
    never = [name for name in stated if name not in found]
    for name in found:
        if stated and name not in stated and (hint := did_you_mean(name, never)):
            problems.add(
                f"the action {show(name)} {place_of(*found[name])} is not named by {key}",
                where=where,
                valid=shown(stated),
                fix=f"{hint} Or list both in `actions`",
            )
