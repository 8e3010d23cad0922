"""A column for each goal, whose cells say whether an agent holds it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import show, shown, twin_key

GOAL = "{goal}"
TICKED = frozenset(
    {"1", "x", "✓", "✔", "yes", "true", "y", "t", "ja", "oui", "si", "sí", "selected", "checked"}
    | {"ticked", "quoted", "mentioned", "genannt", "wahr"}
)
UNTICKED = frozenset(
    {"0", "no", "false", "n", "f", "nein", "non", "not selected", "unselected", "unchecked"}
    | {"not checked", "unticked", "not ticked", "not quoted", "not mentioned", "nicht genannt"}
    | {"falsch"}
)


@dataclass(frozen=True)
class Options:
    """Columns of a table by the label that each is about, and what their cells mean.

    Parameters
    ----------
    labels : dict of str to str
        The label of each column.
    ticked, unticked : frozenset of str
        Texts that a study states, as `twin_key` has them; empty where it states none.
    """

    labels: Mapping[str, str]
    ticked: frozenset[str] = frozenset()
    unticked: frozenset[str] = frozenset()

    def roles(self) -> dict[str, str]:
        """Return the columns by their roles."""
        return {role_of(i): name for i, name in enumerate(self.labels)}

    def is_ticked(self, text: str, label: str) -> bool | None:
        """Tell what a cell that is not empty says; None where nobody knows."""
        key = twin_key(same_code(text.strip()))
        if key in self.ticked:
            return True
        if key in self.unticked:
            return False
        if not self.ticked and (key in TICKED or key == twin_key(label)):
            return True
        return False if not self.unticked and key in UNTICKED else None


def role_of(number: int) -> str:
    """Return the role of a column of ticks."""
    return f"option {number + 1}"


def settle_options(
    declared: Any, header: Sequence[str], lists: AnswerLists, problems: Problems
) -> Options | None:
    """Return what each column is about, or note what is wrong with how that is stated."""
    before, stated = len(problems), declared.columns
    if isinstance(stated, str) and stated.count(GOAL) == 1:
        labels = [*lists.area.goals, *lists.area.no_goal, *lists.area.not_answers]
        named = {stated.replace(GOAL, label): label for label in labels}
        found = {name: label for name, label in named.items() if name in header}
        for name, label in named.items():
            if name not in found and label in lists.area.goals:
                problems.add(
                    f"there is no column {show(name)} for the goal {show(label)}",
                    where="columns",
                    valid=shown(header),
                    hint=did_you_mean(name, header),
                    fix='name each column, as in `columns = { "q1_car" = "car" }`',
                )
    elif isinstance(stated, Mapping) and stated:
        found = {str(name): str(label) for name, label in stated.items()}
        _check_labels(found, lists, problems)
    else:
        problems.add(
            f"columns is {stated!r}",
            where="columns",
            valid='the label of each column, as in `columns = { "q1_car" = "car" }`, or a pattern '
            'of their names, as in `columns = "q1_{goal}"`',
        )
        return None
    if len(problems) > before:
        return None
    marks = [frozenset(map(_key, getattr(declared, n) or ())) for n in ("ticked", "unticked")]
    if both := marks[0] & marks[1]:
        problems.add(
            f"{shown(sorted(both))} is ticked and unticked",
            where="ticked",
            fix="leave it out of one of the lists",
        )
        return None
    return Options(found, *marks)


def _key(text: str) -> str:
    return twin_key(same_code(str(text).strip()))


def _check_labels(found: Mapping[str, str], lists: AnswerLists, problems: Problems) -> None:
    for name, label in found.items():
        if not lists.is_listed(label):
            problems.add(
                f"the column {show(name)} is about {show(label)}, which is in none of the study's "
                "lists",
                where="columns",
                valid=shown(lists.labels),
                hint=did_you_mean(label, lists.labels),
                fix="add it to `goals`, `no_goal` or `not_answers`",
            )
    told: Collection[str] = {lists.label(label) for label in found.values()}
    for goal in lists.area.goals:
        if goal not in told:
            problems.add(
                f"no column is about the goal {show(goal)}",
                where="columns",
                valid="a column for every goal",
                fix="name its column too, or leave the goal out of the problem area",
            )
