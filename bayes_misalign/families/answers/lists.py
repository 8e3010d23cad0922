"""What each label of an answer stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.patterns import Patterns
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import apart_from_several
from bayes_misalign.reading.totals import note_total_labels
from bayes_misalign.reading.unknown_labels import (
    WriteIns,
    note_codes_twice,
    note_unknown_code,
    note_unknown_labels,
    note_unlisted_other,
)
from bayes_misalign.tables import remedies
from bayes_misalign.tables.conditions import same_code

_WORDS = 3  # so many make a text that holds an answer, and is none


class AnswerLists:
    """The labels of a problem area, and the codes that stand for them in the data."""

    def __init__(
        self,
        area: ProblemArea,
        codes: Mapping[str, str],
        other: str | None = None,
        patterns: Mapping[str, str] | None = None,
    ) -> None:
        self.area, self.other = area, other
        self.codes = {same_code(code): label for code, label in codes.items()}
        self._stated = codes
        self.labels = (*area.goals, *area.no_goal, *area.not_answers)
        self.write_ins = WriteIns(other, self.labels, self.codes)
        self.patterns = Patterns(patterns or {})
        # by text: a table of many populations has the same few texts in each
        self._labels: dict[str, str] = {}
        self._answers: dict[str, bool | None] = {}

    def label(self, text: str) -> str:
        """Return the label that the text of a cell stands for."""
        if (label := self._labels.get(text)) is None:
            label = self._labels[text] = self._label(text)
        return label

    def _label(self, text: str) -> str:
        if (label := self.codes.get(same_code(text))) is not None:
            return label
        plain = text if self._knows(text) else same_code(text)
        if self._knows(plain):
            return plain
        if len(found := self.patterns.labels(text)) > 1:
            return text  # noted, with all others that are unclear
        return found[0] if found else self.write_ins.label(plain)

    def is_listed(self, text: str) -> bool:
        """Tell whether the study says itself what a text means, and not by its catch-all."""
        return self._knows(self.codes.get(same_code(text), "")) or any(
            map(self._knows, (text, same_code(text)))
        )

    def _knows(self, label: str) -> bool:
        return self.area.category_of(label) is not None or label in self.area.not_answers

    def is_answer(self, text: str) -> bool | None:
        """Tell whether a cell is an answer, known but no answer, or unknown (None)."""
        if text not in self._answers:
            self._answers[text] = self._is_answer(text)
        return self._answers[text]

    def _is_answer(self, text: str) -> bool | None:
        if not text:
            return False
        label = self.label(text)
        if self.area.category_of(label) is not None:
            return True
        return False if label in self.area.not_answers else None

    def check(self, problems: Problems) -> None:
        """Note codes that stand for an unknown label, or for two."""
        note_codes_twice(self._stated, problems)
        for code, label in self.codes.items():
            if self.area.category_of(label) is None and label not in self.area.not_answers:
                note_unknown_code(code, label, self.labels, problems)
        if self.other is not None and not self._knows(self.other):
            note_unlisted_other(self.other, self.labels, problems)
        self.patterns.check(self.labels, problems)

    def note_unknown(self, found: DistinctRows) -> None:
        """Note each label that is in the data and in no list, once."""
        unknown: dict[str, list[int]] = {}
        rows = found.sum("rows").astype(int).tolist()
        for text, n, first in zip(found.cells("goal"), rows, found.first, strict=True):
            if self.is_answer(text) is None:
                unknown.setdefault(text, [0, first])[0] += n
        noted = {text: (n, first) for text, (n, first) in unknown.items()}
        where, known = found.where("goal"), (*self.labels, *self.codes)
        unclear = {t: at for t, at in noted.items() if len(self.patterns.labels(t)) > 1}
        self.patterns.note_several(unclear, where, found.problems)
        noted = {text: at for text, at in noted.items() if text not in unclear}
        left = apart_from_several(noted, known, where, found.problems)
        for text in self._total_labels(found, left, where) if "count" in found.roles else ():
            del left[text]
        note_unknown_labels(
            left,
            where,
            self.labels,
            found.problems,
            coded=bool(self.codes),
            fix=self._fix(left),
            other=self.other is None and len(unknown) < len(set(filter(None, found.cells("goal")))),
            stands=found.table.stands,
            below_header=found.table.header + 1,
        )

    def _fix(self, unknown: Iterable[str]) -> str:
        """Return what to do about unknown labels, of which some may be sentences."""
        fix = "add it to `goals`, `no_goal` or `not_answers`"
        if any(len(text.split()) >= _WORDS for text in unknown):
            fix += f"; {remedies.patterns(self.area.goals[0])}"
        if self.other is not None and (text := next(iter(unknown), None)) is not None:
            fix += f"; or say what it counts as, as in {remedies.codes({text: self.other})}"
        return fix

    def _total_labels(self, found: DistinctRows, unknown: Iterable[str], where: str) -> list[str]:
        """Note unknown labels that count all agents again, and return them."""
        agents, known = dict.fromkeys(unknown, 0.0), 0.0
        for text, n in zip(found.cells("goal"), found.sum("n").tolist(), strict=True):
            if text in agents:
                agents[text] += n
            elif self.is_answer(text) is not None and text:
                known += n
        column = found.roles["goal"] if found.table.filtered else ""
        return note_total_labels(agents, known, self.labels, column, where, found.problems)


def other_notes(found: DistinctRows, lists: AnswerLists) -> list[str]:
    """Return what a reader should know of answers that count as another one."""
    texts: dict[str, float] = {}
    by_label: dict[str, dict[str, float]] = {}
    for text, n in zip(found.cells("goal"), found.sum("n").tolist(), strict=True):
        known = not text or lists.is_listed(text)
        if not known and (label := lists.patterns.label(text)) is not None:
            of_label = by_label.setdefault(label, {})
            of_label[text] = of_label.get(text, 0.0) + n
            continue
        if lists.other and not known and text != lists.other and lists.label(text) == lists.other:
            texts[text] = texts.get(text, 0.0) + n
    return [*lists.patterns.notes(by_label), *lists.write_ins.notes(texts, "answer")]
