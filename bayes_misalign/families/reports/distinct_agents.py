"""From what was reported of each agent to distinct patterns with their numbers of agents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.families.reports.agents import Agents
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray, compress

MOST_CELLS = 50_000_000  # numbers in a table of patterns; several copies of it must fit into memory


@dataclass(frozen=True, eq=False)
class Reports:
    """Things reported of agents, in any order."""

    agent: IntArray
    cell: IntArray
    times: Any


def to_patterns(
    agents: Agents, reports: Reports, cells: int, too_large: Callable[[int], None]
) -> tuple[dict[str, Any], IntArray] | None:
    """Return the patterns of reports, and the pattern of each agent.

    Notes
    -----
    Patterns are told apart by adding one report of every agent after the other to a number that
    stands for its pattern so far; no table of agents by things reported is ever made.
    """
    n = len(agents.population)
    agent, cell, times = _summed(reports, cells)
    told = np.bincount(agent, minlength=n)
    kept = ((told > 0) | (agents.gold != UNKNOWN)) & (agents.number > 0)
    key = _pattern_keys(agents, agent, cell, times, told)
    chance = agents.gold_probability
    if chance is None:
        first, of_kept = compress(key[kept])
    else:  # of agents of known goal; one number stands for all others
        apart = np.unique(np.nan_to_num(chance), return_inverse=True)[1]
        first, of_kept = compress(key[kept], apart[kept])
    who = np.flatnonzero(kept)
    pattern = np.full(n, -1, np.int64)
    pattern[who] = of_kept
    if len(first) * cells > MOST_CELLS:
        too_large(len(first))
        return None
    stands = np.zeros(n, dtype=bool)  # agents who stand for their pattern
    stands[who[first]] = True
    shown = stands[agent]
    table = np.zeros((len(first), cells), np.int64)
    table[pattern[agent[shown]], cell[shown]] = times[shown]

    def total(values: Any) -> Any:
        return np.bincount(of_kept, weights=values[kept], minlength=len(first))

    number, weight = agents.number, agents.weight
    fields = {
        "reports": table,
        "population": agents.population[who[first]],
        "gold": agents.gold[who[first]],
        "agents": total(number),
        "row_weight": total(number * weight),
        "row_weight_sq": total(number * weight**2),
        "weighted": agents.weighted,
        "gold_probability": None if chance is None else chance[who[first]],
        "zero_weights": int(number[kept & (weight == 0)].sum()),
    }
    return fields, pattern


def _summed(reports: Reports, cells: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return each agent's reports once, sorted by agent and thing reported.

    Of millions of reports every copy counts: numbers are small where they fit.
    """
    key = reports.agent * np.int64(cells)
    key += reports.cell
    order = np.argsort(key, kind="stable")
    key = key[order]
    new = np.flatnonzero(np.diff(key, prepend=-1))
    times = np.asarray(reports.times)[order]
    del order
    times = np.add.reduceat(times, new, dtype=np.float64) if new.size else np.zeros(0)
    if not (times > 0).all():
        new, times = new[times > 0], times[times > 0]
    key = key[new]
    agent, cell = np.divmod(key, cells)
    del key, new
    return _small(agent), _small(cell), _small(times.astype(np.int64))


def _small(numbers: IntArray) -> IntArray:
    """Return numbers in four bytes each, where they are not too large for it."""
    if numbers.max(initial=0) > np.iinfo(np.int32).max:
        return numbers
    return numbers.astype(np.int32)


def _pattern_keys(
    agents: Agents, agent: IntArray, cell: IntArray, times: IntArray, told: IntArray
) -> IntArray:
    token = cell
    if (times > 1).any():
        values, rank = np.unique(times, return_inverse=True)
        token = np.unique(cell * np.int64(len(values)) + rank, return_inverse=True)[1]
    tokens = int(token.max(initial=-1)) + 1
    key = agents.population * (int(agents.gold.max(initial=0)) + 2) + agents.gold + 1
    start = np.cumsum(told) - told
    free = int(key.max(initial=0)) + 1
    active = np.flatnonzero(told)
    step = 0
    while active.size:
        pair = key[active] * np.int64(tokens) + token[start[active] + step]
        key[active] = free + np.unique(pair, return_inverse=True)[1]
        free = int(key[active].max()) + 1
        step += 1
        active = active[told[active] > step]
    return key
