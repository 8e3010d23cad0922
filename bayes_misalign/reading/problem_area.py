"""The problem area: which goals an agent can hold, and what is no goal or not an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.labels import find_twins, show, shown, suspicious, twin_key


@dataclass(frozen=True)
class ProblemArea:
    """A question on which agents hold one of several goals, or none.

    Parameters
    ----------
    name : str
        What the problem area is about.
    goals : sequence of str
        The goals g_1..g_k, in the order that results keep.
    no_goal : sequence of str
        Answers that mean "I hold no goal here", such as "Unsure"; together they are g_0.
    not_answers : sequence of str
        Labels that are not an answer at all, such as "Refused".

    Raises
    ------
    StudyError
        If a list of labels is a single text.

    Examples
    --------
    >>> area = ProblemArea("candidate", goals=["Trump", "Biden"], no_goal=["Unsure"])
    >>> area.categories
    ('Trump', 'Biden', 'no goal')
    """

    model: ClassVar[str] = "problem-area"
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    goals: tuple[str, ...]
    no_goal: tuple[str, ...] = ()
    not_answers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Settle the labels as tuples."""
        if not isinstance(self.name, str):
            raise StudyError(f"the name of a problem area is a text, not {shown_value(self.name)}")
        for part in ("goals", "no_goal", "not_answers"):
            object.__setattr__(self, part, _as_tuple(part, getattr(self, part)))

    @property
    def has_no_goal(self) -> bool:
        """Whether holding no goal is one of the answers."""
        return bool(self.no_goal)

    @property
    def categories(self) -> tuple[str, ...]:
        """The goals, and after them "no goal" if it is one of the answers."""
        return (*self.goals, NO_GOAL) if self.no_goal else self.goals

    def category_of(self, label: str) -> str | None:
        """Return the category that a label stands for, or None if it stands for none."""
        if label in self.goals:
            return label
        if label in self.no_goal or (self.no_goal and label == NO_GOAL):
            return NO_GOAL
        return None

    def check(self, problems: Problems) -> None:
        """Note everything that is wrong with the labels."""
        where = f"problem area {show(str(self.name))}"
        if not self.goals:
            problems.add(
                "no goal is declared",
                where=where,
                valid="at least one goal",
                fix='list them, as in `goals = ["yes", "no"]`',
            )
        labels: list[str] = []
        for part in ("goals", "no_goal", "not_answers"):
            for label in getattr(self, part):
                if _check_label(label, f"{where}, {part}", problems):
                    labels.append(label)
        for label in dict.fromkeys(labels):
            if (times := labels.count(label)) > 1:
                problems.add(
                    f"the label {show(label)} is listed {times} times",
                    where=where,
                    several="{n} labels are listed more than once",
                    value=show(label),
                    valid="each label once, in one of goals, no_goal and not_answers",
                )
        for twins in find_twins(labels):
            problems.add(
                "labels differ only by case, white space or Unicode form",
                where=where,
                value=shown(twins),
                valid="labels that a reader can tell apart",
                fix="keep one of them, and write it in the data in the same way",
            )
        for label in (*self.goals, *self.not_answers) if self.no_goal else ():
            if isinstance(label, str) and twin_key(label) == twin_key(NO_GOAL):
                problems.add(
                    f"{show(label)} is the name of holding no goal, and no_goal is declared too",
                    where=where,
                    fix="rename the label, or move it to `no_goal`",
                )


_READABLE = "write a label that can be read, without what cannot be seen"


def _as_tuple(part: str, labels: Any) -> tuple[Any, ...]:
    if isinstance(labels, str):
        raise StudyError(f"{part} is a list of labels, not the single text {labels!r}")
    if not isinstance(labels, Iterable) or isinstance(labels, Mapping):
        raise StudyError(f"{part} is a list of labels, not {shown_value(labels)}")
    return tuple(labels)


def _check_label(label: Any, where: str, problems: Problems) -> bool:
    if not isinstance(label, str):
        fix = f'write it between quotes, as in "{label}"'
        problems.add(f"the label {label!r} is not text", where=where, fix=fix)
        return False
    if not label:
        problems.add(
            "a label is empty",
            where=where,
            valid="any text; an empty cell means that the agent was not asked",
        )
        return False
    if " | " in label:
        problems.add(
            f"the label {show(label)} holds ' | '",
            where=where,
            fix="write it without: this is how results name pairs of goals",
        )
        return False
    if trouble := suspicious(label):
        problems.add(f"the label {show(label)} {trouble}", where=where, fix=_READABLE)
    return True
