"""Goals that conflict with the same others to the same degree: classes, on which P(ma) depends.

If two goals do not conflict and every other goal conflicts with both to one level, an agent may
move from one to the other and P(ma) stays. The same is true of two sets of goals whose holders
conflict with each other as they do among themselves. So P(ma) = sum P_u P_v c_uv over classes u, v,
with P_u the share of a class, and a prior that is meant for P(ma) belongs on these shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError
from bayes_misalign.settings import NO_GOAL


@dataclass(frozen=True)
class GoalClasses:
    """Goals by classes of known, equal conflict.

    Parameters
    ----------
    same : tuple of tuple of str
        Classes that conflict with something, goals of their own included, each in the order of the
        categories. Empty where goals are not to be merged.
    apart : tuple of str
        Goals without any conflict, and "no goal" where it is an answer: they stand apart.
    categories : tuple of str
        All of them in their order, where a study found the classes.

    Examples
    --------
    >>> GoalClasses((("a", "b"), ("c",))).merged
    (('a', 'b'),)
    """

    same: tuple[tuple[str, ...], ...]
    apart: tuple[str, ...] = ()
    categories: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, stated: Any) -> Self:
        """Return classes from a table of their fields."""
        if isinstance(stated, cls):
            return stated
        keys = {"same", "apart", "categories"}
        if not isinstance(stated, Mapping) or not {"same"} <= set(stated) <= keys:
            raise StudyError(
                "classes of goals are a table such as { same = [['a', 'b'], ['c']], apart = [] }, "
                f"not {stated!r}"
            )
        same, apart, every = (stated.get(key, ()) for key in ("same", "apart", "categories"))
        lists = [apart, every, *(same if _is_list(same) else [None])]
        if not all(
            _is_list(names) and all(isinstance(name, str) for name in names) for names in lists
        ):
            raise StudyError(f"classes of goals are lists of names, not {stated!r}")
        return cls(tuple(tuple(goals) for goals in same), tuple(apart), tuple(every))

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """All classes, those who stand apart last."""
        return (*self.same, self.apart) if self.apart else self.same

    @property
    def merged(self) -> tuple[tuple[str, ...], ...]:
        """Classes of more than one category."""
        return tuple(group for group in self.groups if len(group) > 1)

    @property
    def labels(self) -> tuple[str, ...]:
        """A label for each merged class."""
        return tuple(" + ".join(group) for group in self.merged)

    def places(self, categories: tuple[str, ...]) -> tuple[NDArray[np.intp], ...]:
        """Return the places of each group's members among the categories."""
        at = {label: i for i, label in enumerate(categories)}
        return tuple(np.array([at[label] for label in group]) for group in self.groups)

    def check(self, categories: tuple[str, ...]) -> None:
        """Raise a StudyError unless every category is in one class."""
        named = [label for group in self.groups for label in group]
        if self.same and sorted(named) != sorted(categories):
            raise StudyError(
                "classes of goals must name every category once. Fix: leave them out, the study "
                "finds them from the conflict that is stated"
            )


def classes_of(categories: tuple[str, ...], known: NDArray[np.float64]) -> GoalClasses | None:
    """Return the classes that a conflict matrix makes; None if each goal is one of its own.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals, then "no goal" if it is an answer.
    known : ndarray, shape (K, K)
        Known levels of conflict, not a number where a level is uncertain.

    Notes
    -----
    "No goal" is merged with goals that conflict with nothing, not with any others.
    """
    goals = [i for i, label in enumerate(categories) if label != NO_GOAL]
    free = [i for i in goals if not known[i].any()]  # not a number counts as conflict
    groups: list[list[int]] = []
    for i in goals:
        if i in free:
            continue
        mine = next((g for g in groups if _same(known, g[0], i)), None)
        if mine is None:
            groups.append([i])
        else:
            mine.append(i)
    if not groups or (not free and all(len(group) == 1 for group in groups)):
        return None
    apart = [i for i, label in enumerate(categories) if i in free or label == NO_GOAL]
    same = tuple(_named(categories, group) for group in groups)
    return GoalClasses(same, _named(categories, apart), categories)


def _same(known: NDArray[np.float64], i: int, j: int) -> bool:
    return bool((known[i] == known[j]).all())  # so c_ii = c_ij = c_jj, which is 0 of goals


def _named(categories: tuple[str, ...], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(categories[i] for i in places)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
