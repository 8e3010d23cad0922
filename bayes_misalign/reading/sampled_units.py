"""Sums of weights by sampled unit, population and goal: all that the variance of a sample needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.tables.labels import show


@dataclass(frozen=True, eq=False)
class Units:
    """Sampled units by distinct row: sums of weights of each unit in each row that it is in."""

    unit: IntArray  # of each entry
    row: IntArray  # distinct row of each entry
    weight: FloatArray
    stratum: IntArray  # of each unit; of one of the second stage, the unit that it is in


def units_of(found: DistinctRows, stratum: IntArray, *, nest: bool) -> Units:
    """Return the clusters of a table, or note those that are in two strata."""
    row, weight, rows = _rows_of(found)
    cluster, own = _ids(found, "cluster"), stratum[row]
    kept = (cluster >= 0) & (own >= 0)
    if not nest:
        _note_in_two_strata(found, cluster[kept], own[kept], rows[kept])
    key = cluster * (int(stratum.max(initial=0)) + 1) + own if nest else cluster
    return _entries(found, key[kept], own[kept], row[kept], weight[kept])


def subunits_of(found: DistinctRows, stratum: IntArray, *, nest: bool) -> Units:
    """Return what was sampled in each cluster, which is told anew by every cluster."""
    row, weight, _ = _rows_of(found)
    cluster, second, own = _ids(found, "cluster"), _ids(found, "cluster2"), stratum[row]
    kept = (cluster >= 0) & (own >= 0) & (second >= 0)
    key = cluster * (int(stratum.max(initial=0)) + 1) + own if nest else cluster
    there = (cluster >= 0) & (own >= 0)  # as `units_of` numbers them
    unit = np.searchsorted(np.unique(key[there]), key[kept])
    both = unit * np.int64(second.max(initial=0) + 1) + second[kept]
    return _entries(found, both, unit, row[kept], weight[kept])


def _rows_of(found: DistinctRows) -> tuple[IntArray, FloatArray, IntArray]:
    """Return the distinct row, weight and number of each row whose cluster is told."""
    if found.lazy is not None:
        weight = found.sum("weight_sum" if is_weighted(found) else "n")
        return np.arange(len(found)), weight, np.array(found.first, np.int64)
    rows = found.digests["cluster"].rows
    return found.rows.group.astype(np.int64), _weight_of_rows(found), rows


def _ids(found: DistinctRows, role: str) -> IntArray:
    """Return the number of the id of each row, -1 where it says none."""
    if found.lazy is not None:
        return np.array(found.named(role)[1], np.int64)
    numbers, told = found.ids(role)
    return np.where(told, numbers, -1)


def _entries(
    found: DistinctRows, key: IntArray, own: IntArray, row: IntArray, weight: FloatArray
) -> Units:
    """Return units by their key, with one entry for each unit and distinct row."""
    values, unit = np.unique(key, return_inverse=True)
    of_unit = np.zeros(len(values), np.int64)
    of_unit[unit] = own
    at = np.int64(max(len(found), 1))
    entries, place = np.unique(unit * at + row, return_inverse=True)
    # sums in the order of the rows
    total = np.bincount(place, weights=weight, minlength=len(entries))
    return Units(entries // at, entries % at, total, of_unit)


def is_weighted(found: DistinctRows) -> bool:
    """Tell whether answers have weights."""
    return "weight" in found.roles or "weight_sum" in found.roles


def who_count(agents: FloatArray, weightless: FloatArray, weight: FloatArray) -> FloatArray:
    """Return agents (S, K) without those of weight 0, who are no part of a sample.

    A population in which nobody has a weight, which is refused, keeps its own.
    """
    some = weight.sum(axis=1, keepdims=True) > 0
    return np.asarray(np.where(some, agents - weightless, agents))


def _weight_of_rows(found: DistinctRows) -> FloatArray:
    rows, times = found.rows, found.rows.number("count")
    if (total := rows.number("weight_sum")) is not None:
        return total
    alike = np.ones(len(rows.group)) if times is None else times
    weight = rows.number("weight")
    return alike if weight is None else alike * weight


def _note_in_two_strata(
    found: DistinctRows, cluster: IntArray, stratum: IntArray, rows: IntArray
) -> None:
    """Note clusters that are in more than one stratum."""
    first = np.full(int(cluster.max(initial=-1)) + 1, -1, np.int64)
    at = np.arange(len(cluster))
    first[cluster[::-1]] = at[::-1]
    differs = np.flatnonzero(stratum != stratum[first[cluster]])
    if not len(differs):
        return
    several, again = np.unique(cluster[differs], return_index=True)
    names, _ = found.named("strata")
    row, other = rows[first[several[0]]], rows[differs[again[0]]]
    both = [names[stratum[first[several[0]]]], names[stratum[differs[again[0]]]]]
    where = f"rows {found.table.row(row)} and {found.table.row(other)}: " if row else ""
    found.problems.add(
        f"{where}a cluster is in two strata, {show(both[0])} and {show(both[1])}",
        where=found.where("cluster"),
        several="{n} clusters are in two strata or more",
        number=len(several),
        valid="each cluster in one stratum",
        fix="where every stratum numbers its clusters anew, state `nest = true`; else correct the "
        "rows",
    )


@dataclass(frozen=True, eq=False)
class UnitSums:
    """Sums of the sampled units of each population: unit by goal, or stratum by goal."""

    totals: list[FloatArray]
    squares: list[FloatArray] | None
    stratum: list[IntArray]  # of each row of the totals
    clusters: FloatArray
    shared: bool = False
    units: list[IntArray] = field(default_factory=list)  # number of the unit of each row


def of_clusters(
    units: Units,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: tuple[int, int],
) -> UnitSums:
    """Return sums of clusters by population, cluster and goal; those of weight 0 do not count."""
    answers = category[units.row] >= 0
    row, weight, unit = units.row[answers], units.weight[answers], units.unit[answers]
    of = population[row]
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(shape[0] + 1))
    totals, strata, number, clusters, seen = [], [], [], np.zeros(shape[0]), 0
    for s in range(shape[0]):
        own = order[ends[s] : ends[s + 1]]
        there, place = np.unique(unit[own], return_inverse=True)
        total = np.zeros((len(there), shape[1]))
        np.add.at(total, (place, category[row[own]]), weight[own])
        counts = total.sum(axis=1) > 0  # as R's survey, which takes out what has no weight
        totals.append(total[counts])
        strata.append(units.stratum[there[counts]])
        number.append(there[counts])
        clusters[s] = counts.sum()
        seen += len(there)
    return UnitSums(totals, None, strata, clusters, seen > len(np.unique(unit)), number)


def of_agents(
    found: DistinctRows,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: tuple[int, int],
    stratum: IntArray,
) -> UnitSums:
    """Return sums of agents, each of them sampled apart, by population, stratum and goal."""
    weighted = is_weighted(found)
    sums = [
        found.sum(role) for role in (("weight_sum", "weight_sq_sum") if weighted else ("n", "n"))
    ]
    n = found.sum("n") - (found.sum("zero_weights") if weighted else 0)
    totals, squares, strata, agents = [], [], [], np.zeros(shape[0])
    kept = (category >= 0) & (stratum >= 0)
    for s in range(shape[0]):
        own = np.flatnonzero(kept & (population == s))
        there, place = np.unique(stratum[own], return_inverse=True)
        both = []
        for values in sums:
            total = np.zeros((len(there), shape[1]))
            np.add.at(total, (place, category[own]), values[own])
            both.append(total)
        totals.append(both[0])
        squares.append(both[1])
        strata.append(there)
        agents[s] = n[own].sum()
    return UnitSums(totals, squares, strata, agents)
