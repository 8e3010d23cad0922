"""Reports of unnamed agents to tables, so that a study on them can be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.families.reports.gold_drawn import PROBABILITY
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL


def goal_words(goals: DistinctReports, area: ProblemArea) -> tuple[str, ...]:
    """Return the words for the goals: that for holding none is the first of the area's own."""
    return tuple(area.no_goal[0] if goal == NO_GOAL else goal for goal in goals.categories)


def agents_table(goals: DistinctReports) -> dict[str, Any]:
    """Return what a study file says of the agents, whatever is reported of them."""
    table: dict[str, Any] = {"model": goals.model, "agent": "agent", "population": "population"}
    table["populations"] = list(goals.populations)
    table |= stated_of_populations(goals)
    if (goals.gold != UNKNOWN).any():
        table |= {"gold": "gold", "gold_chosen": goals.gold_chosen}
        if goals.gold_random:
            table["gold_random"] = True
        if goals.gold_probability is not None:
            table[PROBABILITY] = PROBABILITY
    return table


def agent_columns(goals: DistinctReports) -> tuple[str, ...]:
    """Return the columns of what `named_agents` yields."""
    drawn = () if goals.gold_probability is None else (PROBABILITY,)
    return ("agent", "population", "gold", *drawn)


def named_agents(
    goals: DistinctReports, names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield a made-up name, population and known goal of every agent, and its pattern.

    And the probability to be drawn for that, where it is known.
    """
    number, chance = 0, goals.gold_probability
    for d, agents in enumerate(goals.agents.astype(int)):
        gold = "" if goals.gold[d] == UNKNOWN else names[goals.gold[d]]
        drawn = () if chance is None else (repr(float(chance[d])) if gold else "",)
        for _ in range(agents):
            number += 1
            yield (f"agent {number}", goals.populations[goals.population[d]], gold, *drawn), d
