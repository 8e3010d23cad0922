"""Conflict of goals, lifted to holdings draw by draw, and arithmetic with its diagonal."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    attainable_maximum,
    between,
    decompose,
    lifted,
    misalignment,
    moving,
    opposition,
    pattern_conflict,
)
from bayes_misalign.measure.bounds import best_support
from bayes_misalign.measure.known_and_drawn import PartlyKnown, as_arithmetic

RULES = ("noisy-or", "max", "mean")
SETS = np.array([x for x in product([0, 1], repeat=3) if any(x)])
RNG = np.random.default_rng(5)


def drawn(n=7):
    """Draws of conflict of three goals: one level is known, two are not."""
    known = np.array([[0.0, 0.4, np.nan], [0.4, 0.0, np.nan], [np.nan, np.nan, 0.0]])
    return PartlyKnown(known, RNG.random((n, 2)))


def test_levels_are_known_where_all_behind_them_are():
    found = lifted(SETS, drawn())
    uncertain = np.array([[(a | b)[2] and (a + b).sum() > 1 for b in SETS] for a in SETS])
    alone = np.array([[list(a) == list(b) == [0, 0, 1] for b in SETS] for a in SETS])
    np.testing.assert_array_equal(np.isnan(found.known), uncertain & ~alone)


@pytest.mark.parametrize("how", RULES)
@pytest.mark.parametrize("same", ["conflict", "agree"])
def test_every_draw_is_what_its_matrix_gives(how, same):
    levels = drawn()
    found = lifted(SETS, levels, how, same).whole()
    for one, matrix in zip(found, levels.whole(), strict=True):
        expected = pattern_conflict(SETS, matrix, how)
        if same == "agree":
            np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(one, expected, atol=1e-14)


def test_levels_by_population_keep_their_axes():
    known = np.full((3, 3), np.nan)
    np.fill_diagonal(known, 0)
    levels = PartlyKnown(known, RNG.random((4, 2, 3)))
    found = lifted(SETS, levels)
    assert found.shape == (4, 2, 7, 7)
    expected = pattern_conflict(SETS, levels.whole()[3, 1])
    np.testing.assert_allclose(found.whole()[3, 1], expected, atol=1e-14)


def test_goals_alone_are_lifted_to_themselves():
    levels = drawn()
    np.testing.assert_allclose(lifted(np.eye(3), levels).whole(), levels.whole(), atol=1e-15)


def test_a_goal_does_not_conflict_with_itself_and_rules_are_known():
    with pytest.raises(ValueError, match="conflict of a goal with itself"):
        lifted(np.eye(1), PartlyKnown(np.ones((1, 1)), np.zeros(0)))
    with pytest.raises(ValueError, match="same must be one of"):
        lifted(SETS, np.zeros((3, 3)), same="differ")


@given(st.integers(0, 2**31))
def test_person_by_person(seed):
    rng = np.random.default_rng(seed)
    people = SETS[rng.integers(len(SETS), size=9)]
    c = np.triu(rng.random((3, 3)), 1)
    c += c.T
    pairs = [
        1 - np.prod([1 - c[i, j] for i in np.flatnonzero(a) for j in np.flatnonzero(b)])
        for a, b in product(people, people)
    ]
    shares = np.array([(people == one).all(axis=1).mean() for one in SETS])
    assert misalignment(shares, lifted(SETS, c)) == pytest.approx(np.mean(pairs), abs=1e-12)


def test_arithmetic_with_a_diagonal_is_that_of_whole_matrices():
    found = lifted(SETS, drawn())
    assert found.own
    assert as_arithmetic(found) is found
    p, q = RNG.dirichlet(np.ones(7), size=(2, 7))
    whole = found.whole()
    np.testing.assert_allclose(misalignment(p, found), np.einsum("di,dij,dj->d", p, whole, p))
    np.testing.assert_allclose(opposition(p, found), np.einsum("dij,dj->di", whole, p))
    np.testing.assert_allclose(between(p, q, found), np.einsum("di,dij,dj->d", p, whole, q))
    parts = decompose(np.stack([p, q], axis=1), found[:, None], np.array([0.3, 0.7]))
    mixed = 0.3 * p + 0.7 * q
    np.testing.assert_allclose(parts.total, np.einsum("di,dij,dj->d", mixed, whole, mixed))
    moved = p.copy()
    step = np.minimum(0.05, p[:, 2])
    moved[:, 2] -= step
    moved[:, 5] += step
    change = misalignment(moved, found) - misalignment(p, found)
    np.testing.assert_allclose(moving(p, found, 2, 5, 0.05), change, atol=1e-12)


def test_the_maximum_may_be_agents_of_one_holding():
    c = np.array([[0, 0.9], [0.9, 0]])
    found = lifted([[1, 0], [0, 1], [1, 1]], c)
    top = attainable_maximum(found)
    assert top.exact
    assert float(top.value) == pytest.approx(1 - 0.1**2)  # all hold both
    np.testing.assert_allclose(top.shares, best_support(found.whole()[None])[0])
