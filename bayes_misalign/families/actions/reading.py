"""Put the actions of a table and its agents together, and check them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.actions.action_cells import NO_ACTION, ActionCells
from bayes_misalign.families.reports.agents import Agents
from bayes_misalign.families.reports.clustered import design_of
from bayes_misalign.families.reports.distinct_agents import MOST_CELLS, Reports, to_patterns
from bayes_misalign.families.reports.distinct_reports import IntArray
from bayes_misalign.families.reports.silent_populations import note_unknown_populations
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.populations import settle_deff, settle_sizes
from bayes_misalign.reading.survey_notes import label_notes, sample_notes
from bayes_misalign.tables.labels import shown

Sizes = int | Mapping[str, int] | None
Deffs = float | Mapping[str, float] | None


@dataclass(frozen=True, eq=False)
class ActedCells:
    """Who took which action in each row."""

    cells: ActionCells
    agent: IntArray


def to_acted[E: ActedReports](
    coded: CodedTable,
    acted: ActedCells,
    agents: Agents,
    make: Callable[..., E],
    remarks: Callable[[E], Iterable[str]],
    size: Sizes,
    deff: Deffs,
) -> tuple[E, IntArray] | None:
    """Return actions as evidence, and the row of it that each agent belongs to.

    `make` takes fields of the evidence; `remarks` notes what is wrong with it, or returns what a
    reader should know.
    """
    problems, cells, source = coded.problems, acted.cells, coded.table.source
    before, seen = len(problems), cells.cell != NO_ACTION
    times = coded.values.get("count", np.ones(len(coded.rows)))
    reports = Reports(acted.agent[seen], cells.cell[seen], times[seen])

    def too_large(patterns: int) -> None:
        problems.add(
            f"{patterns:,} different patterns of {len(cells.names):,} actions in "
            f"{len(cells.situations):,} situations do not fit into memory",
            where=source,
            valid=f"at most {MOST_CELLS:,} as the product of patterns and actions",
            fix="merge situations or actions that mean the same",
        )

    made = to_patterns(agents, reports, len(cells.names), too_large)
    if made is None:
        return None
    evidence = make(
        populations=agents.populations,
        situations=cells.situations,
        actions=cells.actions,
        not_asked=_number(agents, acted.agent[~seen], times[~seen]),
        source=source,
        **made[0],
    )
    sizes = settle_sizes(size, evidence.populations, evidence.n, problems)
    stated = settle_deff(deff, evidence.populations, problems)
    if not evidence.reports.any():
        problems.add("no agent took any action", where=source, valid="at least one action")
        return None
    note_unknown_populations(evidence, coded, "took any action")
    own = tuple(remarks(evidence))
    if len(problems) > before:
        return None
    names = [action for of_one in cells.actions for action in of_one]
    told = (*sample_notes(evidence, "acted"), *own, *_notes(evidence))
    notes = (*coded.table.notes, *told, *label_notes(names, coded=False))
    changes: dict[str, Any] = {"population_size": sizes, "stated_deff": stated, "notes": notes}
    evidence = replace(evidence, **changes)
    return replace(evidence, design=design_of(evidence, agents, made[1])), made[1]


def _number(agents: Agents, agent: IntArray, times: FloatArray) -> FloatArray:
    """Return the sum of `times` by population of the agents."""
    place = agents.population[agent]
    return np.bincount(place, weights=times, minlength=len(agents.populations))


def _notes(evidence: ActedReports) -> Iterator[str]:
    single = [
        situation
        for situation, names in zip(evidence.situations, evidence.actions, strict=True)
        if len(names) == 1
    ]
    if single:
        yield f"There is only one action in {shown(single)}, which says nothing about goals."
    number = evidence.per_situation(evidence.reports.sum(axis=0).astype(float))
    silent = [name for name, n in zip(evidence.situations, number, strict=True) if not n]
    if silent:
        yield f"Nobody acted in {shown(silent)}."
