"""Conflict of orders: every pair of people counted, closed forms, ties and gaps."""

from itertools import combinations, permutations, product

import numpy as np
import pytest

from bayes_misalign.measure import (
    exclusive_conflict,
    misalignment,
    pairwise_shares,
    preferences,
    rankings_conflict,
    rankings_misalignment,
)

ORDERS = np.array([*permutations((1, 2, 3, 4)), (1, 2, 2, 2), (1, 1, 2, 2), (2, 1, 0, 0)])
RNG = np.random.default_rng(3)
SHARES = RNG.dirichlet(np.ones(len(ORDERS)), size=5)
_C = np.triu(RNG.random((4, 4)), 1)
LEVELS = _C + _C.T


def by_hand(one: np.ndarray, other: np.ndarray, c: np.ndarray, ties: str) -> float:
    """Conflict of two people over all pairs of alternatives, with every toss of every coin."""
    total = 0.0
    for a, b in combinations(range(4), 2):
        chance = []
        for at in (one, other):
            known = at[a] > 0 and at[b] > 0 and at[a] != at[b]
            chance.append(float(at[a] < at[b]) if known else (0.5 if ties == "coin" else None))
        if None not in chance:
            p, q = chance
            total += c[a, b] * (p * (1 - q) + q * (1 - p))
    return total / 6


@pytest.mark.parametrize("ties", ["agree", "coin"])
def test_levels_of_orders_are_those_of_all_pairs_of_alternatives(ties: str) -> None:
    found = rankings_conflict(ORDERS, LEVELS, "kendall", ties).whole()
    for g, h in product(range(len(ORDERS)), repeat=2):
        assert found[g, h] == pytest.approx(by_hand(ORDERS[g], ORDERS[h], LEVELS, ties))


@pytest.mark.parametrize("ties", ["agree", "coin"])
@pytest.mark.parametrize("pairs", [(), ((0, 1), (3, 1))])
def test_the_closed_form_is_the_quadratic_form(ties, pairs) -> None:
    levels = rankings_conflict(ORDERS, LEVELS, "kendall", ties, pairs)
    closed = rankings_misalignment(pairwise_shares(SHARES, ORDERS, ties), LEVELS, pairs)
    np.testing.assert_allclose(closed, misalignment(SHARES, levels), atol=1e-14)


def test_people_one_by_one() -> None:
    people = ORDERS[:24][RNG.integers(24, size=40)]
    counts = np.array([(people == order).all(axis=1).sum() for order in ORDERS[:24]])
    pairs = [
        sum((x[a] < x[b]) != (y[a] < y[b]) for a, b in combinations(range(4), 2)) / 6
        for x in people
        for y in people
    ]
    m = pairwise_shares(counts / counts.sum(), ORDERS[:24])
    assert float(rankings_misalignment(m)) == pytest.approx(np.mean(pairs))
    i, j = np.triu_indices(4, 1)
    assert float(rankings_misalignment(m)) == pytest.approx((2 * m[i, j] * (1 - m[i, j])).mean())


def test_first_choices() -> None:
    exclusive = exclusive_conflict(4)
    strict = ORDERS[:24]
    found = rankings_conflict(strict, LEVELS, "first").whole()
    first = strict.argmin(axis=1)
    np.testing.assert_allclose(found, LEVELS[np.ix_(first, first)])
    tied = np.array([(1, 1, 2, 2), (1, 2, 2, 2), (2, 2, 1, 2)])
    agree = rankings_conflict(tied, exclusive, "first").whole()
    np.testing.assert_allclose(agree, [[0, 0, 1], [0, 0, 1], [1, 1, 0]])
    coin = rankings_conflict(tied, exclusive, "first", "coin").whole()
    np.testing.assert_allclose(coin, [[0.5, 0.5, 1], [0.5, 0, 1], [1, 1, 0]])


def test_agents_without_a_preference() -> None:
    orders = np.array([(1, 2), (2, 1), (0, 0)])
    levels = exclusive_conflict(2, True).copy()
    for distance in ("kendall", "first"):
        plain = rankings_conflict(orders, levels, distance, "coin").whole()  # type: ignore[arg-type]
        np.testing.assert_allclose(plain, [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
        stated = levels.copy()
        stated[0, 2] = stated[2, 0] = 0.25
        found = rankings_conflict(orders, stated, distance).whole()  # type: ignore[arg-type]
        np.testing.assert_allclose(found, [[0, 1, 0.25], [1, 0, 0], [0.25, 0, 0]])


@pytest.mark.parametrize("distance", ["kendall", "first"])
def test_levels_are_lifted_draw_by_draw(distance) -> None:
    draws = np.stack([LEVELS, LEVELS / 2, LEVELS**2])
    found = rankings_conflict(ORDERS, draws, distance)
    for k, one in enumerate(draws):
        expected = rankings_conflict(ORDERS, one, distance).whole()
        np.testing.assert_allclose(found.whole()[k], expected, atol=1e-14)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: preferences([1, 2], "x"), "ties must be one of"),
        (lambda: preferences([1, -2]), "whole numbers"),
        (lambda: pairwise_shares([0.5, 0.5], [[1, 2]]), "positions of as many orders"),
        (lambda: rankings_misalignment([[0.0]]), "shape"),
        (lambda: rankings_misalignment([[0, 0.9], [0.3, 0]]), "at most 1"),
        (lambda: rankings_misalignment(np.zeros((2, 2)), pairs=[(0, 0)]), "two different places"),
        (lambda: rankings_conflict([[1, 2]], np.zeros((4, 4))), "does not fit 2 alternatives"),
        (lambda: rankings_conflict([[1, 2]], np.zeros((2, 2)), "x"), "distance must be one of"),
        (lambda: rankings_conflict([1, 2], np.zeros((2, 2))), r"\(orders, alternatives\)"),
    ],
)
def test_what_cannot_be(call, said) -> None:
    with pytest.raises(ValueError, match=said):
        call()
