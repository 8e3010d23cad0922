"""A model of goals that a study names under [shares], beside the model whose table it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.registry import goals_model, is_of
from bayes_misalign.errors import Problems


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
            f"{named!r} needs goals that agents state, and [goals] has another model",
            where=where,
            valid=f'`model = "{reads}"` under [goals]',
            fix="leave [shares] out: other goals have independent populations",
        )
    for key in sorted(set(shares) & set(goals) - {"model"}):
        problems.add(
            f"{key} is stated under [goals] and under [shares]", where=where, fix="keep one"
        )
    found["goals"] = {**goals, **shares, "model": named}
    del found["shares"]
    return found
