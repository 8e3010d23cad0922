"""Stated payoffs of actions for each goal, or features of actions with a weight for each goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.actions.stated_numbers import Stated, StatedNumbers
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.reports.label_lists import GoalLists, note_no_such
from bayes_misalign.reading.nested_tables import depth_of
from bayes_misalign.reading.parse_numbers import noted, parse_number
from bayes_misalign.tables.labels import show, shown

_Features = dict[str | None, dict[str, dict[str, float]]]


def parse_payoff(cell: object, name: str) -> float:
    """Return a finite number."""
    return parse_number(cell, name, "a finite number")


class StatedPayoffs(StatedNumbers):
    """Payoffs of actions, growing while they are read."""

    key: ClassVar[str] = "payoffs"
    number: ClassVar[str] = "payoff"
    what: ClassVar[str] = "payoffs"
    fix: ClassVar[str] = 'write it as in `payoffs = {"keep" = {"half" = 5, "nothing" = 10}}`'
    parse = staticmethod(parse_payoff)


def weighted_features(features: Any, weights: Any, goals: GoalLists, problems: Problems) -> Stated:
    """Return payoffs that are sums of features of actions, times the weights of each goal."""
    before = len(problems)
    found = _features(features, problems)
    names = list(dict.fromkeys(f for of in found.values() for row in of.values() for f in row))
    stated = _weights(weights, names, goals, problems)
    if len(problems) > before:
        return {}
    return {
        situation: {
            goal: {
                action: float(sum(x * weight.get(feature, 0.0) for feature, x in row.items()))
                for action, row in of_actions.items()
            }
            for goal, weight in stated.items()
        }
        for situation, of_actions in found.items()
    }


def _features(features: Any, problems: Problems) -> _Features:
    depth = depth_of(features)
    if depth not in (2, 3):
        problems.add(
            "features is not a table of numbers by action and feature",
            where="features",
            valid="a number of each feature for each action, or such a table for each situation by "
            "name",
            fix='write it as in `features = {"half" = {"own" = 5, "other" = 5}}`',
        )
        return {}
    by_situation: Mapping[Any, Any] = features if depth == 3 else {None: features}
    names = list(
        dict.fromkeys(str(f) for of in by_situation.values() for row in of.values() for f in row)
    )
    found: _Features = {}
    for situation, of_actions in by_situation.items():
        place = "features" if situation is None else f"features, situation {show(str(situation))}"
        own = found.setdefault(None if situation is None else str(situation), {})
        for action, row in of_actions.items():
            at = f"{place}, action {show(str(action))}"
            own[str(action)] = _numbers(row, "value", at, "feature", problems)
            if missing := [name for name in names if name not in own[str(action)]]:
                problems.add(
                    f"there is no value of {shown(missing)}",
                    where=at,
                    valid="a value of every feature for every action",
                    fix="state 0 where an action has nothing of a feature",
                )
    return found


def _weights(
    weights: Any, features: list[str], goals: GoalLists, problems: Problems
) -> dict[int, dict[str, float]]:
    if depth_of(weights) != 2:
        problems.add(
            "weights is not a table of numbers by goal and feature",
            where="weights",
            valid="the weight of each feature for each goal",
            fix='write it as in `weights = {"keep" = {"own" = 1}, "share" = {"own" = 1, '
            '"other" = 1}}`',
        )
        return {}
    found: dict[int, dict[str, float]] = {}
    for name, row in weights.items():
        goal = goals.stated(name, "weights", problems)
        at = f"weights, goal {show(str(name))}"
        if goal in found and goal != UNKNOWN:
            problems.add("the goal is there twice", where=at)
        found[goal] = _numbers(row, "weight", at, "feature", problems)
        for feature in found[goal]:
            if feature not in features:
                note_no_such("feature", feature, features, at, problems)
    found.pop(UNKNOWN, None)
    return found


def _numbers(
    row: Mapping[Any, Any], name: str, where: str, key: str, problems: Problems
) -> dict[str, float]:
    read = {
        str(label): noted(parse_payoff, cell, name, f"{where}, {key} {show(str(label))}", problems)
        for label, cell in row.items()
    }
    return {label: np.nan if x is None else x for label, x in read.items()}
