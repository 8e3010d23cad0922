"""Answers and people by cells of covariates, and whether their categories are the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.lists import AnswerLists, other_notes
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    count_column,
    number_column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.several_goals import several_in
from bayes_misalign.reading.totals import is_total
from bayes_misalign.reading.unknown_labels import note_unknown_labels, note_unreadable
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables import remedies
from bayes_misalign.tables.chosen import JOINT
from bayes_misalign.tables.labels import show, shown

MOST_CATEGORIES = 10_000  # of one covariate
LISTED = 5
_NUMBER = re.compile(r"\D{0,12}?(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True)
class Names:
    """Covariates, and what a study says of them."""

    covariates: tuple[str, ...]
    by: tuple[str, ...]
    ordered: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    interactions: tuple[tuple[str, ...], ...]

    def roles(self) -> dict[str, str]:
        """Return the columns of the covariates by role."""
        return {role_of(v): name for v, name in enumerate(self.covariates)}


def role_of(v: int) -> str:
    """Return the role of a covariate's column."""
    return f"covariate {v + 1}"


def _covariate_columns(names: Names, *, needed: bool) -> list[Column]:
    return [
        Column(
            role_of(v),
            "categories",
            MOST_CATEGORIES,
            what=f"category of {name}",
            needed=needed,
            valid="a category in every row",
            fix="write the categories of all cells",
        )
        for v, name in enumerate(names.covariates)
    ]


def read_answers(
    declared: Any, names: Names, lists: AnswerLists, problems: Problems, base: str | Path | None
) -> DistinctRows | None:
    """Return the distinct rows of the survey; None if it cannot be read."""
    columns = [
        Column(
            "goal",
            "labels",
            MOST_UNKNOWN_LABELS,
            lambda text: lists.is_answer(text) is not None or bool(several_in(text, lists.labels)),
            fix=f"{remedies.OTHER}; {remedies.patterns(lists.area.goals[0])}",
            coded=lists.codes,
            keeps=lists.is_listed,
        ),
        *_covariate_columns(names, needed=False),
        count_column("count"),
    ]
    roles = {**declared.roles("goal", "count"), **names.roles()}
    opened = declared.open(roles, problems, base, "survey", columns=columns)
    return _read(opened, roles, columns, problems)


def read_table(
    declared: Any, names: Names, problems: Problems, base: str | Path | None
) -> DistinctRows | None:
    """Return the distinct cells of the table of the population; None if it cannot be read."""
    columns = [*_covariate_columns(names, needed=True), number_column("size", what="size")]
    roles = {**declared.roles("size"), **names.roles()}
    what = "table of the population"
    opened = declared.open(roles, problems, base, what, data=declared.table, columns=columns)
    return _read(opened, roles, columns, problems)


def _read(
    table: Any, roles: Mapping[str, str], columns: Sequence[Column], problems: Problems
) -> DistinctRows | None:
    if table is None:
        return None
    found = DistinctRows(table, roles, columns, problems)
    return found if found.read() else None


def to_cells(
    answers: DistinctRows,
    people: DistinctRows,
    names: Names,
    lists: AnswerLists,
    problems: Problems,
) -> CellCounts | None:
    """Return answers and people in cells; None if categories or labels do not fit."""
    lists.note_unknown(answers)
    size = people.sum("size") if "size" in people.roles else people.sum("n")
    if not size.sum() > 0:
        problems.add(
            "nobody is in the population",
            where=people.table.source,
            valid="a number above 0 in some cell",
        )
        return None
    inside = size > 0
    texts = [[text.strip() for text in people.cells(role_of(v))] for v in _each(names)]
    asked = [[text.strip() for text in answers.cells(role_of(v))] for v in _each(names)]
    levels = []
    for v, name in enumerate(names.covariates):
        found = list(dict.fromkeys(t for t, there in zip(texts[v], inside, strict=True) if there))
        _check_categories(found, asked[v], answers, people, v, names, problems)
        levels.append(_in_order(name, found, names, people.where(role_of(v)), problems))
    if problems:
        return None
    place = [{label: i for i, label in enumerate(own)} for own in levels]
    table = np.array(
        [
            [place[v][texts[v][row]] for v in _each(names)]
            for row in range(len(people))
            if inside[row]
        ],
        np.int64,
    ).reshape(-1, len(names.covariates))
    return _counted(answers, asked, place, (table, size[inside]), levels, names, lists, people)


def _each(names: Names) -> range:
    return range(len(names.covariates))


def _check_categories(
    found: Sequence[str],
    asked: Sequence[str],
    answers: DistinctRows,
    people: DistinctRows,
    v: int,
    names: Names,
    problems: Problems,
) -> None:
    """Note categories of the survey that the table lacks, and those of the table that cannot be."""
    where, name = people.where(role_of(v)), names.covariates[v]
    note_unreadable("category", found, where, problems)
    if len(found) < 2:
        problems.add(
            f"everybody in the population is of one category of {show(name)}",
            where=where,
            value=shown(found),
            valid="a covariate of two categories or more",
            fix=f"leave {show(name)} out of `covariates`",
        )
    for label in found:
        if is_total(label) and label not in asked:
            problems.add(
                f"the category {show(label)} seems to be a total",
                where=where,
                valid="cells that count each person once",
                fix="remove its rows from the table",
            )
    unknown: dict[str, tuple[int, int]] = {}
    rows = answers.sum("rows").astype(int).tolist()
    for text, n, first in zip(asked, rows, answers.first, strict=True):
        if text and text not in found:
            before = unknown.get(text, (0, first))
            unknown[text] = before[0] + n, before[1]
    note_unknown_labels(
        unknown,
        answers.where(role_of(v)),
        found,
        problems,
        what=f"category of {name}",
        unknown_is=f"is not in the table of the population ({people.table.source})",
        fix="write categories in the survey and in the table in the same way, or add its cells to "
        "the table",
        stands=answers.table.stands,
    )


def _in_order(
    name: str, found: list[str], names: Names, where: str, problems: Problems
) -> tuple[str, ...]:
    """Return the categories of a covariate, in order if it is ordered."""
    stated = names.levels.get(name)
    if stated is not None:
        if sorted(stated) != sorted(found):
            lacking = [label for label in found if label not in stated]
            more = [label for label in stated if label not in found]
            problems.add(
                f"levels of {show(name)} are not the categories of the table"
                + (f": {shown(lacking)} missing" if lacking else "")
                + (f": {shown(more)} not there" if more else ""),
                where="levels",
                valid=shown(found),
                fix="list each category once",
            )
        return tuple(stated)
    if name not in names.ordered:
        return tuple(found)
    numbers = [_NUMBER.match(label) for label in found]
    if all(numbers):
        at = [float(one[1].replace(",", ".")) for one in numbers if one is not None]
        if len(set(at)) == len(at):
            return tuple(label for _, label in sorted(zip(at, found, strict=True)))
    listed = ", ".join(map(remedies.quoted, found))
    problems.add(
        f"nothing tells the order of the categories of {show(name)}",
        where=where,
        value=shown(found),
        valid="categories that begin with different numbers, or their order",
        fix=f"state `levels = {{ {remedies.quoted(name)} = [{listed}] }}`, in their order",
    )
    return tuple(found)


def _counted(
    answers: DistinctRows,
    asked: list[list[str]],
    place: list[dict[str, int]],
    people: tuple[Any, Any],
    levels: list[tuple[str, ...]],
    names: Names,
    lists: AnswerLists,
    source: DistinctRows,
) -> CellCounts | None:
    area, n = lists.area, answers.sum("n").tolist()
    column = {category: i for i, category in enumerate(area.categories)}
    cells: dict[tuple[int, ...], np.ndarray[Any, Any]] = {}
    others: Counter[tuple[str, tuple[int, ...]]] = Counter()
    missing: Counter[str] = Counter()
    left_out = total = 0.0
    for row, text in enumerate(answers.cells("goal")):
        label = lists.label(text) if text else ""
        category = area.category_of(label)
        own = [asked[v][row] for v in _each(names)]
        if not all(own):
            if category is not None:
                left_out += n[row]
                for name, given in zip(names.covariates, own, strict=True):
                    missing[name] += 0 if given else n[row]
            total += n[row] if category is not None else 0.0
            continue
        cell = tuple(place[v][given] for v, given in enumerate(own))
        if category is None:
            others[label, cell] += n[row]
            continue
        total += n[row]
        cells.setdefault(cell, np.zeros(len(column)))[column[category]] += n[row]
    cells = {cell: counts for cell, counts in cells.items() if counts.sum() > 0}
    if not cells:
        answers.problems.add(
            "nobody answered of whom all covariates are known",
            where=answers.table.source,
            valid="answers with a goal and a category of every covariate",
        )
        return None
    table, sizes = people
    at = [names.covariates.index(name) for name in names.by]
    parts = np.unique(table[:, at], axis=0).tolist() if at else [[]]
    populations = tuple(
        JOINT.join(levels[v][i] for v, i in zip(at, part, strict=True)) or EVERYONE
        for part in parts
    )
    evidence = CellCounts(
        categories=area.categories,
        populations=populations,
        covariates=names.covariates,
        levels=tuple(levels),
        cells=np.array(sorted(cells), np.int64).reshape(-1, len(levels)),
        cell_counts=np.array([cells[cell] for cell in sorted(cells)]),
        table=table,
        sizes=sizes,
        by=names.by,
        ordered=names.ordered,
        interactions=names.interactions,
        not_answers={label: _by_part(others, label, parts, at) for label in area.not_answers},
        not_asked=_by_part(others, "", parts, at),
        source=answers.table.source,
    )
    notes = [*answers.table.notes, *other_notes(answers, lists), *source.table.notes]
    notes.append(f"The population is that of {source.table.source}, {len(table):,} cells.")
    if left_out:
        lack = ", ".join(f"{name} of {number:,.0f}" for name, number in missing.items() if number)
        notes.append(
            f"{left_out:,.0f} of {total:,.0f} answers were left out, because a covariate of the "
            f"agent is missing ({lack})."
        )
    return _with_notes(evidence, notes)


def _by_part(
    others: Counter[tuple[str, tuple[int, ...]]], label: str, parts: list[list[int]], at: list[int]
) -> Any:
    """Return how many agents of each part gave a label that is no answer, (S,)."""
    place = {tuple(part): s for s, part in enumerate(parts)}
    found = np.zeros(len(parts))
    for (given, cell), number in others.items():
        own = place.get(tuple(cell[v] for v in at))
        if given == label and own is not None:
            found[own] += number
    return found


def _with_notes(evidence: CellCounts, notes: list[str]) -> CellCounts:
    unknown = ~evidence.known
    if unknown.any():
        number, few = int(unknown.sum()), evidence.cells[unknown][:LISTED]
        listed = "; ".join(cell_text(evidence, row) for row in few.tolist())
        answers = evidence.cell_n[unknown].sum()
        notes.append(
            f"{answers:,.0f} answer{'s are' if answers != 1 else ' is'} in {number} "
            f"cell{'s' * (number != 1)} that the table of the population lacks ({listed}"
            f"{', and others' * (number > LISTED)}). Such answers tell of the effects of "
            "covariates, and have no share in the population."
        )
    empty = ~evidence.answered
    if empty.any():
        share = 100 * evidence.sizes[empty].sum() / evidence.sizes.sum()
        notes.append(
            f"In {int(empty.sum()):,} of {len(empty):,} cells of the population nobody answered; "
            f"they are {share:.1f} % of it. What they hold is estimated from agents who are like "
            "them in single covariates."
        )
    return replace(evidence, notes=tuple(notes))


def cell_text(evidence: CellCounts, row: Sequence[int]) -> str:
    """Return a cell in words."""
    return JOINT.join(own[i] for own, i in zip(evidence.levels, row, strict=True))
