"""How agents whose goal is known were drawn: at random, or with stated probabilities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, IntArray
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import number_column
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.parse_numbers import NotANumber, parse_probability

PROBABILITY = "gold_probability"
NOT_DRAWN = "leave the known goal out of agents who could not be drawn, or correct the probability"


def parse_chance(cell: object, name: str = PROBABILITY) -> float:
    """Return the probability with which an agent was drawn."""
    found = parse_probability(cell, name)
    if found == 0:
        raise NotANumber(f"the {name} is 0", "a number above 0 and at most 1", NOT_DRAWN)
    return found


chance_column = partial(
    number_column, PROBABILITY, needed=False, parse=parse_chance, what="probability to be drawn"
)


def chances(coded: CodedTable, agent: IntArray, gold: IntArray, first: IntArray) -> FloatArray:
    """Return the probability of each agent of known goal to be drawn, else NaN, (agent,).

    `gold` is the known goal of each agent, and `first` the first row that states a probability.
    """
    values = coded.values[PROBABILITY]
    found = np.where(first >= 0, values[first], np.nan)
    without = np.flatnonzero((gold != UNKNOWN) & np.isnan(found))
    if len(without):
        row = int(np.flatnonzero(agent == without[0])[0])
        coded.problems.add(
            "the probability to be drawn is empty for "
            + ("an agent" if len(without) == 1 else f"{len(without):,} agents")
            + " of known goal",
            where=coded.table.where(int(coded.rows[row]), coded.roles[PROBABILITY]),
            valid="a probability above 0 and at most 1 of every agent whose goal is known",
            fix="fill in the probability with which each of them was drawn",
        )
    return np.where(gold == UNKNOWN, np.nan, found)


def gold_drawn_stated(declared: Any) -> Iterable[Contradiction]:
    """Return what is stated of how agents of known goal were drawn and does not go together."""
    named = [name for name in ("gold", "gold_data", "gold_rater") if getattr(declared, name, None)]
    drawn = [name for name in ("gold_random", PROBABILITY) if getattr(declared, name)]
    yield (
        bool(drawn) and not named,
        f"{' and '.join(drawn)} {'are' if len(drawn) > 1 else 'is'} stated, but no goal is known",
        "the column gold too, or gold_data",
    )
    yield (
        len(drawn) == 2,
        f"gold_random and {PROBABILITY} are both stated",
        f"gold_random where all agents were as likely to be drawn, {PROBABILITY} where not",
    )
    yield (
        declared.gold_random and declared.gold_chosen,
        "gold_random and gold_chosen are both stated",
        "gold_random where agents of known goal are a random subset, gold_chosen where they were "
        "chosen by that goal",
    )
