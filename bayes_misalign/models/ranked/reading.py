"""From tables to counts of orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.orders import MOST_SEEN, Order, orders_of, without_gaps
from bayes_misalign.models.ranked.places import as_place
from bayes_misalign.reading.columns import (
    Column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.reading.populations import settle_populations
from bayes_misalign.reading.survey_notes import sample_notes
from bayes_misalign.reading.unknown_labels import note_unknown_labels
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

_UNREAD = 200  # different cells that cannot be read, after which nobody reads on
_BETWEEN = (",", ";", "|", "/", "\n")  # what else may stand between alternatives


@dataclass(frozen=True)
class Ballot:
    """What a row says: an order of the goals and whether it leaves two or more out."""

    order: Order
    incomplete: bool = False


Meaning = Ballot | str | None  # or a non-answer or NOT_ASKED; None where it cannot be read


def parts_of(text: str, declared: Any) -> list[list[str]]:
    """Return the alternatives of a cell, tied ones together, the first of them first."""
    groups = [
        [part.strip() for part in group.split(declared.tied.strip())]
        for group in text.split(declared.before.strip())
    ]
    return [[part for part in group if part] for group in groups if any(group)]


def role_of(number: int) -> str:
    """Return the role of a column of places."""
    return f"place {number + 1}"


def read_orders(
    declared: Any,
    lists: AnswerLists,
    labels: Mapping[str, str],
    problems: Problems,
    base: str | Path | None,
) -> DistinctRows | None:
    """Return the distinct rows of a table; None if it cannot be read."""
    others = declared.roles(*ROLES)
    if labels:
        roles = {**{role_of(i): name for i, name in enumerate(labels)}, **others}
        answers = [
            Column(role_of(i), "places", _UNREAD, _is_place, what=f"place of {show(label)}")
            for i, label in enumerate(labels.values())
        ]
    else:
        roles = {**declared.roles("order"), **others}

        def is_known(text: str) -> bool:
            parts = [part for group in parts_of(text, declared) for part in group]
            return all(part in declared.left_out or _knows(part, lists) for part in parts)

        answers = [Column("order", "orders", _UNREAD, is_known, coded=lists.codes)]
    columns = [
        *answers,
        *agent_columns(not labels and ("order", _told)),
    ]
    table = declared.open(roles, problems, base, "orders", columns=columns)
    if table is None:
        return None
    found = DistinctRows(table, roles, columns, problems, [SUMS])
    if not found.read():
        return None
    note_repeated_respondents(found)
    return found


def _knows(text: str, lists: AnswerLists) -> bool:
    return lists.is_answer(text) is not None


def _told(text: str) -> bool:
    return bool(text.strip())


def _is_place(text: str) -> bool:
    try:
        as_place(text)
    except NotANumber:
        return False
    return True


@dataclass
class _Meanings:
    """What the distinct rows of a table mean, and what is wrong with some of them."""

    found: DistinctRows
    declared: Any
    lists: AnswerLists
    labels: Mapping[str, str]
    unknown: dict[str, tuple[int, int]] = field(default_factory=dict)
    wrong: dict[str, list[tuple[str, float, int]]] = field(default_factory=dict)
    last: int = 0  # the largest place in columns of places

    def rows(self) -> list[Meaning]:
        """Return the meaning of every distinct row."""
        if self.labels:
            goals, named = self.lists.area.goals, list(self.labels.values())
            cells = [self.found.meanings(role_of(i), as_place) for i in range(len(named))]
            self.last = max((place or 0 for own in cells for place in own), default=0)
            places = [dict(zip(named, row, strict=True)) for row in zip(*cells, strict=True)]
            return [self._ballot([row[goal] or 0 for goal in goals]) for row in places]
        rows = self.found.sum("rows").astype(int).tolist()
        texts = self.found.cells("order")
        return [
            self._of_cell(text, n, at)
            for text, n, at in zip(texts, rows, self.found.first, strict=True)
        ]

    def _of_cell(self, text: str, rows: int, at: int) -> Meaning:
        area, whole = self.lists.area, text.strip()
        if not whole:
            return NOT_ASKED
        alone = self.lists.label(whole)
        if alone in area.not_answers:
            return alone
        if area.category_of(alone) is not None and alone not in area.goals:
            return Ballot((0,) * len(area.goals))
        at_goal = {goal: i for i, goal in enumerate(area.goals)}
        places, known, before = [0] * len(at_goal), True, set[str]()
        for place, group in enumerate(parts_of(whole, self.declared)):
            for part in group:
                label = self.lists.label(part)
                if label in before:
                    self.wrong.setdefault("an alternative twice", []).append((text, rows, at))
                    return None
                before.add(label)
                if label in at_goal:
                    places[at_goal[label]] = place + 1
                elif label in self.declared.left_out or part in self.declared.left_out:
                    continue
                elif _knows(part, self.lists):
                    self.wrong.setdefault("an alternative and none", []).append((text, rows, at))
                    return None
                else:
                    seen, first = self.unknown.get(part, (0, at))
                    self.unknown[part], known = (seen + rows, first), False
        return self._ballot(places, answered=True) if known else None

    def _ballot(self, places: Sequence[int], *, answered: bool = False) -> Meaning:
        told = without_gaps(places)
        if not any(told):
            # who placed others alone has said that these stand below them, and nothing more
            if not answered or self.declared.unranked == "unknown":
                return NOT_ASKED
            return Ballot((1,) * len(told), incomplete=True)
        incomplete = told.count(0) > 1
        if self.declared.unranked == "below":
            last = max(told) + 1
            told = tuple(place or last for place in told)
        return Ballot(told, incomplete or 0 in told)

    def note(self, where: str) -> None:
        """Note rows that cannot be, and labels that nobody knows."""
        problems = self.found.problems
        for what, rows in self.wrong.items():
            number, (text, _, at) = int(sum(n for _, n, _ in rows)), rows[0]
            fix = "correct these cells"
            if what == "an alternative and none":
                fix += "; or list the label among `goals`, if it is one"
            problems.add(
                f"{number:,} {'agents name' if number > 1 else 'agent names'} {what}, as in row "
                f"{at}: {show(text)}",
                where=where,
                valid="alternatives, each once; or one label that stands for none or for no answer",
                fix=fix,
            )
        note_unknown_labels(
            self.unknown,
            where,
            (*self.lists.labels, *self.declared.left_out),
            problems,
            coded=bool(self.lists.codes),
            fix=self._fix(),
            stands=self.found.table.stands,
        )

    def _fix(self) -> str:
        """Return what to do about alternatives that nobody knows, or that are several."""
        known = (*self.lists.labels, *self.declared.left_out)
        for mark in _BETWEEN:
            parts = [[p.strip() for p in text.split(mark) if p.strip()] for text in self.unknown]
            if parts and all(len(own) > 1 and set(own) <= set(known) for own in parts):
                return f"state `before = {quoted(mark)}`, which stands between alternatives"
        return "add it to `goals`; or to `left_out`, which takes it out of every order"


def to_counts(
    found: DistinctRows,
    declared: Any,
    lists: AnswerLists,
    labels: Mapping[str, str],
    pairs: tuple[Pair, ...],
) -> OrderCounts | None:
    """Return orders as counts; None if a label or a population is unknown."""
    problems, before = found.problems, len(found.problems)
    meanings = _Meanings(found, declared, lists, labels)
    of_row = meanings.rows()
    meanings.note(found.where(role_of(0) if labels else "order"))
    place = found.where("population") if "population" in found.roles else found.table.source
    alike = Alike.of_rows(found)
    distinct = [text for text in dict.fromkeys(alike.populations) if text.strip()]
    populations = settle_populations(distinct, declared.populations, place, problems)
    seen = {one.order for one in of_row if isinstance(one, Ballot) and any(one.order)}
    if len(seen) > MOST_SEEN:
        problems.add(
            f"there are {len(seen):,} different orders",
            where=found.table.source,
            valid=f"up to {MOST_SEEN:,}",
            fix="take alternatives out of the problem area, and name them in `left_out`",
        )
    if len(problems) > before or not all(text.strip() for text in alike.populations):
        return None
    goals, not_answers = lists.area.categories, lists.area.not_answers
    categories, position = orders_of(goals, seen)
    column_of = {tuple(row): m for m, row in enumerate(position.tolist())}
    category = [column_of[x.order] if isinstance(x, Ballot) else None for x in of_row]
    left = [x if isinstance(x, str) else None for x in of_row]
    incomplete = np.zeros(len(populations))
    for name, meaning, n in zip(alike.populations, of_row, alike.figures[0], strict=True):
        if isinstance(meaning, Ballot) and meaning.incomplete:
            incomplete[populations.index(name)] += n
    evidence = OrderCounts(
        categories=categories,
        goals=goals,
        position=position,
        incomplete=incomplete,
        distance=declared.distance,
        ties=declared.ties,
        unranked=declared.unranked,
        pairs=pairs,
        source=found.table.source,
        **alike.counts(category, left, populations, len(categories), not_answers),
    )
    evidence = settled(evidence, declared, place, "orders", problems)
    evidence = with_design(evidence, found, category, declared)
    notes = (*found.table.notes, *sample_notes(evidence), *_notes(evidence, declared))
    if meanings.last > len(labels):
        notes += (
            f"Places go up to {meanings.last:,}, in {len(labels)} columns: scores, of which the "
            "highest is best, are no places, and codes for no answer are to be stated in missing.",
        )
    return replace(evidence, notes=notes)


def _notes(evidence: OrderCounts, declared: Any) -> Iterator[str]:
    incomplete = float(evidence.incomplete.sum())
    if incomplete:
        how = {
            "below": "these stand below all that they placed, in no order among themselves",
            "unknown": "nothing is known of these, so that they have no preference there",
        }[evidence.unranked]
        agents = f"{incomplete:,.0f} agents" if incomplete != 1 else "One agent"
        many = "two alternatives or more" if evidence.unranked == "below" else "alternatives"
        yield f"{agents} left out {many}: {how}."
    if declared.left_out:
        yield f"Taken out of every order: {shown(declared.left_out)}."
    told = (evidence.counts.sum(axis=0) > 0) @ (evidence.position > 0)
    nobody = [goal for goal, n in zip(evidence.alternatives, told, strict=True) if not n]
    if nobody and evidence.n.sum():
        yield f"No agent placed {shown(nobody)}; what is said of it rests on the prior alone."
