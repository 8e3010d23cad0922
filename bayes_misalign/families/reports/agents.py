"""What the rows of a table say of each agent: its population, its weight, and perhaps its goal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.families.reports.gold_drawn import PROBABILITY, chance_column, chances
from bayes_misalign.families.reports.label_lists import GoalLists
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.parse_numbers import noted, parse_weight
from bayes_misalign.reading.populations import settle_populations
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.labels import show


@dataclass(frozen=True, eq=False)
class Agents:
    """Agents of a table, or groups of agents who have everything in common."""

    populations: tuple[str, ...]
    population: IntArray
    gold: IntArray
    weight: FloatArray
    number: FloatArray
    weighted: bool
    cluster: IntArray | None = None
    gold_probability: FloatArray | None = None


def shared_columns(goals: GoalLists) -> tuple[Column, ...]:
    """Return the columns that say who an agent is, whatever was reported of it."""
    return (
        Column(
            "gold",
            "goals",
            MOST_UNKNOWN_LABELS,
            goals.is_known,
            what="known goal",
            keeps=goals.is_listed,
        ),
        population_column(),
        number_column("weight", needed=False),  # may be missing where the row says nothing else
        chance_column(),
        id_column(
            "cluster", valid="the cluster of every agent, such as the household, class or prompt"
        ),
    )


def settle_agents(
    coded: CodedTable,
    agent: IntArray,
    gold: NDArray[Any],
    counts: NDArray[np.bool_],
    asked: Sequence[str] | None,
    goals: Sequence[str],
    gold_where: str,
) -> Agents | None:
    """Return the agents of a table, each of them once."""
    n = int(agent.max()) + 1 if agent.size else 0
    names, of_row = _populations(coded, asked)
    first, twice = one_each(agent, of_row, of_row != UNKNOWN, n)
    population = np.where(first >= 0, of_row[first], UNKNOWN)
    if "population" in coded.roles:
        _note_pairs(
            coded,
            twice,
            "say that the same agent is in two populations",
            lambda row: show(names[of_row[row]]),
            coded.where("population"),
            "one population for each agent",
            "correct one of the rows; where populations are waves of one panel, give an agent "
            "another id in each wave (contrasts then take the waves as samples of different "
            "agents, and their intervals are too wide)",
        )
    first, twice = one_each(agent, gold, gold != UNKNOWN, n)
    known = np.where(first >= 0, gold[first], UNKNOWN).astype(np.int64)
    _note_pairs(
        coded,
        twice,
        "give the same agent two goals as known",
        lambda row: show(goals[gold[row]]),
        gold_where,
        "one known goal for each agent, or none",
    )
    weight, cluster = _weights(coded, agent, counts, n), _clusters(coded, agent, n)
    drawn = _chances(coded, agent, known, n)
    if not names or (population == UNKNOWN).any():
        return None
    weighted = "weight" in coded.roles
    population = population.astype(np.int64)
    return Agents(names, population, known, weight, np.ones(n), weighted, cluster, drawn)


def one_each(
    agent: IntArray, values: NDArray[Any], stated: NDArray[np.bool_], n: int
) -> tuple[IntArray, list[tuple[int, int]]]:
    """Return the first row that states a value of each agent, and the rows that contradict it."""
    rows = np.flatnonzero(stated)
    first = np.full(n, -1, np.int64)
    first[agent[rows[::-1]]] = rows[::-1]  # of equal places the last value stays
    differs = rows[values[rows] != values[first[agent[rows]]]]
    return first, [(int(first[agent[row]]), int(row)) for row in differs]


def _note_pairs(
    coded: CodedTable,
    pairs: Sequence[tuple[int, int]],
    what: str,
    value: Callable[[int], str],
    where: str,
    valid: str,
    fix: str = "correct one of the rows",
) -> None:
    for one, other in pairs:
        coded.problems.add(
            f"rows {coded.table.row(coded.rows[one])} and {coded.table.row(coded.rows[other])} "
            f"{what}, "
            f"{value(one)} and {value(other)}",
            where=where,
            several=f"{{n}} pairs of rows {what}",
            value=f"rows {coded.table.row(coded.rows[one])} and "
            f"{coded.table.row(coded.rows[other])}, {value(one)} and {value(other)}",
            valid=valid,
            fix=fix,
        )


def _populations(
    coded: CodedTable, asked: Sequence[str] | None
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    column = coded.columns.get("population")
    if column is None:
        return (EVERYONE,), np.zeros(len(coded.rows), np.int32)
    where, problems = coded.where("population"), coded.problems
    found = [name for name in column.numbers if name.strip()]
    names = settle_populations(found, asked, where, problems)
    place = {name: i for i, name in enumerate(names)}
    return names, column.translated(lambda text: place.get(text, UNKNOWN))


def _clusters(coded: CodedTable, agent: IntArray, n: int) -> IntArray | None:
    """Return the cluster of each agent; None where the study names no clusters."""
    if "cluster" not in coded.roles:
        return None
    ids = coded.digests.pop("cluster")
    cluster = ids.numbers()
    first, twice = one_each(agent, cluster, ids.told, n)
    _note_pairs(
        coded,
        twice,
        "say that the same agent is in two clusters",
        lambda row: f"number {cluster[row] + 1}",
        coded.where("cluster"),
        "one cluster for each agent",
        "correct one of the rows; a cluster is what several agents have in common",
    )
    return np.where(first >= 0, cluster[first], UNKNOWN)


def _chances(coded: CodedTable, agent: IntArray, known: IntArray, n: int) -> FloatArray | None:
    """Return how likely each agent of known goal was to be drawn; None where no column says so."""
    if PROBABILITY not in coded.roles:
        return None
    values = coded.values[PROBABILITY]
    first, twice = one_each(agent, values, ~np.isnan(values), n)
    _note_pairs(
        coded,
        twice,
        "give the same agent two probabilities to be drawn",
        lambda row: f"{values[row]:g}",
        coded.where(PROBABILITY),
        "one probability for each agent",
    )
    return chances(coded, agent, known, first)


def _weights(coded: CodedTable, agent: IntArray, counts: NDArray[np.bool_], n: int) -> FloatArray:
    if "weight" not in coded.roles:
        return np.ones(n)
    weight, problems = coded.values["weight"], coded.problems
    blank = np.isnan(weight)
    for row in coded.rows[blank & counts]:
        place = coded.table.where(int(row), coded.roles["weight"])
        noted(parse_weight, "", "weight", place, problems)
    first, twice = one_each(agent, weight, ~blank, n)
    _note_pairs(
        coded,
        twice,
        "give the same agent two weights",
        lambda row: f"{weight[row]:g}",
        coded.where("weight"),
        "one weight for each agent",
    )
    return np.where(first >= 0, weight[first], 0.0)
