"""What each label of an answer stands for."""

from __future__ import annotations

from collections.abc import Mapping

from bayes_misalign.errors import Problems
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.unknown_labels import (
    note_unknown_code,
    note_unknown_label,
    place_of,
)


class AnswerLists:
    """The labels of a problem area, and the codes that stand for them in the data."""

    def __init__(self, area: ProblemArea, codes: Mapping[str, str]) -> None:
        self.area, self.codes = area, codes
        self.labels = (*area.goals, *area.no_goal, *area.not_answers)

    def label(self, text: str) -> str:
        """Return the label that the text of a cell stands for."""
        return self.codes.get(text, text)

    def is_answer(self, text: str) -> bool | None:
        """Tell whether a cell is an answer, known but no answer, or unknown (None)."""
        if not text:
            return False
        label = self.label(text)
        if self.area.category_of(label) is not None:
            return True
        return False if label in self.area.not_answers else None

    def check(self, problems: Problems) -> None:
        """Note codes that stand for an unknown label."""
        for code, label in self.codes.items():
            if self.area.category_of(label) is None and label not in self.area.not_answers:
                note_unknown_code(code, label, self.labels, problems)

    def note_unknown(self, found: DistinctRows) -> None:
        """Note each label that is in the data and in no list, once."""
        unknown: dict[str, list[int]] = {}
        rows = found.sum("rows").astype(int).tolist()
        for text, n, first in zip(found.cells("goal"), rows, found.first, strict=True):
            if self.is_answer(text) is None:
                unknown.setdefault(text, [0, first])[0] += n
        where, coded = found.where("goal"), bool(self.codes)
        for text, (n, first) in unknown.items():
            note_unknown_label(
                text, place_of(n, first), where, self.labels, found.problems, coded=coded
            )
