"""Which labels raters can give, and which goals are known, as texts in data stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import apart_from_several
from bayes_misalign.reading.unknown_labels import (
    WriteIns,
    note_codes_twice,
    note_unknown_code,
    note_unknown_labels,
    note_unlisted_other,
    note_unreadable,
)
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.form import decoded
from bayes_misalign.tables.labels import show, shown, twin_key

NOT_ASKED, NOT_LISTED, NOT_ANSWERS = -1, -2, -3  # from the last one downwards, one for each


class GoalLists:
    """Texts that name a goal known to be an agent's own."""

    def __init__(
        self,
        area: ProblemArea,
        codes: Mapping[str, str],
        *,
        coded: bool | None = None,
        other: str | None = None,
    ) -> None:
        self.area, self._coded = area, coded
        self.codes = {same_code(code): name for code, name in codes.items()}
        self.names = tuple(dict.fromkeys([*area.goals, *area.no_goal, *area.categories]))
        self._places = {name: place for place, name in enumerate(area.categories)}
        is_goal = other is not None and area.category_of(other) is not None
        known = (*self.names, *area.not_answers)
        self.write_ins = WriteIns(other if is_goal else None, known, self.codes)

    def place(self, text: str) -> int:
        """Return the goal of a text; -1 if it names none, or is known to be no answer."""
        label = decoded(text, self.codes)
        category = self.area.category_of(label)
        if category is None and text and label not in self.area.not_answers:
            category = self.area.category_of(self.write_ins.label(text))
        return UNKNOWN if category is None else self._places[category]

    def is_listed(self, text: str) -> bool:
        """Tell whether the study says itself what a text means, and not by its catch-all."""
        label = decoded(text, self.codes)
        return self.area.category_of(label) is not None or label in self.area.not_answers

    def takes(self, text: str) -> bool:
        """Tell whether a text is a goal only as what a catch-all takes."""
        return bool(text) and not self.is_listed(text) and self.place(text) != UNKNOWN

    def is_known(self, text: str) -> bool:
        """Tell whether a text names a goal, is empty, or is known to be no answer."""
        silent = not text or decoded(text, self.codes) in self.area.not_answers
        return silent or self.place(text) != UNKNOWN

    def note_unknown(
        self,
        rows: Mapping[str, tuple[int, int]],
        where: str,
        problems: Problems,
    ) -> None:
        """Note each text of a column that names no goal."""
        unknown = {text: at for text, at in rows.items() if not self.is_known(text)}
        note_unknown_labels(
            apart_from_several(unknown, self.names, where, problems),
            where,
            self.names,
            problems,
            what="known goal",
            unknown_is="is no goal of the study",
            fix="leave the cell empty if the goal is not known",
            coded=self._coded,
        )

    def stated(self, name: object, where: str, problems: Problems) -> int:
        """Return the goal that a study names, or note that there is none."""
        text = str(name)
        if (category := self.area.category_of(text)) is not None:
            return self._places[category]
        note_no_such("goal", text, self.names, where, problems)
        return UNKNOWN


class LabelLists:
    """The labels that raters can give, and the other texts that are known in their columns."""

    def __init__(
        self,
        area: ProblemArea,
        other: Sequence[str],
        whole: Sequence[str] | None,
        codes: Mapping[str, str],
        catch_all: str | None = None,
    ) -> None:
        self.area, self.codes = area, {same_code(code): name for code, name in codes.items()}
        self._stated = codes
        self.labels = tuple(whole) if whole is not None else (*area.categories, *other)
        self._field = "labels" if whole is not None else "other_labels"
        self._listed = tuple(whole) if whole is not None else tuple(other)
        self._places = {label: place for place, label in reversed(list(enumerate(self.labels)))}
        self._silent = {label: NOT_ANSWERS - i for i, label in enumerate(area.not_answers)}
        self.known = tuple(dict.fromkeys([*self.labels, *self._of_no_goal(), *area.not_answers]))
        self.write_ins = WriteIns(catch_all, self.known, self.codes)

    def _of_no_goal(self) -> tuple[str, ...]:
        named = [label for label in self.area.no_goal if self._category(label) != NOT_LISTED]
        return tuple(named)

    def _category(self, label: str) -> int:
        category = self.area.category_of(label)
        return NOT_LISTED if category is None else self._places.get(category, NOT_LISTED)

    def place(self, text: str) -> int:
        """Return the label of a cell: its place, or one of the numbers below zero above."""
        if not text:
            return NOT_ASKED
        place = self._place_of_listed(text)
        return self.named(self.write_ins.label(text)) if place == NOT_LISTED else place

    def _place_of_listed(self, text: str) -> int:
        place = self.named(decoded(text, self.codes))
        return place if place != NOT_LISTED else self.named(same_code(text))

    def is_listed(self, text: str) -> bool:
        """Tell whether the study says itself what a text means, and not by its catch-all."""
        return self._place_of_listed(text) != NOT_LISTED

    def takes(self, text: str) -> bool:
        """Tell whether a text is a label only as what a catch-all takes."""
        return bool(text) and not self.is_listed(text) and self.is_known(text)

    def named(self, label: str) -> int:
        """Return the place of a label that is no code; a listed one is never anything else."""
        if (place := self._places.get(label)) is not None:
            return place
        if (silent := self._silent.get(label)) is not None:
            return silent
        return self._category(label)

    def is_known(self, text: str) -> bool:
        """Tell whether a text is in any list, or empty."""
        return self.place(text) != NOT_LISTED

    def check(self, problems: Problems) -> None:
        """Note labels and codes that are not what they should be."""
        note_codes_twice(self._stated, problems)
        for label in dict.fromkeys(self._listed):
            if not label:
                problems.add("a label is empty", where=self._field, valid="any text")
            if (times := self.labels.count(label)) > 1:
                problems.add(
                    f"the label {show(label)} is listed {times} times",
                    where=self._field,
                    valid="each label once; the goals are labels by themselves"
                    if self._field == "other_labels"
                    else "each label once",
                )
        valid = "labels that a reader can tell apart"
        note_unreadable("label", self.labels, self._field, problems, valid=valid, fix="")
        if len(self.labels) < 2:
            problems.add(
                f"there are fewer than two labels: {shown(self.labels) or 'none'}",
                where=self._field,
                valid="at least two labels; from one label nothing can be learned",
                fix="declare more goals, or the other labels that raters could have given",
            )
        other = self.write_ins.other
        if other is not None and self.named(other) == NOT_LISTED:
            fix = f"add it to {self._lists} or `not_answers`"
            note_unlisted_other(other, self.known, problems, fix)
        any_label = tuple(dict.fromkeys([*self.known, *self.area.goals, *self.area.no_goal]))
        for code, label in self.codes.items():
            if label not in any_label and self.named(label) == NOT_LISTED:
                note_unknown_code(code, label, any_label, problems)

    def note_unknown(
        self, rows: Mapping[str, tuple[int, int]], where: str, problems: Problems
    ) -> None:
        """Note each text of a column that is in no list."""
        unknown = {text: at for text, at in rows.items() if not self.is_known(text)}
        note_unknown_labels(
            apart_from_several(unknown, self.known, where, problems, "labels"),
            where,
            self.known,
            problems,
            fix=f"add it to {self._lists} or `not_answers`",
            coded=bool(self.codes),
            other=self.write_ins.other is None and len(unknown) < len(set(filter(None, rows))),
        )

    @property
    def _lists(self) -> str:
        return "`labels`" if self._field == "labels" else "`goals`, `no_goal`, `other_labels`"

    def stated(self, name: object, where: str, problems: Problems) -> int:
        """Return the label that a study names, or note that there is none."""
        if (place := self.named(str(name))) >= 0:
            return place
        note_no_such("label", str(name), self.labels, where, problems)
        return NOT_LISTED


def note_no_such(
    what: str, name: str, names: Sequence[str], where: str, problems: Problems
) -> None:
    """Note that a study names something that is not there."""
    twins = [other for other in names if twin_key(other) == twin_key(name)]
    fix = f"write it as {show(twins[0])}" if twins else did_you_mean(name, names)
    problems.add(
        f"there is no {what} {show(name)}",
        where=where,
        several=f"{{n}} names are those of no {what}",
        value=show(name),
        valid=shown(names),
        hint=fix,
    )


def known_goals(coded: CodedTable, goals: GoalLists) -> tuple[IntArray, str]:
    """Return the known goal of each row, and where known goals stand."""
    if "gold" not in coded.columns:
        return np.full(len(coded.rows), UNKNOWN, np.int64), ""
    where = coded.where("gold")
    goals.note_unknown(coded.seen("gold"), where, coded.problems)
    return coded.columns["gold"].translated(goals.place).astype(np.int64), where
