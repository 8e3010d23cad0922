"""What each label in a survey stands for, and the counts that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.group_tally import Group, Tally
from bayes_misalign.reading.populations import settle_populations, settle_sizes
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.survey_notes import survey_notes
from bayes_misalign.reading.unknown_labels import (
    note_unknown_code,
    note_unknown_label,
    place_of,
)
from bayes_misalign.tables.labels import show

_Groups = Mapping[tuple[str, str], Group]


class AnswerLists:
    """The labels of a problem area, and the codes that stand for them in the data.

    Parameters
    ----------
    area : ProblemArea
        The labels.
    codes : mapping of str to str
        Label of each code.

    Examples
    --------
    >>> lists = AnswerLists(ProblemArea("vote", ["a"], not_answers=["Refused"]), {"9": "Refused"})
    >>> lists.is_answer("a"), lists.is_answer("9"), lists.is_answer("x")
    (True, False, None)
    """

    def __init__(self, area: ProblemArea, codes: Mapping[str, str]) -> None:
        self.area, self.codes = area, codes
        self.labels = (*area.goals, *area.no_goal, *area.not_answers)

    def label(self, text: str) -> str:
        """Return the label that the text of a cell stands for.

        Parameters
        ----------
        text : str
            A code or a label.

        Returns
        -------
        str
            The label.

        Examples
        --------
        >>> AnswerLists(ProblemArea("vote", ["a"]), {"1": "a"}).label("1")
        'a'
        """
        return self.codes.get(text, text)

    def is_answer(self, text: str) -> bool | None:
        """Tell whether a cell is an answer, known but no answer, or unknown (None).

        Parameters
        ----------
        text : str
            A code or a label.

        Returns
        -------
        bool or None
            As said above.

        Examples
        --------
        >>> AnswerLists(ProblemArea("vote", ["a"]), {}).is_answer("a")
        True
        """
        label = self.label(text)
        if self.area.category_of(label) is not None:
            return True
        return False if label in self.area.not_answers else None

    def check(self, problems: Problems) -> None:
        """Note codes that stand for an unknown label.

        Parameters
        ----------
        problems : Problems
            Where to note them.

        Examples
        --------
        >>> AnswerLists(ProblemArea("vote", ["a"]), {"1": "b"}).check(problems := Problems())
        >>> len(problems)
        1
        """
        for code, label in self.codes.items():
            if self.area.category_of(label) is None and label not in self.area.not_answers:
                note_unknown_code(code, label, self.labels, problems)

    def note_unknown(self, groups: _Groups, where: str, problems: Problems) -> None:
        """Note each label that is in the data and in no list, once.

        Parameters
        ----------
        groups : mapping
            Groups of rows by population and text of the cell.
        where : str
            Place of the labels in the data.
        problems : Problems
            Where to note them.

        Examples
        --------
        >>> problems = Problems()
        >>> lists = AnswerLists(ProblemArea("vote", ["a"]), {})
        >>> lists.note_unknown({("all", "A"): Group(2, True, rows=3)}, "a.csv", problems)
        >>> len(problems)
        1
        """
        unknown: dict[str, list[Group]] = {}
        for (_, text), group in groups.items():
            if text and self.is_answer(text) is None:
                unknown.setdefault(text, []).append(group)
        for text, of_text in unknown.items():
            rows = sum(group.rows for group in of_text)
            first = min(group.first_row for group in of_text)
            note_unknown_label(
                text, place_of(rows, first), where, self.labels, problems, coded=bool(self.codes)
            )


def to_counts(
    tally: Tally,
    lists: AnswerLists,
    asked: Sequence[str] | None,
    size: int | Mapping[str, int] | None,
    problems: Problems,
) -> ChoiceCounts | None:
    """Return the groups of rows as counts of categories.

    Parameters
    ----------
    tally : Tally
        A table that was read to its end.
    lists : AnswerLists
        What the labels stand for.
    asked : sequence of str, optional
        Populations that the study names.
    size : int or mapping of str to int, optional
        Sizes of the populations.
    problems : Problems
        Where to note unknown labels, populations and the like.

    Returns
    -------
    ChoiceCounts or None
        None if a label or a population is unknown.

    Examples
    --------
    >>> from bayes_misalign.tables import open_table
    >>> problems = Problems()
    >>> lists = AnswerLists(ProblemArea("vote", ["a", "b"]), {})
    >>> table = open_table({"vote": ["a", "b", "a"]}, ["vote"], problems)
    >>> tally = Tally(table, {"goal": "vote"}, lists.is_answer, problems)
    >>> tally.read()
    >>> to_counts(tally, lists, None, None, problems).n
    array([3.])
    """
    before, source = len(problems), tally.table.source
    lists.note_unknown(tally.groups, f"{source}, column {tally.roles['goal']!r}", problems)
    column = tally.roles.get("population")
    place = f"{source}, column {column!r}" if column else source
    found = list(dict.fromkeys(name for name, _ in tally.groups))
    populations = settle_populations(found, asked, place, problems)
    if len(problems) > before or "" in found:
        return None
    weighted = "weight" in tally.roles or "weight_sum" in tally.roles
    counts = _fill(tally.groups, lists, populations, weighted, source)
    sizes = settle_sizes(size, populations, counts.n, problems)
    _note_no_weight(counts, place, problems)
    labels = [*lists.labels, *(lists.label(text) for _, text in tally.groups if text)]
    notes = [*tally.table.notes, *survey_notes(counts, labels, coded=bool(lists.codes))]
    return replace(counts, population_size=sizes, notes=tuple(notes))


def _fill(
    groups: _Groups,
    lists: AnswerLists,
    populations: tuple[str, ...],
    weighted: bool,
    source: str,
) -> ChoiceCounts:
    categories = lists.area.categories
    shape = (len(populations), len(categories))
    n, weights, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    not_answers = {label: np.zeros(shape[0]) for label in lists.area.not_answers}
    not_asked = np.zeros(shape[0])
    zero_weights = 0.0
    rows = {name: place for place, name in enumerate(populations)}
    columns = {name: place for place, name in enumerate(categories)}
    for (population, text), group in groups.items():
        row, label = rows[population], lists.label(text)
        if not text:
            not_asked[row] += group.n
        elif label in not_answers and lists.area.category_of(label) is None:
            not_answers[label][row] += group.n
        else:
            at = row, columns[lists.area.category_of(label) or label]
            n[at] += group.n
            weights[at] += group.weight_sum if weighted else group.n
            squares[at] += group.weight_sq_sum if weighted else group.n
            zero_weights += group.zero_weights
    return ChoiceCounts(
        categories=categories,
        populations=populations,
        counts=n,
        weight_sum=weights,
        weight_sq_sum=squares,
        weighted=weighted,
        population_size=None,
        not_answers=not_answers,
        not_asked=not_asked,
        zero_weights=int(zero_weights),
        source=source,
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
