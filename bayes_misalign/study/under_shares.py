"""A model of goals that a study names under [shares], beside the model whose table it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.registry import goals_model, is_of, names_of
from bayes_misalign.errors import Problems, listed
from bayes_misalign.reading.typed_fields import shown_value


def in_one_table(table: Mapping[str, Any], file: str, problems: Problems) -> dict[str, Any]:
    """Return the tables of a study, what [shares] says put into [goals] where it belongs there.

    Some models of how goals hang together need more of the table of answers than its populations.
    They are models of goals, and read that table themselves; a study may name them under either.
    """
    found, shares, goals = dict(table), table.get("shares"), table.get("goals")
    if not isinstance(shares, Mapping) or not isinstance(goals, Mapping):
        return found
    named = shares.get("model")
    if not isinstance(named, str) or not is_of(named, "goals"):
        return found
    reads, where = goals_model(named).reads_table_of, f"{file}, [shares]"
    if not reads:
        problems.add(
            f"{named!r} is a model of goals, not of shares",
            where=where,
            fix="name it under [goals]",
        )
        del found["shares"]  # of which nothing else is to be said
        return found
    if goals.get("model") not in (reads, named):
        problems.add(
            f"{named!r} needs goals that agents state, and [goals] is {shown_value(goals['model'])}"
            if "model" in goals
            else f"{named!r} needs goals that agents state, and [goals] names no model",
            where=where,
            valid=f'`model = "{reads}"` under [goals]; beside other goals one of '
            f"{listed(names_of('shares'))}",
            fix="name the covariates as `population` under [goals], and state as `shares` under "
            "[populations] what part of all each of their combinations is; another model of shares "
            "may let the combinations borrow from each other",
        )
        del found["shares"]
        return found
    for key in sorted(set(shares) & set(goals) - {"model"}):
        problems.add(
            f"{key} is stated under [goals] and under [shares]", where=where, fix="keep one"
        )
    found["goals"] = {**goals, **shares, "model": named}
    del found["shares"]
    return found
