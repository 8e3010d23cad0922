"""Put the actions of a table, its agents and what is expected together, and check them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayes_misalign.families.reports.agents import Agents
from bayes_misalign.families.reports.clustered import design_of
from bayes_misalign.families.reports.distinct_agents import MOST_CELLS, Reports, to_patterns
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.impossible_reports import note_impossible
from bayes_misalign.families.reports.silent_populations import note_unknown_populations
from bayes_misalign.models.behaviour.action_cells import NO_ACTION, ActionCells, expected_cells
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.expected_actions import Expected
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.populations import settle_deff, settle_sizes
from bayes_misalign.reading.survey_notes import label_notes, sample_notes
from bayes_misalign.tables.labels import shown


@dataclass(frozen=True, eq=False)
class ActedCells:
    """Who took which action in each row."""

    cells: ActionCells
    agent: IntArray


def to_distinct_actions(
    coded: CodedTable,
    acted: ActedCells,
    agents: Agents,
    expected: Expected,
    categories: Sequence[str],
    gold_chosen: bool,
    size: int | Mapping[str, int] | None,
    deff: float | Mapping[str, float] | None = None,
) -> tuple[DistinctActions, IntArray] | None:
    """Return actions as evidence, and the row of it that each agent belongs to."""
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
    evidence = DistinctActions(
        categories=tuple(categories),
        populations=agents.populations,
        situations=cells.situations,
        actions=cells.actions,
        expected=expected_cells(cells, expected, len(categories)),
        gold_chosen=gold_chosen,
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
    never = np.nan_to_num(evidence.expected, nan=1.0) == 0
    note_impossible(evidence, never, cells.names, "the expected probabilities", problems)
    untied = _untied(evidence, coded, expected)
    if len(problems) > before:
        return None
    names = [action for of_one in cells.actions for action in of_one]
    remarks = (*sample_notes(evidence, "acted"), *_notes(evidence, untied))
    notes = (*coded.table.notes, *remarks, *label_notes(names, coded=False))
    evidence = replace(evidence, population_size=sizes, stated_deff=stated, notes=notes)
    return replace(evidence, design=design_of(evidence, agents, made[1])), made[1]


def _number(agents: Agents, agent: IntArray, times: FloatArray) -> FloatArray:
    """Return the sum of `times` by population of the agents."""
    place = agents.population[agent]
    return np.bincount(place, weights=times, minlength=len(agents.populations))


def _untied(evidence: DistinctActions, coded: CodedTable, expected: Expected) -> list[str]:
    """Return goals that nothing ties to actions, or note them if they could be swapped."""
    acted = evidence.reports.any(axis=1)
    known = evidence.gold[acted & (evidence.gold != UNKNOWN)]
    gold = np.bincount(known, minlength=len(evidence.categories))
    stated = ~np.isnan(evidence.expected).all(axis=1)
    untied = [
        name
        for name, n, is_stated in zip(evidence.categories, gold, stated, strict=True)
        if not n and not is_stated
    ]
    # One goal besides stated ones is what does not fit them; two could be renamed at will.
    if len(untied) > 1 or (untied and not expected):
        coded.problems.add(
            f"nothing ties actions to {shown(untied)}: no agent who acted is known to hold "
            f"{'it' if len(untied) == 1 else 'them'}, and no action is expected of "
            f"{'it' if len(untied) == 1 else 'them'}",
            where=coded.where("gold") if "gold" in coded.roles else "expected",
            valid="for every goal an agent who is known to hold it, or expected probabilities",
            fix="state `expected`, P(action | goal), for each of these goals",
        )
    return untied


def _notes(evidence: DistinctActions, untied: Sequence[str]) -> Iterator[str]:
    for name in untied:
        yield (
            f"Nothing is stated of the actions of the goal {shown([name])}; they are learned from "
            "agents whose actions fit no other goal."
        )
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
