"""Known error rates of raters: P(label | goal), written out or as one rate of error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.label_lists import GoalLists, LabelLists, note_no_such
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.nested_tables import depth_of
from bayes_misalign.reading.parse_numbers import noted, parse_probability
from bayes_misalign.tables.labels import show, shown

SUM_TOLERANCE = 0.01  # published probabilities are rounded


class ErrorRates:
    """Error rates as a study states them, growing into P(label | goal) of each rater."""

    def __init__(
        self, raters: Sequence[str], goals: GoalLists, lists: LabelLists, problems: Problems
    ) -> None:
        self.raters, self.goals, self.lists, self.problems = raters, goals, lists, problems
        self._categories = goals.area.categories
        shape = (len(raters), len(self._categories), len(lists.labels))
        self.emission: FloatArray = np.full(shape, np.nan)
        self._stated: set[int] = set()

    def add_emission(self, stated: Any) -> None:
        """Add probabilities by goal and label, of every rater or by rater."""
        match depth_of(stated):
            case 2:
                self._keep(range(len(self.raters)), self._matrix(stated, "emission"))
            case 3:
                for name, matrix in stated.items():
                    if (rater := self._rater(name, "emission")) >= 0:
                        where = f"emission, rater {show(str(name))}"
                        self._keep([rater], self._matrix(matrix, where))
            case _:
                self.problems.add(
                    "emission is not a table of probabilities by goal and label",
                    where="emission",
                    valid="a probability of each label for each goal, or such a table for each "
                    "rater by name",
                    fix='write it as in `emission = {"a" = {"a" = 0.9, "b" = 0.1}}`',
                )

    def add_error_rate(self, stated: Any) -> None:
        """Add raters who err with one probability, all wrong labels being equally likely."""
        where = "error_rate"
        by_rater = dict.fromkeys(self.raters, stated)
        if isinstance(stated, Mapping):
            by_rater = {n: p for n, p in stated.items() if self._rater(n, where) >= 0}
        own = [
            self.lists.labels.index(g) if g in self.lists.labels else -1 for g in self._categories
        ]
        if missing := [g for g, place in zip(self._categories, own, strict=True) if place < 0]:
            self.problems.add(
                f"there is no label of its own for {shown(missing)}, so that no label is right",
                where=where,
                valid="a label for each goal",
                fix="state `emission`, the probability of each label given each goal, instead",
            )
            return
        labels = len(self.lists.labels)
        for name, cell in by_rater.items():
            place = f"{where}, rater {show(str(name))}" if isinstance(stated, Mapping) else where
            rate = noted(parse_probability, cell, "error rate", place, self.problems)
            if rate is None:
                continue
            values = np.full((len(own), labels), rate / max(labels - 1, 1))
            values[np.arange(len(own)), own] = 1 - rate
            rater = self._rater(name, where)
            if rater in self._stated:
                self.problems.add(
                    f"both emission and error_rate are stated for rater {show(str(name))}",
                    where=where,
                    valid="one of them for each rater",
                )
            else:
                self._keep([rater], values)

    def _keep(self, raters: Sequence[int], values: FloatArray | None) -> None:
        self._stated |= set(raters)
        if values is not None:
            self.emission[list(raters)] = values

    def _rater(self, name: object, where: str) -> int:
        if str(name) in self.raters:
            return list(self.raters).index(str(name))
        note_no_such("rater", str(name), self.raters, where, self.problems)
        return -1

    def _matrix(self, stated: Mapping[Any, Any], where: str) -> FloatArray | None:
        before = len(self.problems)
        values = np.full(self.emission.shape[1:], np.nan)
        for name, row in stated.items():
            if (goal := self.goals.stated(name, where, self.problems)) == UNKNOWN:
                continue
            place = f"{where}, goal {show(str(name))}"
            if not np.isnan(values[goal]).all():
                self.problems.add("the goal is there twice", where=place)
            probabilities = stated_row(row, self.lists, place, self.problems)
            values[goal] = 0.0 if probabilities is None else probabilities
        missing = [
            g for g, row in zip(self._categories, values, strict=True) if np.isnan(row).any()
        ]
        if missing:
            self.problems.add(
                f"there are no probabilities for {shown(missing)}",
                where=where,
                valid="probabilities of the labels for every goal: " + shown(self._categories),
            )
        return values if len(self.problems) == before else None


def stated_row(
    row: Mapping[Any, Any], lists: LabelLists, where: str, problems: Problems
) -> FloatArray | None:
    """Return the probabilities of the labels of one goal; what is not named has none."""
    before = len(problems)
    values = np.zeros(len(lists.labels))
    seen: set[int] = set()
    for name, cell in row.items():
        label = lists.stated(name, where, problems)
        at = f"{where}, label {show(str(name))}"
        p = noted(parse_probability, cell, "probability", at, problems)
        if label in seen:
            problems.add("the label is there twice", where=at)
        if label >= 0 and p is not None:
            seen.add(label)
            values[label] = p
    return rescaled(values, where, problems) if len(problems) == before else None


def rescaled(values: FloatArray, where: str, problems: Problems) -> FloatArray | None:
    """Return probabilities that sum to one but for rounding, made to sum to one."""
    total = float(values.sum())
    if abs(total - 1) > SUM_TOLERANCE + 1e-9:
        problems.add(f"the probabilities sum to {total:g}", where=where, valid="a sum of 1")
        return None
    return values if abs(total - 1) < 1e-12 else values / total
