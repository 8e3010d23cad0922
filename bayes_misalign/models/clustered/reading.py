"""From tables to distinct clusters of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.lists import AnswerLists, other_notes
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    count_column,
    population_column,
)
from bayes_misalign.reading.design_columns import design_columns
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.populations import settle_populations
from bayes_misalign.reading.sampled_units import UnitSums, of_clusters, units_of
from bayes_misalign.reading.several_goals import several_in
from bayes_misalign.reading.survey_notes import label_notes
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables import Table, remedies

NONE = -1  # category of an answer that is none


def answer_columns(lists: AnswerLists, *, lazy: bool) -> tuple[Column, ...]:
    """Return what the columns of a table of answers hold."""
    answered = ("goal", lambda text: lists.is_answer(text) is not False)
    return (
        Column(
            "goal",
            "labels",
            MOST_UNKNOWN_LABELS,
            lambda text: lists.is_answer(text) is not None or bool(several_in(text, lists.labels)),
            fix=f"{remedies.OTHER}; {remedies.patterns(lists.area.goals[0])}",
            coded=lists.codes,
            keeps=lists.is_listed,
        ),
        population_column(),
        *design_columns(answered, lazy=lazy),
        count_column("count"),
    )


def read_answers(
    table: Table, roles: Mapping[str, str], lists: AnswerLists, problems: Problems
) -> DistinctRows | None:
    """Return the distinct rows of a table, and the cluster of each of its rows."""
    columns = answer_columns(lists, lazy=table.lazy is not None)
    found = DistinctRows(table, roles, columns, problems)
    return found if found.read() else None


def to_clusters(
    found: DistinctRows, lists: AnswerLists, asked: Sequence[str] | None
) -> ClusterCounts | None:
    """Return answers by cluster; None after noting what cannot be."""
    problems, before = found.problems, len(found.problems)
    lists.note_unknown(found)
    told = "population" in found.roles
    names = found.cells("population") if told else [EVERYONE] * len(found)
    distinct = [text for text in dict.fromkeys(names) if text.strip()]
    where = found.where("population") if told else found.table.source
    populations = settle_populations(distinct, asked, where, problems)
    if len(problems) > before or not all(text.strip() for text in names):
        return None
    area = lists.area
    at = {name: s for s, name in enumerate(populations)}
    place = {category: k for k, category in enumerate(area.categories)}
    labels = [lists.label(text) if text else "" for text in found.cells("goal")]
    category = np.array([place.get(area.category_of(x) or "", NONE) for x in labels], np.intp)
    of = np.array([at[name] for name in names], np.intp)
    units = units_of(found, np.zeros(len(found), np.int64), nest=False)
    sums = of_clusters(units, of, category, (len(populations), len(place)))
    left = _left_out(found, labels, of, category, lists, len(populations))
    evidence = ClusterCounts.of(
        area.categories,
        populations,
        sums.totals,
        not_answers=left,
        not_asked=left.pop(""),
        source=found.table.source,
    )
    if len(problems) == before and evidence.n.any() and not (evidence.sizes > 1).any():
        _note_single(found, evidence)
    notes = (*found.table.notes, *other_notes(found, lists), *_notes(sums, evidence))
    notes = (*notes, *label_notes([*lists.labels, *filter(None, labels)], bool(lists.codes)))
    return replace(evidence, notes=notes)


def _left_out(
    found: DistinctRows,
    labels: Sequence[str],
    of: np.ndarray,
    category: np.ndarray,
    lists: AnswerLists,
    populations: int,
) -> dict[str, FloatArray]:
    """Return answers that are none by label, and empty cells under an empty one."""
    left = {label: np.zeros(populations) for label in (*lists.area.not_answers, "")}
    numbers = zip(labels, of, category, found.sum("n").tolist(), strict=True)
    for label, s, k, n in numbers:
        if k == NONE and label in left:
            left[label][s] += n
    return left


def _note_single(found: DistinctRows, evidence: ClusterCounts) -> None:
    number = int(evidence.clusters.sum())
    found.problems.add(
        f"each of {number:,} clusters has one answer, so that nothing tells how alike answers of "
        "one cluster are",
        where=found.where("cluster"),
        valid="two answers or more in some cluster",
        fix='state `model = "single-choice"`: each answer is then an agent of its own',
    )


def _notes(sums: UnitSums, evidence: ClusterCounts) -> Iterator[str]:
    """Yield what a reader should know of the clusters."""
    for name, n, clusters in zip(evidence.populations, evidence.n, evidence.clusters, strict=True):
        if not n:
            yield f"Nobody answered in population {name!r}; it is known by the prior alone."
        del clusters
    if sums.shared:
        yield (
            "Clusters are in several populations, as prompts are that several models answered. "
            "They are modelled as if each population had clusters of its own: contrasts between "
            'populations do not use the pairs, as `model = "single-choice"` with `cluster` does.'
        )
