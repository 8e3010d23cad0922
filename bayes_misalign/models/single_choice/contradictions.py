"""What a declaration of answers must not state together, or alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.declared_design import design_contradictions
from bayes_misalign.reading.wide_columns import tells_population


def contradictions_of(declared: Any, roles: Iterable[str]) -> Iterable[Contradiction]:
    """Return columns that do not go together; `roles` are the fields that name one."""
    columns = [name for name in (*roles, "columns", "data") if getattr(declared, name) is not None]
    return (
        (
            declared.counts is not None and bool(columns),
            f"counts and {', '.join(columns)} are both stated",
            "`counts = { a = 480, b = 20 }` alone, or data with the names of its columns",
        ),
        (
            declared.counts is None and declared.data is None,
            "neither data nor counts is stated",
            "data, a table, or `counts = { a = 480, b = 20 }`",
        ),
        (
            declared.data is not None and declared.goal is None and declared.columns is None,
            "the key 'goal' is missing",
            'the column of the answers, as in `goal = "vote"`',
            "state `goal`; where each answer has a column of counts, `columns = "
            '{ "votes_left" = "Left", "votes_right" = "Right" }`',
        ),
        (
            declared.columns is not None and declared.goal is not None,
            "columns and goal are both stated",
            "columns where the table has columns side by side, goal where it has a row for "
            "each answer",
        ),
        (
            declared.population is not None and tells_population(declared.columns),
            "population is stated, and the names of the columns tell it",
            "one of the two",
        ),
        (
            (declared.weight_sum is None) != (declared.weight_sq_sum is None),
            "only one of weight_sum and weight_sq_sum is stated",
            "both; without the squares the effective sample size is not known",
        ),
        (
            declared.weight_sum is not None and declared.count is None,
            "weight_sum is stated without count",
            'the column of the number of agents too, as in `count = "n"`',
        ),
        (
            declared.weight_sum is not None and declared.weight is not None,
            "weight and weight_sum are both stated",
            "weight for one weight a row, weight_sum for sums of weights",
        ),
        (
            None not in (declared.respondent, declared.count) and declared.population is None,
            "respondent and count are both stated",
            "respondent where a row is one agent, count where it is several",
        ),
        (
            declared.weight_alike is None
            and None not in (declared.respondent, declared.count)
            and (declared.weight or declared.weight_sum) is not None,
            "respondent, count and weights are stated without weight_alike",
            "respondent where a row is one agent; else the column of the cosine of the weights "
            "of a group of agents in two populations too",
        ),
        *design_contradictions(declared),
        (
            declared.weight_alike is not None and None in (declared.respondent, declared.count),
            "weight_alike is stated without respondent and count",
            "weight_alike where rows are groups of agents with an id for each group",
        ),
    )
