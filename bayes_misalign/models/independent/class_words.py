"""In words, which goals the prior of shares takes as one."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import NO_GOAL

SHOWN = 12  # names of goals in one sentence
BRIEF = ", goals with the same known conflicts taken as one class"


def stand_ins(classes: GoalClasses) -> tuple[str, ...]:
    """Return as many categories as there are classes, "no goal" for those who stand apart."""
    goals = tuple(f"class {i + 1}" for i in range(len(classes.same)))
    return (*goals, NO_GOAL) if classes.apart else goals


def of_classes(classes: GoalClasses, formula: str) -> str:
    """Return the formula of the shares of goals, from that of the shares of classes."""
    within = "; within each class the same prior again" if classes.merged else ""
    return f"of the shares of {len(classes.groups)} classes of goals: {formula}{within}"


def what_is_merged(classes: GoalClasses) -> str:
    """Return which goals are taken as one, and why."""
    found = [
        f"Goals {_enumerated(group)} have the same conflicts: one level with each other goal, "
        "known, and none among themselves."
        for group in classes.same
        if len(group) > 1
    ]
    free = [goal for goal in classes.apart if goal != NO_GOAL]
    if free:
        beside = " with the agents who hold no goal" if NO_GOAL in classes.apart else ""
        found.append(
            f"Goals {_enumerated(free)} conflict with nothing and stand apart{beside}."
            if len(free) > 1
            else f"Goal {named(free[0])} conflicts with nothing and stands apart{beside}."
        )
    again = ", and again within each of them" if classes.merged else ""
    found.append(
        "P(ma) depends on the shares of such classes alone, so the prior is put on these" + again
    )
    return " ".join(found) + "."


def _enumerated(goals: Sequence[str]) -> str:
    names = [named(goal) for goal in goals]
    if len(names) > SHOWN:
        return ", ".join(names[:SHOWN]) + f" and {len(names) - SHOWN} more"
    return ", ".join(names[:-1]) + f" and {names[-1]}"
