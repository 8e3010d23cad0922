"""Simulated agents whose goals are drawn, and hidden again behind what is reported of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports, compress
from bayes_misalign.families.reports.few_reports import report_columns

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Agents:
    """Simulated agents: the row of the design that each stands in, and the goal that it holds."""

    row: NDArray[np.intp]
    goal: NDArray[np.intp]

    def patterns[E: DistinctReports](
        self, design: E, reports: NDArray[np.int64]
    ) -> tuple[E, NDArray[np.intp]]:
        """Return the unweighted design with these reports, and the row of each agent."""
        first, pattern = compress(*self._known(design), reports)
        return self._with(design, first, pattern, reports[first]), pattern

    def patterns_of_few[E: DistinctReports](
        self, design: E, listed: tuple[NDArray[Any], NDArray[Any], Array]
    ) -> tuple[E, NDArray[np.intp]]:
        """Return the same from a list of reports by agents: agent, thing reported, and number."""
        first, pattern = compress(*self._known(design), report_columns(len(self.row), *listed))
        place = np.full(len(self.row), -1, np.int64)
        place[first] = np.arange(len(first))
        stands = place[listed[0]] >= 0
        agent, cell, times = (x[stands] for x in listed)
        row = place[agent]
        table = np.zeros((len(first), design.cells), np.int64)
        table[row, cell] = times
        evidence = self._with(design, first, pattern, table)
        evidence.__dict__["given"] = row, cell, times  # which need not be looked for again
        return evidence, pattern

    def _known(self, design: DistinctReports) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the population of each agent, and its goal if that is known."""
        known = design.gold[self.row] != UNKNOWN
        return design.population[self.row], np.where(known, self.goal, UNKNOWN)

    def _with[E: DistinctReports](
        self, design: E, first: NDArray[Any], pattern: NDArray[Any], reports: NDArray[np.int64]
    ) -> E:
        population, gold = self._known(design)
        agents = np.bincount(pattern, minlength=len(first)).astype(float)
        return replace(
            design,
            reports=reports,
            population=population[first],
            gold=gold[first],
            agents=agents,
            row_weight=agents,
            row_weight_sq=agents,
            weighted=False,
            stated_deff=None,
            design=None,
            not_answers={},
            not_asked=np.zeros(len(design.populations)),
            zero_weights=0,
            notes=("simulated data",),
            source="simulated",
        )


def draw_agents(shares: Array, design: DistinctReports, rng: np.random.Generator) -> Agents:
    """Return as many agents as the design has, with goals drawn from the shares (S, K).

    Agents who were chosen by their goal keep it.
    """
    row = np.repeat(np.arange(len(design.agents)), design.agents.astype(np.int64))
    cumulative = np.cumsum(shares, axis=1)[design.population[row]]
    point = rng.random(len(row)) * cumulative[:, -1]
    goal = (point[:, None] >= cumulative).sum(axis=1)
    goal = np.minimum(goal, shares.shape[1] - 1)
    chosen = design.informs_shares[row] == 0
    return Agents(row, np.where(chosen, design.gold[row], goal))


def sized[E: DistinctReports](
    design: E, agents: int | NDArray[np.int64], rng: np.random.Generator
) -> E:
    """Return the design with another number of agents in each population.

    Its rows are drawn anew, each as often as its agents make likely.
    """
    number = np.zeros(len(design.agents))
    wanted = np.broadcast_to(agents, len(design.populations))
    for s in range(len(design.populations)):
        rows = design.population == s
        if rows.any() and design.agents[rows].sum() > 0:
            part = design.agents[rows] / design.agents[rows].sum()
            number[rows] = rng.multinomial(wanted[s], part)
    return replace(
        design,
        agents=number,
        row_weight=number,
        row_weight_sq=number,
        weighted=False,
        stated_deff=None,
        design=None,
        population_size=None,
    )
