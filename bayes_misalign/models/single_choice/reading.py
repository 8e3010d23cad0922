"""What each label in a survey stands for, and the counts that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Check,
    Column,
    count_column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.populations import settle_deff, settle_populations, settle_sizes
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import (
    apart_from_several,
    several_in,
)
from bayes_misalign.reading.survey_notes import survey_notes
from bayes_misalign.reading.totals import note_total_labels, note_total_populations
from bayes_misalign.reading.unknown_labels import (
    is_doubtful,
    note_unknown_code,
    note_unknown_label,
    note_unlisted_other,
    place_of,
)
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import JOINT
from bayes_misalign.tables.form import same_code
from bayes_misalign.tables.labels import show, shown

_ROUNDING = 0.01  # published sums of weights are rounded


def _no_such_sums(n: Any, total: Any, squares: Any) -> Any:
    # (sum w)^2 / n <= sum w^2 <= (sum w)^2 for any n weights that are not negative.
    too_small = total**2 > n * squares * (1 + _ROUNDING) + _ROUNDING
    return too_small | (squares > total**2 * (1 + _ROUNDING) + _ROUNDING)


_SUMS = Check(
    ("count", "weight_sum", "weight_sq_sum"),
    _no_such_sums,
    lambda n, total, squares: (
        f"no {n:g} weights have the sum {total:g} and the sum of squares {squares:g}",
        "(sum of weights)^2 / count <= sum of squares <= (sum of weights)^2",
    ),
)


class AnswerLists:
    """The labels of a problem area, and the codes that stand for them in the data."""

    def __init__(
        self, area: ProblemArea, codes: Mapping[str, str], other: str | None = None
    ) -> None:
        self.area, self.other = area, other
        self.codes = {same_code(code): label for code, label in codes.items()}
        self.labels = (*area.goals, *area.no_goal, *area.not_answers)

    def label(self, text: str) -> str:
        """Return the label that the text of a cell stands for."""
        if (label := self.codes.get(same_code(text))) is not None:
            return label
        plain = text if self._knows(text) else same_code(text)
        return self.other if self.other and self._is_other(plain) else plain

    def _is_other(self, text: str) -> bool:
        """Tell whether a text is an answer of its own, and no misspelt one, nor a missing one."""
        return not (self._knows(text) or is_doubtful(text, self.labels))

    def _knows(self, label: str) -> bool:
        return self.area.category_of(label) is not None or label in self.area.not_answers

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
        if self.other is not None and not self._knows(self.other):
            note_unlisted_other(self.other, self.labels, problems)

    def note_unknown(self, found: DistinctRows) -> None:
        """Note each label that is in the data and in no list, once."""
        unknown: dict[str, list[int]] = {}
        rows = found.sum("rows").astype(int).tolist()
        for text, n, first in zip(found.cells("goal"), rows, found.first, strict=True):
            if self.is_answer(text) is None:
                unknown.setdefault(text, [0, first])[0] += n
        where, coded = found.where("goal"), bool(self.codes)
        noted = {text: (n, first) for text, (n, first) in unknown.items()}
        left = apart_from_several(noted, (*self.labels, *self.codes), where, found.problems)
        for text in self._total_labels(found, left, where) if "count" in found.roles else ():
            del left[text]
        for text, (n, first) in left.items():
            note_unknown_label(
                text, place_of(n, first), where, self.labels, found.problems, coded=coded
            )

    def _total_labels(self, found: DistinctRows, unknown: Iterable[str], where: str) -> list[str]:
        """Note unknown labels that count all agents again, and return them."""
        agents, known = dict.fromkeys(unknown, 0.0), 0.0
        for text, n in zip(found.cells("goal"), found.sum("n").tolist(), strict=True):
            if text in agents:
                agents[text] += n
            elif self.is_answer(text) is not None and text:
                known += n
        column = found.roles["goal"]
        return note_total_labels(agents, known, self.labels, column, where, found.problems)


def answer_columns(lists: AnswerLists) -> tuple[Column, ...]:
    """Return what the columns of a table of answers hold."""
    return (
        Column(
            "goal",
            "labels",
            MOST_UNKNOWN_LABELS,
            lambda text: lists.is_answer(text) is not None or bool(several_in(text, lists.labels)),
            coded=lists.codes,
        ),
        population_column(),
        id_column(
            "respondent", what="respondent's id", valid="an id of the respondent in every row"
        ),
        count_column("count"),
        number_column("weight", needed=("goal", lambda text: lists.is_answer(text) is not False)),
        number_column("weight_sum"),
        number_column("weight_sq_sum"),
    )


def read_answers(
    table: Table, roles: Mapping[str, str], lists: AnswerLists, problems: Problems
) -> DistinctRows | None:
    """Return populations and answers with their numbers of agents; None if the table breaks off."""
    columns = answer_columns(lists)
    found = DistinctRows(table, roles, columns, problems, [_SUMS])
    if not found.read():
        return None
    if "respondent" in roles:
        found.note_repeated_ids(
            "respondent",
            "have the same respondent id",
            "each respondent once",
            "remove the repeated row; answers of several raters are judgements instead",
        )
    return found


def to_counts(
    found: DistinctRows,
    lists: AnswerLists,
    asked: Sequence[str] | None,
    size: int | Mapping[str, int] | None,
    deff: float | Mapping[str, float] | None = None,
) -> ChoiceCounts | None:
    """Return answers as counts of categories; None if a label or a population is unknown."""
    problems, source = found.problems, found.table.source
    before = len(problems)
    lists.note_unknown(found)
    place = found.where("population") if "population" in found.roles else source
    names = found.cells("population") if "population" in found.roles else [EVERYONE] * len(found)
    distinct = [text for text in dict.fromkeys(names) if text.strip()]
    populations = settle_populations(distinct, asked, place, problems)
    if len(problems) > before or not all(text.strip() for text in names):
        return None
    counts = _fill(found, names, lists, populations)
    remarks = _total_notes(found, counts, place)
    sizes = settle_sizes(size, populations, counts.n, problems)
    counts = replace(counts, stated_deff=settle_deff(deff, populations, problems))
    _note_no_weight(counts, place, problems)
    labels = [*lists.labels, *(lists.label(text) for text in found.cells("goal") if text)]
    notes = [
        *found.table.notes,
        *_other_notes(found, lists),
        *remarks,
        *survey_notes(counts, labels, coded=bool(lists.codes)),
    ]
    return replace(counts, population_size=sizes, notes=tuple(notes))


def _total_notes(found: DistinctRows, counts: ChoiceCounts, where: str) -> list[str]:
    """Note populations that count all agents again; return remarks about those that may."""
    if "count" not in found.roles or "population" not in found.roles:
        return []
    name = found.roles["population"]
    column = "" if JOINT in name else name
    return note_total_populations(counts.populations, counts.counts, column, where, found.problems)


def _other_notes(found: DistinctRows, lists: AnswerLists) -> list[str]:
    """Return what a reader should know of answers that count as another one."""
    texts: dict[str, float] = {}
    for text, n in zip(found.cells("goal"), found.sum("n").tolist(), strict=True):
        known = not text or lists.codes.get(same_code(text)) is not None
        if lists.other and not known and text != lists.other and lists.label(text) == lists.other:
            texts[text] = texts.get(text, 0.0) + n
    if not texts:
        return []
    different = f"{len(texts):,} different ones" if len(texts) > 1 else "one"
    return [
        f"{sum(texts.values()):,.0f} answers in none of the lists ({different}) count as "
        f"{show(lists.other or '')}: {shown(texts, 5)}."
    ]


def _fill(
    found: DistinctRows, names: Sequence[str], lists: AnswerLists, populations: tuple[str, ...]
) -> ChoiceCounts:
    categories = lists.area.categories
    shape = (len(populations), len(categories))
    weighted = "weight" in found.roles or "weight_sum" in found.roles
    summed = ("weight_sum", "weight_sq_sum") if weighted else ("n", "n")
    figures = ("n", *summed, *(["zero_weights"] if weighted else []))
    totals = {place: np.zeros(shape) for place in range(len(figures))}
    not_answers = {label: np.zeros(shape[0]) for label in lists.area.not_answers}
    not_asked = np.zeros(shape[0])
    rows = {name: place for place, name in enumerate(populations)}
    columns = {name: place for place, name in enumerate(categories)}
    values = zip(*(found.sum(role).tolist() for role in figures), strict=True)
    for population, text, numbers in zip(names, found.cells("goal"), values, strict=True):
        row, label = rows[population], lists.label(text)
        if not text:
            not_asked[row] += numbers[0]
        elif label in not_answers and lists.area.category_of(label) is None:
            not_answers[label][row] += numbers[0]
        else:
            at = row, columns[lists.area.category_of(label) or label]
            for place, figure in enumerate(numbers):
                totals[place][at] += figure
    return ChoiceCounts(
        categories=categories,
        populations=populations,
        counts=totals[0],
        weight_sum=totals[1],
        weight_sq_sum=totals[2],
        weighted=weighted,
        population_size=None,
        not_answers=not_answers,
        not_asked=not_asked,
        zero_weights=int(totals[3].sum()) if weighted else 0,
        source=found.table.source,
    )


def _note_no_weight(counts: ChoiceCounts, where: str, problems: Problems) -> None:
    for name, n, total in zip(
        counts.populations, counts.n, counts.weight_sum.sum(axis=1), strict=True
    ):
        if n and not total:
            of_one, of_all = "the only answer of", f"all {n:g} answers of"
            problems.add(
                f"{of_one if n == 1 else of_all} population {show(name)} "
                f"{'has' if n == 1 else 'have'} weight 0",
                where=where,
                valid="at least one answer with a weight above 0",
            )
