"""From tables to counts of holdings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import (
    NOT_ASKED,
    ROLES,
    Alike,
    agent_columns,
    settled,
    with_design,
)
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.families.answers.rows import SUMS, note_repeated_respondents
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.multi_select.holdings import Holding, holdings_of
from bayes_misalign.models.multi_select.options import Options, role_of
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.populations import settle_populations
from bayes_misalign.reading.survey_notes import sample_notes
from bayes_misalign.reading.unknown_labels import note_unknown_labels
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

Meaning = Holding | str | None  # a holding, the label of a non-answer or NOT_ASKED; None if unknown
_MARKS_BETWEEN = (", ", ";", ",", "|", "/", "\n", " + ", " & ", "\t")
_MARKS = 50  # different texts of cells that are neither ticked nor not


def as_columns(declared: Any) -> Any:
    """Return a declaration whose cells are texts: lists of answers are joined by `split`."""
    data, name = declared.data, declared.goal
    if data is None or isinstance(data, str | Path | list | tuple):
        return declared
    columns: dict[str, list[Any]]
    if isinstance(data, Mapping):
        columns = {str(key): list(values) for key, values in data.items() if _is_column(values)}
    else:
        import narwhals as nw

        frame: Any = nw.from_native(data, pass_through=True)
        if not isinstance(frame, nw.DataFrame) or name not in frame.columns:
            return declared
        columns = {name: frame.get_column(name).to_list()}
    cells = columns.get(name)
    if cells is None or not any(_is_list(cell) for cell in cells):
        return declared
    if not isinstance(data, Mapping):
        columns = {str(c): frame.get_column(c).to_list() for c in frame.columns}
    joined = [
        declared.split.join(map(cell_text, cell)) if _is_list(cell) else cell for cell in cells
    ]
    return replace(declared, data={**columns, name: joined})


def _is_column(values: Any) -> bool:
    return not isinstance(values, str | bytes | Mapping)


def _is_list(cell: Any) -> bool:
    return isinstance(cell, list | tuple | set) or (isinstance(cell, np.ndarray) and cell.ndim == 1)


def parts_of(text: str, lists: AnswerLists, split: str) -> tuple[str, ...]:
    """Return the answers in a cell; a label that holds the text between answers is one."""
    whole = text.strip()
    if lists.is_answer(whole) is not None:
        return (whole,) if whole else ()
    return tuple(part for part in map(str.strip, whole.split(split)) if part)


def read_holdings(
    declared: Any,
    lists: AnswerLists,
    options: Options | None,
    problems: Problems,
    base: str | Path | None,
) -> DistinctRows | None:
    """Return the distinct rows of a table; None if it cannot be read."""
    roles = declared.roles(*ROLES)
    if options is None:
        roles = {**declared.roles("goal"), **roles}
        answers = [_answers(lists, declared.split)]
    else:
        roles = {**options.roles(), **roles}
        answers = [
            Column(
                role_of(i),
                "marks",
                _MARKS,
                partial(_is_mark, options, label),
                what=f"mark of {show(label)}",
            )
            for i, label in enumerate(options.labels.values())
        ]
    columns = [
        *answers,
        *agent_columns(options is None and ("goal", _asked)),
    ]
    table = declared.open(roles, problems, base, "responses", columns=columns)
    if table is None:
        return None
    found = DistinctRows(table, roles, columns, problems, [SUMS])
    if not found.read():
        return None
    note_repeated_respondents(found)
    return found


def _is_mark(options: Options, label: str, text: str) -> bool:
    return not text.strip() or options.is_ticked(text, label) is not None


def _answers(lists: AnswerLists, split: str) -> Column:
    def is_known(text: str) -> bool:
        return all(lists.is_answer(part) is not None for part in parts_of(text, lists, split))

    return Column("goal", "sets of labels", MOST_UNKNOWN_LABELS, is_known, coded=lists.codes)


def _asked(text: str) -> bool:
    return bool(text.strip())


@dataclass
class _Meanings:
    """What the distinct rows of a table mean, and what is wrong with some of them."""

    found: DistinctRows
    declared: Any
    lists: AnswerLists
    unknown: dict[str, tuple[int, int]] = field(default_factory=dict)
    wrong: dict[str, list[tuple[str, float, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = {name: i for i, name in enumerate(self.lists.area.categories)}

    def rows(self, options: Options | None) -> list[Meaning]:
        """Return the meaning of every distinct row."""
        n = self.found.sum("rows").tolist()
        first = self.found.first
        told = self._of_cells() if options is None else self._of_options(options)
        return [self._meaning(*one, rows, at) for one, rows, at in zip(told, n, first, strict=True)]

    def _of_cells(self) -> Iterator[tuple[str, list[str] | None, bool]]:
        rows = self.found.sum("rows").astype(int).tolist()
        for text, n, at in zip(self.found.cells("goal"), rows, self.found.first, strict=True):
            parts = parts_of(text, self.lists, self.declared.split)
            for part in parts:
                if self.lists.is_answer(part) is None:
                    before, seen = self.unknown.get(part, (0, at))
                    self.unknown[part] = before + n, seen
            yield text, [self.lists.label(part) for part in parts], not parts

    def _of_options(self, options: Options) -> Iterator[tuple[str, list[str] | None, bool]]:
        cells = [self.found.cells(role_of(i)) for i in range(len(options.labels))]
        labels = list(options.labels.values())
        odd: dict[str, tuple[str, int]] = {}
        for number, row in enumerate(zip(*cells, strict=True)):
            marks = [
                options.is_ticked(text, label) if text.strip() else None
                for text, label in zip(row, labels, strict=True)
            ]
            for i, (text, mark) in enumerate(zip(row, marks, strict=True)):
                if text.strip() and mark is None:
                    odd.setdefault(text.strip(), (role_of(i), self.found.first[number]))
            ticked = [
                self.lists.label(label) for label, mark in zip(labels, marks, strict=True) if mark
            ]
            empty = not any(text.strip() for text in row)
            known = all(m is not None or not x.strip() for x, m in zip(row, marks, strict=True))
            yield ", ".join(ticked) or "nothing", ticked if known else None, empty
        for text, (role, at) in odd.items():
            self.found.problems.add(
                f"{show(text)} says neither that a goal is held nor that it is not",
                where=self.found.where(role, at),
                valid="1 or 0, yes or no, selected or not selected",
                fix=f"state `ticked = [{quoted(text)}]` or `unticked = [{quoted(text)}]`, with all "
                "other marks that mean the same; or "
                f"`missing = [{quoted(text)}]` where nothing was answered",
            )

    def _meaning(
        self, text: str, labels: Sequence[str] | None, empty: bool, rows: float, at: int
    ) -> Meaning:
        if labels is None:  # a cell says something that nobody knows, which is noted
            return None
        area = self.lists.area
        if empty and self.declared.empty_row != "no goal":
            return NOT_ASKED
        places = sorted({self.place[c] for x in labels if (c := area.category_of(x)) is not None})
        left = [x for x in labels if x in area.not_answers and area.category_of(x) is None]
        goals = [p for p in places if p < len(area.goals)]
        if len(places) > len(goals) and goals:
            self._note("a goal and holding none", text, rows, at)
            return None
        if left and places:
            self._note("a goal and no answer", text, rows, at)
            return None
        if left:
            return left[0]
        if not places and not labels:
            if area.has_no_goal:
                return (len(area.goals),)
            self._note("", text, rows, at)
            return None
        return tuple(places) if places else None

    def _note(self, what: str, text: str, rows: float, at: int) -> None:
        self.wrong.setdefault(what, []).append((text, rows, at))

    def _fix(self) -> str:
        """Return what to do about labels that nobody knows, or that are several labels."""
        if (mark := split_of(self.unknown, self.lists)) is not None:
            return f"state `split = {quoted(mark)}`, which stands between the answers"
        return "add it to `goals`, `no_goal` or `not_answers`"

    def note(self, where: str) -> None:
        """Note rows that cannot be, and labels that nobody knows."""
        problems = self.found.problems
        for what, rows in self.wrong.items():
            number, (text, _, at) = int(sum(n for _, n, _ in rows)), rows[0]
            if what:
                problems.add(
                    f"{number:,} {'agents name' if number > 1 else 'agent names'} {what}, as in "
                    f"row {at}: {show(text)}",
                    where=where,
                    valid="goals, or one label that stands for none or for no answer",
                    fix="correct these cells; or list the label among `goals`, if it is one",
                )
            else:
                problems.add(
                    f"{number:,} {'agents hold' if number > 1 else 'agent holds'} none of the "
                    f"goals, the first in row {at}",
                    where=where,
                    valid="a goal of every agent, or a problem area with `no_goal`",
                    fix='state `no_goal = ["none of these"]` under [problem_area]: they hold no '
                    "goal",
                )
        note_unknown_labels(
            self.unknown,
            where,
            self.lists.labels,
            problems,
            coded=bool(self.lists.codes),
            fix=self._fix(),
            stands=self.found.table.stands,
        )


def split_of(texts: Iterable[str], lists: AnswerLists) -> str | None:
    """Return what stands between the answers of all these texts, if it is one thing."""
    for mark in _MARKS_BETWEEN:
        parts = [parts_of(text, lists, mark) for text in texts]
        known = all(lists.is_answer(part) is not None for own in parts for part in own)
        if parts and known and all(len(own) > 1 for own in parts):
            return mark
    return None


def to_counts(
    found: DistinctRows, declared: Any, lists: AnswerLists, options: Options | None
) -> HoldingCounts | None:
    """Return answers as counts of holdings; None if a label or a population is unknown."""
    problems, before = found.problems, len(found.problems)
    meanings = _Meanings(found, declared, lists)
    of_row = meanings.rows(options)
    where = found.where("goal" if options is None else role_of(0))
    meanings.note(where)
    source = found.table.source
    place = found.where("population") if "population" in found.roles else source
    alike = Alike.of_rows(found)
    distinct = [text for text in dict.fromkeys(alike.populations) if text.strip()]
    populations = settle_populations(distinct, declared.populations, place, problems)
    if len(problems) > before or not all(text.strip() for text in alike.populations):
        return None
    goals, not_answers = lists.area.categories, lists.area.not_answers
    categories, held = holdings_of(goals, [x for x in of_row if isinstance(x, tuple)])
    column_of = {tuple(np.flatnonzero(row).tolist()): m for m, row in enumerate(held)}
    category = [column_of[x] if isinstance(x, tuple) else None for x in of_row]
    left = [x if isinstance(x, str) else None for x in of_row]
    counts = alike.counts(category, left, populations, len(categories), not_answers)
    evidence = HoldingCounts(
        categories=categories,
        goals=goals,
        held=held,
        lift=declared.lift,
        same_goals=declared.same_goals,
        source=source,
        **counts,
    )
    evidence = settled(evidence, declared, place, "answers", problems)
    evidence = with_design(evidence, found, category, declared)
    notes = (*found.table.notes, *sample_notes(evidence), *_notes(evidence))
    return replace(evidence, notes=notes)


def _notes(evidence: HoldingCounts) -> Iterator[str]:
    held = evidence.counts.sum(axis=0) @ evidence.held
    nobody = [goal for goal, n in zip(evidence.goals, held, strict=True) if not n]
    if nobody and held.any():
        yield f"No agent named {shown(nobody)}; what is said of it rests on the prior alone."
