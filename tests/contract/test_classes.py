"""Classes of goals: those between which agents may move without changing P(ma)."""

from itertools import combinations

import numpy as np
import pytest

from bayes_misalign.contract.classes import GoalClasses, classes_of
from bayes_misalign.errors import StudyError
from bayes_misalign.settings import NO_GOAL

GOALS = ("a", "b", "c", "d")
WITH_NONE = ("a", "b", "c", NO_GOAL)


def matrix(k: int, level: float = 1.0, **pairs: float) -> np.ndarray:
    """Return levels of all pairs; `ab=0.5` sets one."""
    found = np.full((k, k), level)
    np.fill_diagonal(found, 0.0)
    for (i, j), value in ((map("abcd".index, pair), value) for pair, value in pairs.items()):
        found[i, j] = found[j, i] = value
    return found


def without_conflict(levels: np.ndarray, *places: int) -> np.ndarray:
    levels = levels.copy()
    levels[list(places)] = levels[:, list(places)] = 0.0
    return levels


@pytest.mark.parametrize(
    ("categories", "known", "same", "apart"),
    [
        (GOALS, matrix(4, ab=0), (("a", "b"), ("c",), ("d",)), ()),
        (GOALS, matrix(4, ab=0, cd=0), (("a", "b"), ("c", "d")), ()),
        (GOALS, matrix(4, 0.3, ac=0, ad=0, cd=0), (("a", "c", "d"), ("b",)), ()),
        (GOALS, without_conflict(matrix(4), 3), (("a",), ("b",), ("c",)), ("d",)),
        (GOALS, without_conflict(matrix(4), 0, 3), (("b",), ("c",)), ("a", "d")),
        (
            WITH_NONE,
            without_conflict(matrix(4), 1, 3),
            (("a",), ("c",)),
            ("b", NO_GOAL),
        ),
        (WITH_NONE, without_conflict(matrix(4, ab=0), 3), (("a", "b"), ("c",)), (NO_GOAL,)),
    ],
)
def test_goals_with_the_same_known_conflicts_are_one(
    categories: tuple[str, ...],
    known: np.ndarray,
    same: tuple[tuple[str, ...], ...],
    apart: tuple[str, ...],
) -> None:
    assert classes_of(categories, known) == GoalClasses(same, apart)


@pytest.mark.parametrize(
    ("categories", "known"),
    [
        (GOALS, matrix(4)),
        (GOALS, matrix(4, ab=0.5, cd=0.2)),
        (GOALS, matrix(4, ab=0, ac=0.5)),  # no conflict between two, but not with the same others
        (GOALS, np.zeros((4, 4))),  # nothing conflicts: P(ma) is 0 whatever the prior
        (WITH_NONE, without_conflict(matrix(4), 3)),
        (WITH_NONE, matrix(4)),  # holding no goal conflicts with all goals
        (GOALS, matrix(4, ab=np.nan)),
        (GOALS, matrix(4, ab=0, ac=np.nan, bc=np.nan)),
        (("a", "b"), matrix(2)),
    ],
)
def test_nothing_is_merged_without_need(categories: tuple[str, ...], known: np.ndarray) -> None:
    assert classes_of(categories, known) is None


def test_uncertain_levels_elsewhere_do_not_part_a_class() -> None:
    found = classes_of(GOALS, matrix(4, ab=0, cd=np.nan))
    assert found == GoalClasses((("a", "b"), ("c",), ("d",)))


def test_agents_may_move_within_a_class_and_not_between() -> None:
    rng = np.random.default_rng(5)
    merged = parted = 0
    for _ in range(300):
        upper = np.triu(rng.choice([0.0, 0.0, 0.5, 1.0], (4, 4)), 1)
        conflict = upper + upper.T
        found = classes_of(GOALS, conflict)
        groups = [(goal,) for goal in GOALS] if found is None else found.groups
        of = {goal: g for g, group in enumerate(groups) for goal in group}
        shares = rng.dirichlet(np.ones(4), 5)
        for i, j in combinations(range(4), 2):
            moved = shares.copy()
            moved[:, i] -= shares[:, i] / 2
            moved[:, j] += shares[:, i] / 2
            change = np.einsum("si,ij,sj->s", moved, conflict, moved)
            change -= np.einsum("si,ij,sj->s", shares, conflict, shares)
            same = bool(np.allclose(change, 0, atol=1e-12))
            if conflict.any():
                assert same == (of[GOALS[i]] == of[GOALS[j]])
                merged, parted = merged + same, parted + (not same)
    assert merged > 50
    assert parted > 500


def test_labels_and_places() -> None:
    classes = GoalClasses((("a", "c"), ("b",)), ("d", NO_GOAL))
    assert classes.labels == ("a + c", f"d + {NO_GOAL}")
    places = [list(at) for at in classes.places(("a", "b", "c", "d", NO_GOAL))]
    assert places == [[0, 2], [1], [3, 4]]


@pytest.mark.parametrize("stated", [3, [], {}, {"same": 1}, {"same": [1]}, {"same": [["a", 1]]}])
def test_classes_of_another_shape_are_refused(stated: object) -> None:
    with pytest.raises(StudyError, match="classes of goals are"):
        GoalClasses.of(stated)


def test_classes_name_every_category_once() -> None:
    with pytest.raises(StudyError, match="every category once"):
        GoalClasses((("a", "b"), ("b",))).check(("a", "b"))
    GoalClasses(()).check(("a", "b"))
