"""Put the labels of a table, its agents and known error rates together, and check them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.agents import Agents
from bayes_misalign.families.reports.clustered import design_of
from bayes_misalign.families.reports.distinct_agents import (
    MOST_CELLS,
    Reports,
    to_patterns,
)
from bayes_misalign.families.reports.distinct_reports import IntArray
from bayes_misalign.families.reports.impossible_reports import note_impossible
from bayes_misalign.families.reports.label_lists import NOT_ANSWERS, NOT_ASKED, LabelLists
from bayes_misalign.families.reports.silent_populations import note_unknown_populations
from bayes_misalign.models.noisy_labels.evidence import ROUNDING, DistinctLabels
from bayes_misalign.models.noisy_labels.known_errors import KnownErrors
from bayes_misalign.models.noisy_labels.label_cells import LabelCells
from bayes_misalign.models.noisy_labels.label_notes import label_set_notes
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.populations import settle_deff, settle_sizes
from bayes_misalign.reading.survey_notes import label_notes, sample_notes
from bayes_misalign.tables.labels import show


def to_distinct_labels(
    coded: CodedTable,
    cells: LabelCells,
    agents: Agents,
    lists: LabelLists,
    errors: KnownErrors,
    gold_chosen: bool,
    size: int | Mapping[str, int] | None,
    deff: float | Mapping[str, float] | None = None,
) -> tuple[DistinctLabels, IntArray] | None:
    """Return labels as evidence, and the pattern of each agent."""
    problems, labels, source = coded.problems, lists.labels, coded.table.source
    before, given = len(problems), cells.label >= 0
    cell = cells.rater[given] * len(labels) + cells.label[given]
    reports = Reports(cells.agent[cells.row[given]], cell, np.broadcast_to(np.int8(1), len(cell)))

    def too_large(patterns: int) -> None:
        problems.add(
            f"{patterns:,} different patterns of the labels of {len(cells.raters):,} raters, each "
            f"with {len(labels):,} labels, do not fit into memory",
            where=source,
            valid=f"at most {MOST_CELLS:,} as the product of the three",
            fix="merge rare labels with `codes`, or give raters of the same kind the same name "
            "(with `repeats = true`)",
        )

    made = to_patterns(agents, reports, len(cells.raters) * len(labels), too_large)
    if made is None:
        return None
    fields, pattern = made
    not_asked, not_answers = _left_out(cells, agents, lists)
    evidence = DistinctLabels(
        categories=lists.area.categories,
        populations=agents.populations,
        raters=cells.raters,
        labels=labels,
        emission=errors.emission,
        validation=errors.validation,
        gold_chosen=gold_chosen,
        not_asked=not_asked,
        not_answers=not_answers,
        source=source,
        **fields,
    )
    sizes = settle_sizes(size, evidence.populations, evidence.n, problems)
    stated = settle_deff(deff, evidence.populations, problems)
    _check(evidence, coded, problems)
    if len(problems) > before:
        return None
    notes = (
        *coded.table.notes,
        *sample_notes(evidence, "was labelled"),
        *label_set_notes(evidence),
        *label_notes(lists.known, bool(lists.codes)),
    )
    evidence = replace(evidence, population_size=sizes, stated_deff=stated, notes=notes)
    return replace(evidence, design=design_of(evidence, agents, pattern)), pattern


def _left_out(
    cells: LabelCells, agents: Agents, lists: LabelLists
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return empty cells and declared non-answers by population."""

    def number(code: int) -> Any:
        agent = cells.agent[cells.row[cells.label == code]]
        weights, places = agents.number[agent], agents.population[agent]
        return np.bincount(places, weights=weights, minlength=len(agents.populations))

    silent = [name for name in lists.area.not_answers if lists.named(name) <= NOT_ANSWERS]
    return number(NOT_ASKED), {name: number(lists.named(name)) for name in silent}


def _check(evidence: DistinctLabels, coded: CodedTable, problems: Problems) -> None:
    source = evidence.source
    if not evidence.reports.any():
        problems.add("no agent has any label", where=source, valid="at least one label")
        return
    note_unknown_populations(evidence, coded, "has any label")
    _note_untied(evidence, problems)
    never = np.where(np.isnan(evidence.emission), 1.0, evidence.emission) < ROUNDING
    by_cell = never.transpose(1, 0, 2).reshape(len(evidence.categories), -1)
    names = [
        f"the label {show(label)} by rater {show(rater)}"
        for rater in evidence.raters
        for label in evidence.labels
    ]
    note_impossible(evidence, by_cell, names, "the stated error rates", problems)


def _note_untied(evidence: DistinctLabels, problems: Problems) -> None:
    """Note goals that neither a label, nor error rates, nor agents of known goal speak for."""
    labelled = evidence.reports.any(axis=1)
    gold = np.bincount(
        evidence.gold[labelled & (evidence.gold >= 0)], minlength=len(evidence.categories)
    )
    validated = evidence.validation.sum(axis=(0, 2))
    for goal, name in enumerate(evidence.categories):
        tied = evidence.own_label[goal] >= 0 or evidence.is_known.any()
        if not tied and not gold[goal] and not validated[goal]:
            problems.add(
                f"nothing ties the goal {show(name)} to what raters say: no label names it",
                where="labels",
                several="nothing ties {n} goals to what raters say: no label names them",
                value=show(name),
                valid="for each goal a label of the same name, known error rates, counts of a "
                "validation study, or labelled agents who are known to hold it",
                fix="state `emission`, `validation` or `gold`, or call a label by the goal in "
                "`codes`",
            )
