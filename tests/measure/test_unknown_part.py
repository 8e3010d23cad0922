"""The smallest and the largest P(ma) where goals of a part of the agents are not known."""

from collections.abc import Iterator

import numpy as np
import pytest

from bayes_misalign.measure import (
    departing_shares,
    exclusive_conflict,
    misalignment,
    unknown_part,
)
from bayes_misalign.measure.unknown_part import MOST_SUPPORTS

RNG = np.random.default_rng(7)


def grid(goals: int, steps: int) -> Iterator[tuple[int, ...]]:
    """All shares that are multiples of one over a number of steps."""
    if goals == 1:
        yield (steps,)
        return
    for first in range(steps + 1):
        for rest in grid(goals - 1, steps - first):
            yield (first, *rest)


def line(k: int) -> np.ndarray:
    """Distances on a line."""
    places = np.arange(k)
    return np.abs(np.subtract.outer(places, places)) / (k - 1)


def at_will(k: int, *, no_goal: bool = False, rng: np.random.Generator = RNG) -> np.ndarray:
    """Levels of any pattern, some of them zero."""
    levels = np.triu(rng.random((k, k)) ** 2 * (rng.random((k, k)) < 0.8), 1)
    found = levels + levels.T
    if no_goal:
        found[-1], found[:, -1] = 0.0, 0.0
    return found


@pytest.mark.parametrize(("goals", "steps"), [(2, 2000), (3, 100), (4, 30)])
def test_both_ends_are_those_of_a_grid(goals: int, steps: int) -> None:
    every = np.array(list(grid(goals, steps))) / steps
    matrices = [exclusive_conflict(goals), line(goals), at_will(goals), at_will(goals)]
    matrices += [at_will(goals, no_goal=True), exclusive_conflict(goals - 1, no_goal=True)]
    for conflict in matrices:
        for _ in range(5):
            p, m = RNG.dirichlet(np.full(goals, 0.7)), RNG.random()
            found = unknown_part(p, m, conflict)
            values = misalignment((1 - m) * p + m * every, conflict)
            assert found.exact
            assert found.lower == pytest.approx(values.min(), abs=1e-12)  # one goal, on any grid
            # f has no slope above 2 and no curvature above 2, so that a grid comes as near
            assert -1e-12 <= found.upper - values.max() <= 4 * (goals / steps)


def test_the_largest_of_exclusive_goals_fills_the_lowest_shares_up() -> None:
    p = np.array([0.7, 0.2, 0.1])
    # 0.1 + 0.1 to the last goal makes both 0.2 of what is known; the rest is split evenly
    known = 0.6 * p
    level = (0.4 + known[1] + known[2]) / 2
    x = np.array([known[0], level, level])
    found = unknown_part(p, 0.4, exclusive_conflict(3))
    assert found.upper == pytest.approx(1 - (x**2).sum(), abs=1e-9)
    assert found.lower == pytest.approx(1 - ((known + np.array([0.4, 0, 0])) ** 2).sum(), abs=1e-12)
    nobody = unknown_part(p, 0.0, exclusive_conflict(3))
    assert nobody.lower == nobody.upper == pytest.approx(misalignment(p, exclusive_conflict(3)))
    all_unknown = unknown_part(p, 1.0, exclusive_conflict(3))
    assert (all_unknown.lower, all_unknown.upper) == pytest.approx((0.0, 2 / 3), abs=1e-9)


def test_the_largest_on_a_line_is_at_both_ends() -> None:
    found = unknown_part(np.full(21, 1 / 21), 1.0, line(21))
    assert found.exact
    assert found.upper == pytest.approx(0.5, abs=1e-9)


def test_of_many_goals_nothing_exceeds_the_bound_and_a_bound_says_so() -> None:
    k = MOST_SUPPORTS + 4
    conflict = at_will(k, rng=np.random.default_rng(3))
    p, m = RNG.dirichlet(np.ones(k), 4), np.array([0.05, 0.3, 0.6, 0.9])
    found = unknown_part(p, m, conflict)
    assert not found.exact
    tried = np.concatenate([np.eye(k), RNG.dirichlet(np.full(k, 0.1), 3000)])
    for i in range(4):
        values = misalignment((1 - m[i]) * p[i] + m[i] * tried, conflict)
        assert found.lower[i] <= values.min() + 1e-12
        assert found.upper[i] >= values.max()


def test_draws_and_populations_broadcast() -> None:
    p, m = RNG.dirichlet(np.ones(3), (6, 2)), RNG.random((6, 2))
    levels = np.stack([at_will(3) for _ in range(6)])
    found = unknown_part(p, m, levels[:, None])
    assert found.upper.shape == found.lower.shape == (6, 2)
    one = unknown_part(p[4, 1], m[4, 1], levels[4])
    assert (one.lower, one.upper) == pytest.approx((found.lower[4, 1], found.upper[4, 1]), abs=1e-9)


def test_the_odds_of_one_goal_are_multiplied() -> None:
    p = np.array([0.5, 0.3, 0.2])
    found = departing_shares(p, [3.0, 1.0, 1.0])
    assert found[0] / (1 - found[0]) == pytest.approx(3 * p[0] / (1 - p[0]))
    assert found[1] / found[2] == pytest.approx(1.5)


def test_what_fits_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lies in \[0, 1\]"):
        unknown_part([0.5, 0.5], 1.2, exclusive_conflict(2))
    with pytest.raises(ValueError, match="not negative"):
        departing_shares([0.5, 0.5], [-1.0, 1.0])
    with pytest.raises(ValueError, match="no goal is left"):
        departing_shares([1.0, 0.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="2 shares and 3 odds"):
        departing_shares([1.0, 0.0], [0.0, 1.0, 1.0])
