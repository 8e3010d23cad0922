"""What a column of the table of goals says of each population, where a model of shares asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import Problems
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.said_of_populations import said_of_populations
from bayes_misalign.study.checks import attempt


def with_column(
    goal_prior: Any, declared: Any, goals: GoalEvidence, base: Any, problems: Problems
) -> Any:
    """Return priors of goals that know what a column says of each population; None if it cannot.

    Priors that ask for no column are what they were.
    """
    if goal_prior is None:
        return None
    model = goals_model(goals.model)
    shares = model.shares_prior(goal_prior)
    column = None if shares is None else shares_of(shares).column(shares)
    if column is None:
        return goal_prior
    said: Mapping[str, str] | None
    said = said_of_populations(declared, column, goals.populations, problems, base)
    if said is None:
        return None
    related = shares_of(shares)
    told = attempt(problems, "[shares]", lambda found: related.with_column(shares, found), said)
    return None if told is None else model.with_shares_prior(goal_prior, told)
