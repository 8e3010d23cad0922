"""Conflict of agents who hold goals with strengths: brute force, and what it reduces to."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    agents_misalignment,
    endorsed,
    exclusive_conflict,
    group_weights,
    misalignment,
    pair_weight,
    pattern_conflict,
    strength_conflict,
    weighted_misalignment,
)
from bayes_misalign.measure.known_and_drawn import PartlyKnown

RULES = ("noisy-or", "max", "mean")
AVERAGES = ("geometric", "arithmetic", "harmonic", "min", "max")
RNG = np.random.default_rng(4)
LEVELS = np.array([[0.0, 0.9, 0.4], [0.9, 0.0, 0.2], [0.4, 0.2, 0.0]])
JOIN = {"noisy-or": lambda x: 1 - np.prod(1 - x), "max": np.max, "mean": np.mean}


@pytest.mark.parametrize("how", RULES)
@pytest.mark.parametrize("average", AVERAGES)
def test_pairs_of_goals_one_by_one(how, average):
    strengths = np.array([[0.2, 0, 0], [0, 1, 0.5], [0.7, 0.1, 0.3], [0, 0, 0]])
    found = strength_conflict(strengths, LEVELS, how, average)
    joined = pair_weight(average)
    for a, b in product(range(4), repeat=2):
        x, y = strengths[a], strengths[b]
        pairs = [
            LEVELS[i, j] * joined(x[i], y[j]) for i in np.flatnonzero(x) for j in np.flatnonzero(y)
        ]
        assert found[a, b] == pytest.approx(JOIN[how](np.array(pairs)) if pairs else 0.0, abs=1e-14)


@pytest.mark.parametrize("how", RULES)
@pytest.mark.parametrize("average", AVERAGES)
def test_whole_strengths_are_sets_of_goals(how, average):
    sets = np.array(list(product([0, 1], repeat=3)))
    found = strength_conflict(sets, LEVELS, how, average)
    np.testing.assert_allclose(found, pattern_conflict(sets, LEVELS, how), atol=1e-14)


@given(st.integers(1, 30), st.sampled_from(AVERAGES), st.integers(0, 2**20))
def test_one_goal_each_is_the_formula_of_the_papers(n, average, seed):
    rng = np.random.default_rng(seed)
    goals, weights = rng.integers(0, 3, n), np.round(rng.uniform(0.01, 1, n), 3)
    strengths = np.zeros((n, 3))
    strengths[np.arange(n), goals] = weights
    for how in RULES:
        found = strength_conflict(strengths, LEVELS, how, average).mean()
        expected = agents_misalignment(goals, LEVELS, weights, average, distinct=False)
        assert found == pytest.approx(float(expected), abs=1e-12)
    sizes = np.bincount(goals, minlength=3)
    each = group_weights(goals, weights, 3, average) / np.maximum(np.outer(sizes, sizes), 1)
    by_group = weighted_misalignment(sizes / n, LEVELS, each)
    assert float(by_group) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("how", RULES)
def test_every_draw_is_what_its_matrix_gives(how):
    known = np.array([[0.0, 0.4, np.nan], [0.4, 0.0, np.nan], [np.nan, np.nan, 0.0]])
    levels = PartlyKnown(known, RNG.random((5, 2, 2)))
    strengths = np.round(RNG.random((6, 3)) * (RNG.random((6, 3)) < 0.7), 2)
    found = endorsed(strengths, levels, how, "harmonic")
    assert found.shape == (5, 2, 6, 6)
    expected = strength_conflict(strengths, levels.whole(), how, "harmonic")
    np.testing.assert_allclose(found.whole(), expected, atol=1e-14)


def test_averages_are_in_their_order():
    strengths = RNG.random((5, 3))
    c = exclusive_conflict(3)
    order = ("min", "harmonic", "geometric", "arithmetic", "max")
    found = [strength_conflict(strengths, c, "noisy-or", average) for average in order]
    for less, more in pairwise(found):
        assert (less <= more + 1e-14).all()


def test_a_goal_of_small_strength_that_is_held_is_not_one_that_is_not():
    c = exclusive_conflict(2)
    barely = strength_conflict([[1, 0], [0, 1e-9]], c, average="arithmetic")[0, 1]
    never = strength_conflict([[1, 0], [0, 0]], c, average="arithmetic")[0, 1]
    assert (round(float(barely), 6), float(never)) == (0.5, 0.0)
    assert float(misalignment([0.5, 0.5], endorsed([[1, 0], [0, 0]], c))) == 0.0


@pytest.mark.parametrize(
    ("strengths", "how", "average", "said"),
    [
        ([[1.2, 0]], "max", "min", "between 0 and 1"),
        ([[np.nan, 0]], "max", "min", "between 0 and 1"),
        ([[1, 0, 0]], "max", "min", "2 goals"),
        ([[1, 0]], "sum", "min", "how must be one of"),
        ([[1, 0]], "max", "median", "kind must be one of"),
    ],
)
def test_what_cannot_be(strengths, how, average, said):
    with pytest.raises(ValueError, match=said):
        strength_conflict(strengths, exclusive_conflict(2), how, average)
